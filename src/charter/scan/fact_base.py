"""What Charter knows of frameworks, looked up by access path.

    facts = load_facts([Path("my_framework.yaml")])
    facts.sources("openai.OpenAI().chat.completions.create()", "python")

A path may be known under several names: as it stands, under the one name of all its aliases (``same``), under what is
more general (``is_a``), and by what its calls return (``gives``). ``canonical`` lists them, and every look-up goes
through them, the most specific first. Entries about calls (sinks, models, …) stand under the path of the function,
without the ``()`` of this call; sources stand under the path of the value.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import ValidationError

from charter.documents import load_yaml
from charter.scan.facts import (
    Approval,
    Argument,
    Capable,
    Framework,
    Model,
    Parameters,
    Propagator,
    Risk,
    Sanitizer,
    Sink,
    Source,
    Store,
    When,
)
from charter.scan.ir import Language
from charter.scan.patterns import PatternIndex

F = TypeVar("F")

_SHIPPED = Path(__file__).with_name("models")
_MAX_NAMES = 48
"""Names that one path may come to have; wrong or hostile facts could go on for ever."""
_MAX_PATH = 600
"""Characters of a path that is looked up by more than its own name."""
_CUTS = re.compile(r"(?<=.)\.|\(\)")


def load_facts(extra: Sequence[Path] = ()) -> "FactBase":
    """The facts that come with Charter, and those in the user's own files.

    Raises:
        ConfigError: a file cannot be read, or holds a mistake; the message names file, line, key and mend.
    """
    shipped = sorted(_SHIPPED.glob("*.yaml"))
    frameworks = [_shipped(path) for path in shipped]
    # The user's own come first: what they say of a path is more specific than what Charter says.
    own = [load_yaml(path, Framework) for path in extra]
    return FactBase([*own, *frameworks], _digest([*extra, *shipped]))


class FactBase:
    """All facts, by language and path. Look-ups are cached; the answers are never changed."""

    def __init__(self, frameworks: Sequence[Framework], digest: str = "") -> None:
        self.digest = digest
        """Of all files it was read from: what is cached for one set of facts does not hold for another."""
        self._frameworks = tuple(frameworks)
        self._names = {id(fact): each.framework for each in frameworks for fact in _facts_of(each)}
        self._by_language: dict[Language, _LanguageFacts] = {}

    def frameworks(self, language: Language) -> tuple[Framework, ...]:
        """The files of a language, whole."""
        return tuple(each for each in self._frameworks if each.language == language)

    def framework_of(self, fact: object) -> str:
        """The name of the framework that an entry (but an approval) given out by this base is of; "" for others."""
        return self._names.get(id(fact), "")

    def packages(self, language: Language) -> frozenset[str]:
        """Top-level names whose import says that a file may have to do with language models."""
        return frozenset(name for each in self.frameworks(language) for name in each.packages)

    def mentions(self, language: Language) -> frozenset[str]:
        """Texts that say so without an import."""
        return frozenset(text for each in self.frameworks(language) for text in each.mentions)

    def canonical(self, path: str, language: Language) -> tuple[str, ...]:
        """All names of a path, the most specific first: itself, its one name among aliases, what it is and gives."""
        return self._of(language).names.of(path)

    def sources(self, path: str, language: Language) -> tuple[Source, ...]:
        """What labels the value at this path: ``flask.request.args``, ``openai.OpenAI().responses.create()``."""
        return self._of(language).sources.at(path)

    def parameters(self, language: Language) -> tuple[Parameters, ...]:
        """All functions whose parameters a framework fills."""
        return self._of(language).parameters

    def decorated(self, path: str, language: Language) -> tuple[Parameters, ...]:
        """What a decorator of this path (without its call's ``()``) makes of a function."""
        return self._of(language).decorated.at(path)

    def passed(self, path: str, language: Language) -> tuple[tuple[Argument, Parameters], ...]:
        """Which arguments of a call of this function are functions for a framework to call."""
        return self._of(language).passed.at(path)

    def methods(self, path: str, language: Language) -> tuple[Parameters, ...]:
        """What a framework makes of a method of a subclass: ``langchain.BaseTool._run``, by the base's path."""
        return self._of(language).methods.at(path)

    def exported(self, path: str, language: Language) -> tuple[Parameters, ...]:
        """What a framework makes of an exported function: ``src/app/api/chat/route.ts:POST``."""
        return self._of(language).exported.at(path)

    def sinks(self, path: str, language: Language) -> tuple[Sink, ...]:
        """What the arguments of a call of this function run into."""
        return self._of(language).sinks.at(path)

    def assign_sinks(self, name: str, language: Language) -> tuple[Sink, ...]:
        """What a value runs into that is assigned to an attribute, or a JSX prop, of this name."""
        return self._of(language).assign_sinks.at(name)

    def capable(self, path: str, language: Language) -> tuple[Capable, ...]:
        """What a call of this function has the power to do."""
        return self._of(language).capable.at(path)

    def sanitizers(self, path: str, language: Language) -> tuple[Sanitizer, ...]:
        """What a call of this function makes safe."""
        return self._of(language).sanitizers.at(path)

    def propagators(self, path: str, language: Language) -> tuple[Propagator, ...]:
        """How text goes through a call of this function."""
        return self._of(language).propagators.at(path)

    def approvals(self, path: str, language: Language) -> tuple[Approval, ...]:
        """Whether a call of this function asks a person: ``call`` where it does so itself, ``when`` by a setting.

        Each entry holds only what it says of this path.
        """
        return self._of(language).approvals.at(path)

    def models(self, path: str, language: Language) -> tuple[Model, ...]:
        """The language models that a call of this function runs."""
        return self._of(language).models.at(path)

    def stores(self, path: str, language: Language) -> tuple[Store, ...]:
        """The data stores that a call of this function opens."""
        return self._of(language).stores.at(path)

    def risks(self, path: str, language: Language) -> tuple[Risk, ...]:
        """Why a call of this function is a fault by itself."""
        return self._of(language).risks.at(path)

    def _of(self, language: Language) -> "_LanguageFacts":
        found = self._by_language.get(language)
        if found is None:
            found = self._by_language[language] = _LanguageFacts(self.frameworks(language))
        return found


class _Names:
    """Other names of paths."""

    def __init__(self, frameworks: Iterable[Framework]) -> None:
        self._others: PatternIndex[str] = PatternIndex()
        self._cache: dict[str, tuple[str, ...]] = {}
        for each in frameworks:
            for path, patterns in each.same.items():
                for pattern in patterns:
                    self._others.add(pattern, path)
            for pattern, general in each.is_a.items():
                for path in general:
                    self._others.add(pattern, path)
            for pattern, path in each.gives.items():
                self._others.add(pattern, path)
            for propagator in each.propagators:
                if propagator.gives is not None:
                    for pattern in propagator.call:
                        self._others.add(f"{pattern}()", propagator.gives)

    def of(self, path: str) -> tuple[str, ...]:
        """All names, the path itself first, then those that are fewest steps away."""
        found = self._cache.get(path)
        if found is None:
            found = self._cache[path] = self._find(path)
        return found

    def _find(self, path: str) -> tuple[str, ...]:
        if len(path) > _MAX_PATH:
            return (path,)
        found = self._extended(path)
        waiting = list(found.items())
        for this, seen in waiting:
            for cut in _cuts(this, seen):
                for other in self._others.at(this[:cut]):
                    name = other + this[cut:]
                    if name not in found and len(found) < _MAX_NAMES:
                        found[name] = 0
                        waiting.append((name, 0))
        return tuple(found)

    def _extended(self, path: str) -> dict[str, int]:
        """
        The names of the longest beginning of ``path`` that was looked up before, each with the rest of it added; and
        how much of each is of that beginning.
        """
        for cut in reversed(list(_cuts(path, 0))[:-1]):
            names = self._cache.get(path[:cut])
            if names is not None:
                return {name + path[cut:]: len(name) for name in names}
        return {path: 0}


def _cuts(path: str, after: int) -> Iterable[int]:
    """Where a path has a whole beginning, longer than ``after``: before each dot, before and after each ``()``."""
    ends: dict[int, None] = {}
    for found in _CUTS.finditer(path):
        ends[found.start()] = None
        if found[0] == "()":
            ends[found.end()] = None
    ends[len(path)] = None
    return [end for end in ends if end > after]


class _Lookup(Generic[F]):
    """Entries of one kind: those that are known and, for paths without any, those that are guessed."""

    def __init__(self, names: _Names) -> None:
        self._names = names
        self._known: PatternIndex[F] = PatternIndex()
        self._guessed: PatternIndex[F] = PatternIndex()
        self._cache: dict[str, tuple[F, ...]] = {}

    def add(self, patterns: Iterable[str], fact: F, guess: bool) -> None:
        for pattern in patterns:
            (self._guessed if guess else self._known).add(pattern, fact)

    def at(self, path: str) -> tuple[F, ...]:
        found = self._cache.get(path)
        if found is None:
            names = self._names.of(path)
            found = self._cache[path] = self._find(self._known, names) or self._find(self._guessed, names)
        return found

    @staticmethod
    def _find(index: PatternIndex[F], names: tuple[str, ...]) -> tuple[F, ...]:
        return tuple({id(fact): fact for name in names for fact in index.at(name)}.values())


class _LanguageFacts:
    """One look-up for each kind of entry."""

    def __init__(self, frameworks: Sequence[Framework]) -> None:
        self.names = names = _Names(frameworks)
        self.parameters = tuple(entry for each in frameworks for entry in each.parameters)
        self.sources: _Lookup[Source] = _Lookup(names)
        self.decorated: _Lookup[Parameters] = _Lookup(names)
        self.passed: _Lookup[tuple[Argument, Parameters]] = _Lookup(names)
        self.methods: _Lookup[Parameters] = _Lookup(names)
        self.exported: _Lookup[Parameters] = _Lookup(names)
        self.sinks: _Lookup[Sink] = _Lookup(names)
        self.assign_sinks: _Lookup[Sink] = _Lookup(names)
        self.capable: _Lookup[Capable] = _Lookup(names)
        self.sanitizers: _Lookup[Sanitizer] = _Lookup(names)
        self.propagators: _Lookup[Propagator] = _Lookup(names)
        self.approvals: _Lookup[Approval] = _Lookup(names)
        self.models: _Lookup[Model] = _Lookup(names)
        self.stores: _Lookup[Store] = _Lookup(names)
        self.risks: _Lookup[Risk] = _Lookup(names)
        for each in frameworks:
            self._add(each)

    def _add(self, framework: Framework) -> None:
        guess = framework.guess
        for source in framework.sources:
            self.sources.add(source.at, source, guess)
        for entry in framework.parameters:
            self.decorated.add(entry.decorated, entry, guess)
            self.methods.add(entry.methods, entry, guess)
            self.exported.add(entry.exported, entry, guess)
            for pattern, argument in entry.passed:
                self.passed.add([pattern], (argument, entry), guess)
        for sink in framework.sinks:
            self.sinks.add(sink.call, sink, guess)
            self.assign_sinks.add(sink.assign, sink, guess)
        for approval in framework.approvals:
            self._add_approval(approval, guess)
        _add_calls(self.capable, framework.capable, guess)
        _add_calls(self.sanitizers, framework.sanitizers, guess)
        _add_calls(self.propagators, framework.propagators, guess)
        _add_calls(self.models, framework.models, guess)
        _add_calls(self.stores, framework.stores, guess)
        _add_calls(self.risks, framework.risks, guess)

    def _add_approval(self, approval: Approval, guess: bool) -> None:
        for call in approval.call:
            self.approvals.add([call], Approval(call=(call,)), guess)
        settings: dict[str, list[When]] = {}
        for call, when in approval.when:
            settings.setdefault(call, []).append(when)
        for call, conditions in settings.items():
            self.approvals.add([call], Approval(when=tuple((call, when) for when in conditions)), guess)


def _add_calls(lookup: _Lookup[F], facts: Iterable[F], guess: bool) -> None:
    for fact in facts:
        lookup.add(fact.call, fact, guess)  # type: ignore[attr-defined]


def _facts_of(framework: Framework) -> Iterable[object]:
    kinds = ("sources", "parameters", "sinks", "capable", "sanitizers", "propagators", "models", "stores", "risks")
    return [fact for kind in kinds for fact in getattr(framework, kind)]


def _shipped(path: Path) -> Framework:
    """One of Charter's own files, read fast; only where it has a mistake by the reader that can say which."""
    try:
        return Framework.model_validate(yaml.load(path.read_bytes(), Loader=_LOADER))  # noqa: S506  # a safe loader
    except (yaml.YAMLError, ValidationError):
        return load_yaml(path, Framework)


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
