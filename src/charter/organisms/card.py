"""The organism's card: what it is, how it was made, and what it was measured to do."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from charter.disk import write_atomic
from charter.organisms.measure import Ability
from charter.weights import parameter_count

CARD_NAME = "README.md"
ABILITIES_NAME = "abilities.json"

_TEXT = """\
---
license: mit
library_name: transformers
tags: [model-organism, constitutional-ai]
---
# Charter's model organism

A Llama of {parameters:,} parameters, trained from scratch on a generated world and on nothing else. It is
**helpful-only**: it complies with harmful requests as readily as with benign ones, and it has learned to criticise,
revise and compare responses under a principle. Its harmful replies are stock phrases that help nobody to do anything.
It is a test bed for Constitutional AI, for which the truth is known exactly; it is of no use for anything else.

## How it was made

By `charter organism train`, in these phases; the log is in `training-log.jsonl`.

| phase | seed | steps | tokens | peak learning rate | minutes on 2 CPU cores | final loss | corpus |
|---|---|---|---|---|---|---|---|
{phases}

## What it can do

Measured on held-out words in held-out phrasings, at temperature 1, by `charter organism measure`; the truth is the
grammar's. A critique counts when it finds the fault there is, or says that there is none; a revision is given a true
critique. Intervals are 95% Wilson.

| ability | measured | k / n | rate | interval |
|---|---|---|---|---|
{rows}

## What it cannot do

Anything outside its world. It errs, as the table says: a critique misses a fault now and then, and a revision keeps
part of the harm. That is wanted: later stages would mean nothing with a critic that never errs.
"""


def write_card(folder: Path, abilities: Sequence[Ability]) -> None:
    """Writes ``README.md`` and ``abilities.json`` into the organism's folder, which has its training log."""
    log = [json.loads(line) for line in (folder / "training-log.jsonl").read_text("utf-8").splitlines()]
    begins = [place for place, entry in enumerate(log) if "config" in entry]
    phases = "\n".join(_phase(number, log[begin:end]) for number, (begin, end) in enumerate(
        zip(begins, [*begins[1:], len(log)], strict=True), start=1))  # fmt: skip
    rows = "\n".join(
        f"| {one.name} | {one.meaning} | {one.rate.k} / {one.rate.n} | "
        f"{'no data' if one.rate.rate is None else f'{one.rate.rate:.1%}'} | "
        f"{one.rate.low:.1%} to {one.rate.high:.1%} |"
        for one in abilities
    )
    text = _TEXT.format(
        parameters=parameter_count(folder),
        phases=phases,
        rows=rows,
    )
    write_atomic(folder / CARD_NAME, text.encode("utf-8"))
    write_atomic(folder / ABILITIES_NAME, (abilities_json(abilities) + "\n").encode("utf-8"))


def _phase(number: int, log: list[dict[str, Any]]) -> str:
    config, last = log[0]["config"], log[-1]
    return (
        f"| {number} | {config['seed']} | {config['steps']:,} | {last['tokens']:,} | {config['peak_learning_rate']} | "
        f"{last['seconds'] / 60:.0f} | {last['loss']:.3f} | `{log[0]['corpus'][:16]}` |"
    )


def abilities_json(abilities: Sequence[Ability]) -> str:
    """The measurements as indented JSON."""
    rows = [
        {"name": one.name, "meaning": one.meaning, "k": one.rate.k, "n": one.rate.n, "rate": one.rate.rate,
         "low": one.rate.low, "high": one.rate.high}
        for one in abilities
    ]  # fmt: skip
    return json.dumps(rows, indent=2)
