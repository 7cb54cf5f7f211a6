"""A program that tests kill: ``python slow_run.py FOLDER SECONDS [every-step]`` works 24 records in shards of 4.

With ``every-step`` it continues the folder in one child process after another. The n-th is killed (SIGKILL) just
before its n-th opening or renaming of a file in the folder, until one gets through; it prints how many were killed.
"""

import itertools
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from charter.digests import record_id
from charter.engine import map_records
from charter.errors import CharterError
from charter.models.completer import OnDone
from charter.progress import Progress
from charter.recipe import Recipe
from charter.records import Message, Prompt, Sample
from charter.store import RunFolder

PROMPTS = [Prompt(messages=(Message("user", f"question {number}"),)) for number in range(24)]


def identify(prompt: Prompt) -> str:
    return record_id("sample", prompt.id)


def run(folder: Path, seconds: float) -> str:
    def work(prompts: Sequence[Prompt], on_done: OnDone) -> list[Sample]:
        made = []
        for prompt in prompts:
            time.sleep(seconds)
            # As a model does, the text depends on the batch that the prompt was in.
            text = f"{prompts[0].messages[0].content}, {len(prompts)}"
            made.append(Sample(id=identify(prompt), prompt=prompt, text=text, finish="stop", model_digest="", seed=0))
            on_done(1)
        return made

    with RunFolder.open(folder, Recipe(), constitution_digest="") as opened:
        samples = opened.shards("answers", Sample)
        with opened.stage("answers", samples):
            map_records(
                PROMPTS,
                samples,
                identify=identify,
                work=work,
                shard_size=4,
                progress=Progress(quiet=True),
                label="answers",
            )
        return samples.digest()


def die_before_step(last: int, folder: Path) -> None:
    steps = itertools.count(1)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        touched = event in ("open", "os.rename") and str(arguments[0]).startswith(str(folder))
        if touched and next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def killed_at_every_step(folder: Path) -> int:
    pa.array([1])  # imports pandas where it is installed, once for all children
    for step in itertools.count(1):
        child = os.fork()
        if not child:
            die_before_step(step, folder)
            run(folder, 0.0)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            return step - 1
    raise AssertionError


if __name__ == "__main__":
    try:
        if "every-step" in sys.argv:
            print(killed_at_every_step(Path(sys.argv[1])))
        else:
            print(run(Path(sys.argv[1]), float(sys.argv[2])))
    except CharterError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
