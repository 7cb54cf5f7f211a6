"""What the facts say of one thing outside the scanned code, gathered once for each access path."""

from dataclasses import dataclass
from typing import Any

from charter.scan.engine.values import Ref, Said, Value
from charter.scan.fact_base import FactBase
from charter.scan.facts import (
    Approval,
    Argument,
    Capable,
    Model,
    Parameters,
    Propagator,
    Risk,
    Sanitizer,
    Sink,
    Source,
    Store,
)
from charter.scan.ir import Language

_NOTHING_SAID: frozenset[Ref] = frozenset()
_MOST_TEXTS = 20_000


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything about a call of one path."""

    path: str
    sinks: tuple[Sink, ...]
    result: tuple[Source, ...]
    sanitizers: tuple[Sanitizer, ...]
    propagators: tuple[Propagator, ...]
    capable: tuple[Capable, ...]
    approvals: tuple[Approval, ...]
    models: tuple[Model, ...]
    stores: tuple[Store, ...]
    risks: tuple[Risk, ...]
    passed: tuple[tuple[Argument, Parameters], ...]

    @property
    def is_known(self) -> bool:
        """Whether any fact is about it."""
        return bool(
            self.sinks or self.result or self.sanitizers or self.propagators or self.capable or self.approvals
            or self.models or self.stores or self.risks or self.passed
        )  # fmt: skip


class OutsideFacts:
    """Facts by path, in one language, each looked up once."""

    def __init__(self, facts: FactBase, language: Language) -> None:
        self.facts, self.language = facts, language
        self._calls: dict[str, Outside] = {}
        self._reads: dict[str, tuple[Source, ...]] = {}
        self._words = facts.words(language)
        self._said: dict[str, frozenset[Ref]] = {}

    def said(self, value: Value) -> frozenset[Ref]:
        """The words in a text that conditions of facts ask for."""
        found = frozenset(ref for ref in value.refs if isinstance(ref, Said)) if value.refs else _NOTHING_SAID
        for text in value.consts or ():
            if isinstance(text, str):
                held = self._said.get(text)
                if held is None:
                    held = frozenset(Said(word) for word in self._words if word in text)
                    if len(self._said) < _MOST_TEXTS:
                        self._said[text] = held
                found = found | held if held else found
        return found

    def call(self, path: str) -> Outside:
        """What is known of calling it."""
        found = self._calls.get(path)
        if found is None:
            found = self._calls[path] = self._look_up(path)
        return found

    def read(self, path: str) -> tuple[Source, ...]:
        """What labels the attribute."""
        found = self._reads.get(path)
        if found is None:
            found = self._reads[path] = self.facts.sources(path, self.language)
        return found

    def _look_up(self, path: str) -> Outside:
        def at(look_up: Any, path: str = path) -> Any:
            return look_up(path, self.language)

        facts = self.facts
        return Outside(
            path,
            at(facts.sinks),
            at(facts.sources, f"{path}()"),
            at(facts.sanitizers),
            at(facts.propagators),
            at(facts.capable),
            at(facts.approvals),
            at(facts.models),
            at(facts.stores),
            at(facts.risks),
            at(facts.passed),
        )
