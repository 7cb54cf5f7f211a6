"""``python -m charter``: the command line, where no script is installed."""

import sys

from charter.cli import main

if __name__ == "__main__":
    sys.exit(main())
