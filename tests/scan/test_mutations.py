"""A thousand broken files: each is lowered and analysed, and what could not be is said rather than raised."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from charter.scan import ir
from charter.scan.engine import analyse
from charter.scan.fact_base import FactBase, load_facts
from charter.scan.front import lower

ROOT = Path(__file__).parents[2]
_INPUTS = 1000
_BATCH = 50
_LONGEST = 1500
_PIECES = (
    "\x00", "\ufeff", "\u202e", "\u2028", "\ud800", "\t", "\r", "\\", "'", '"', '"""', "`", "${", "(", ")", "[",
    "]", "{", "}", "<div>", "</", "=>", "...", ":", ";", ",", "#", "//", "/*", "@", "lambda: ", "await ", "yield ", "*",
    "**", "async ", "def f(", "class A(A):", "import ", "from . import *", "return ", "match x:", "case ", "try:",
    "if ", "for x in x:", "while True:", "<<<<<<< HEAD", "=======", ">>>>>>> main", "print 'x'", "exec 'x'", "new ",
    "self = self", "f'{", "x := ", "global x\n", "del x", "((((((((((((((((((((", "function f(f) { return f(f) }",
    "export * from",
)  # fmt: skip


def _sources() -> list[tuple[str, str]]:
    """Small files of real shape: the fixtures of rules and models, and our own code; the beginnings of long ones."""
    paths = [
        *sorted((ROOT / "tests/scan/rules/fixtures").rglob("*.*")),
        *sorted((ROOT / "tests/scan/models/fixtures").rglob("*.ts*")),
        *sorted((ROOT / "src/charter/scan/rules").rglob("*.py")),
        *sorted((ROOT / "src/charter/scan/engine").glob("*.py")),
    ]
    texts = [(path.suffix, path.read_text(encoding="utf-8")) for path in paths if path.suffix in (".py", ".ts", ".tsx")]
    return [(suffix, text[:_LONGEST]) for suffix, text in texts if text]


def _mutated(rng: random.Random, text: str, other: str) -> str:
    """A text cut off, or with pieces put in, taken out, doubled or mixed with another file's."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text) + 1)
        to = min(len(text), at + rng.randrange(1, 60))
        how = rng.randrange(6)
        if how == 0:
            text = text[:at]
        elif how == 1:
            text = text[:at] + rng.choice(_PIECES) + text[at:]
        elif how == 2:
            text = text[:at] + text[to:]
        elif how == 3:
            text = text[:to] + text[at:to] * rng.randint(1, 3) + text[to:]
        elif how == 4:
            text = text[:at] + other[rng.randrange(len(other)) :][:200] + text[to:]
        else:
            lines = text.split("\n")
            rng.shuffle(lines)
            text = "\n".join(lines)
    return text


def _inputs(seed: int, count: int) -> Iterator[tuple[str, str]]:
    rng = random.Random(seed)
    sources = _sources()
    for number in range(count):
        suffix, text = rng.choice(sources)
        _, other = rng.choice(sources)
        yield f"m{number}{suffix}", _mutated(rng, text, other)


@pytest.fixture(scope="module")
def facts() -> FactBase:
    return load_facts()


@pytest.mark.parametrize("seed", range(_INPUTS // _BATCH))
def test_broken_files_are_lowered_and_analysed(seed: int, facts: FactBase) -> None:
    modules = {path: lower(path, text) for path, text in _inputs(seed, _BATCH)}
    assert len(modules) == _BATCH
    for path, module in modules.items():
        found = analyse({path: module}, facts)
        assert not [each for each in found.not_analysed if "report it" in each.reason]
        assert all(1 <= flow.place.line <= len(module.lines) for flow in found.flows)


def test_the_inputs_are_broken_and_still_hold_code() -> None:
    modules = [lower(path, text) for path, text in _inputs(0, _BATCH)]
    assert sum(bool(module.broken) for module in modules) > _BATCH // 4
    assert sum(any(isinstance(node, ir.Call) for node in ir.walk(module.body)) for module in modules) > _BATCH // 2
