"""A program that tests run: the real command again and again on one folder, dying at another place each time.

``python dying.py PLACES ARGUMENTS``, where PLACES is JSON: for each a signal's name, ``open`` or ``os.rename``, a part
of a path, and a number. The process gets the signal just before its so many-th opening or renaming of a file whose path
has that part in it. The last process meets no signal. Prints how each one ended, as JSON. All are forks of this one,
which has imported the libraries once for all.
"""

import itertools
import json
import os
import signal
import sys

import peft  # noqa: F401
import torch
import transformers  # noqa: F401
import trl.trainer.sft_trainer  # noqa: F401

from charter.cli import main


def strike(name: str, event: str, part: str, number: int) -> None:
    met = itertools.count(1)

    def hook(happening: str, arguments: tuple[object, ...]) -> None:
        if happening == event and any(part in str(each) for each in arguments[:2]) and next(met) == number:
            os.kill(os.getpid(), signal.Signals[name])

    sys.addaudithook(hook)


def end_of(place: list[object] | None, arguments: list[str]) -> int:
    """The exit code of a command that dies there; of one that a signal killed, minus its number."""
    child = os.fork()
    if not child:
        if place:
            strike(*place)  # type: ignore[arg-type]
        code = main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are begun with it ignored
    ends = [end_of(place, sys.argv[2:]) for place in [*json.loads(sys.argv[1]), None]]
    print(json.dumps(ends))
