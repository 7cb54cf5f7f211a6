"""What the demo costs: time and peak memory of each stage of ``charter run``, and the time of ``charter --help``.

python benchmarks/demo.py                # a whole run of the organism in a temporary folder
python benchmarks/demo.py --run runs/x   # the figures of a run that is there already
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from charter.runs import find_run

HELP_RUNS = 7
CHARTER = [str(Path(sys.executable).with_name("charter"))]


def main() -> None:
    """Prints two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, help="a finished run folder")
    asked = parser.parse_args()
    if asked.run:
        print_stages(asked.run)
    else:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "run"
            began = time.perf_counter()
            subprocess.run([*CHARTER, "run", "--out", str(out)], check=True, stdout=subprocess.DEVNULL)
            print_stages(out)
            print(f"whole command, imports and report included: {time.perf_counter() - began:.1f} s")
    print_help()


def print_stages(path: Path) -> None:
    """Seconds, peak memory and records of each stage."""
    stages = find_run(str(path), path.parent).stage_stats
    print(f"{'stage':<16}{'seconds':>9}{'peak MiB':>10}{'records':>9}")
    for name, used in stages.items():
        print(f"{name:<16}{used['seconds']:>9.1f}{used['peak_mib']:>10.0f}{used['records']:>9.0f}")
    total = sum(used["seconds"] for used in stages.values())
    print(f"{'all':<16}{total:>9.1f}{max(used['peak_mib'] for used in stages.values()):>10.0f}")


def print_help() -> None:
    """Median time of ``charter --help`` in a fresh process, beside that of an empty Python."""
    rows = {"python -c pass": [sys.executable, "-c", "pass"], "charter --help": [*CHARTER, "--help"]}
    for name, command in rows.items():
        times = []
        for _ in range(HELP_RUNS):
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - began)
        print(f"{name:<16}{statistics.median(times):>9.3f} s (median of {HELP_RUNS})")


if __name__ == "__main__":
    main()
