"""Facts that remember which paths they were asked for, and what a model file's patterns are."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from charter.scan.engine import analyse
from charter.scan.fact_base import FactBase
from charter.scan.facts import Framework
from charter.scan.front import lower
from charter.scan.ir import Language
from charter.scan.patterns import matches

FIXTURES = Path(__file__).with_name("fixtures")
_LOOK_UPS = (
    "sources", "decorated", "passed", "methods", "exported", "sinks", "capable", "sanitizers", "propagators",
    "approvals", "models", "stores", "risks",
)  # fmt: skip


class WatchedFacts(FactBase):
    """A fact base that keeps the paths, and the names of assigned attributes, that the engine asks about."""

    def __init__(self, frameworks: Sequence[Framework]) -> None:
        super().__init__(frameworks)
        self.asked: dict[str, None] = {}
        for name in _LOOK_UPS:
            setattr(self, name, self._watching(getattr(self, name)))

    def _watching(self, look_up: Any) -> Any:
        def ask(path: str, language: Language) -> Any:
            self.asked[path] = None
            return look_up(path, language)

        return ask

    def assign_sinks(self, name: str, language: Language) -> Any:
        """The sinks of an assigned name, which is kept."""
        self.asked[name] = None
        return super().assign_sinks(name, language)


def names_seen(frameworks: Sequence[Framework], stem: str, language: Language) -> set[str]:
    """All names of the paths, and of their beginnings, that the fixture of a model leads the engine to."""
    facts = WatchedFacts(frameworks)
    modules = {path: lower(path, text) for path, text in _fixture(stem)}
    assert not [module for module in modules.values() if module.broken]
    assert not analyse(modules, facts).not_analysed
    return {name for path in facts.asked for each in facts.canonical(path, language) for name in _beginnings(each)}


def _fixture(stem: str) -> Iterator[tuple[str, str]]:
    for path in FIXTURES.glob(f"{stem}.*"):
        # Under a name of its own: flask.py would be what "import flask" means.
        yield f"calls_of_{path.name}", path.read_text(encoding="utf-8")
    for path in (FIXTURES / stem).rglob("*"):
        if path.is_file():
            yield path.relative_to(FIXTURES / stem).as_posix(), path.read_text(encoding="utf-8")


def _beginnings(path: str) -> Iterator[str]:
    yield path
    for place, character in enumerate(path):
        if character == ".":
            yield path[:place]
        elif path.startswith("()", place):
            yield path[:place]
            yield path[: place + 2]


def patterns_of(framework: Framework) -> list[str]:
    """Every pattern that a model file has."""
    found = [*framework.is_a, *framework.gives]
    for values in framework.same.values():
        found += values
    for source in framework.sources:
        found += source.at
    for entry in framework.parameters:
        found += [*entry.decorated, *entry.methods, *entry.exported, *(path for path, _ in entry.passed)]
    for sink in framework.sinks:
        found += [*sink.call, *sink.assign]
    for approval in framework.approvals:
        found += [*approval.call, *(path for path, _ in approval.when)]
    for kind in ("capable", "sanitizers", "propagators", "models", "stores", "risks"):
        for fact in getattr(framework, kind):
            found += fact.call
    return list(dict.fromkeys(found))


def not_seen(framework: Framework, names: set[str]) -> list[str]:
    """The patterns of a model that none of the names matches."""
    return [each for each in patterns_of(framework) if not any(matches(each, name) for name in names)]
