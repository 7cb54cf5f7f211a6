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
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

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

    def words(self, language: Language) -> tuple[str, ...]:
        """Texts that conditions look for within an argument: ``/chat/completions``."""
        found: dict[str, None] = {}
        for framework in self.frameworks(language):
            conditions = [when for fact in _facts_of(framework) for when in getattr(fact, "when", ())]
            conditions += [when for approval in framework.approvals for _, when in approval.when]
            for when in conditions:
                found.update(dict.fromkeys(when.holds or ()))
        return tuple(found)

    def canonical(self, path: str, language: Language) -> tuple[str, ...]:
        """All names of a path, the most specific first: itself, its one name among aliases, what it is and gives."""
        return self._of(language).names.of(path)

    def sources(self, path: str, language: Language) -> tuple[Source, ...]:
        """What labels the value at this path: ``flask.request.args``, ``openai.OpenAI().responses.create()``."""
        return self._of(language).at("sources", path)

    def parameters(self, language: Language) -> tuple[Parameters, ...]:
        """All functions whose parameters a framework fills."""
        return self._of(language).parameters

    def decorated(self, path: str, language: Language) -> tuple[Parameters, ...]:
        """What a decorator of this path (without its call's ``()``) makes of a function."""
        return self._of(language).at("decorated", path)

    def passed(self, path: str, language: Language) -> tuple[tuple[Argument, Parameters], ...]:
        """Which arguments of a call of this function are functions for a framework to call."""
        return self._of(language).at("passed", path)

    def methods(self, path: str, language: Language) -> tuple[Parameters, ...]:
        """What a framework makes of a method of a subclass: ``langchain.BaseTool._run``, by the base's path."""
        return self._of(language).at("methods", path)

    def exported(self, path: str, language: Language) -> tuple[Parameters, ...]:
        """What a framework makes of an exported function: ``src/app/api/chat/route.ts:POST``."""
        return self._of(language).at("exported", path)

    def sinks(self, path: str, language: Language) -> tuple[Sink, ...]:
        """What the arguments of a call of this function run into."""
        return self._of(language).at("sinks", path)

    def assign_sinks(self, name: str, language: Language) -> tuple[Sink, ...]:
        """What a value runs into that is assigned to an attribute, or a JSX prop, of this name."""
        return self._of(language).at("assign_sinks", name)

    def capable(self, path: str, language: Language) -> tuple[Capable, ...]:
        """What a call of this function has the power to do."""
        return self._of(language).at("capable", path)

    def sanitizers(self, path: str, language: Language) -> tuple[Sanitizer, ...]:
        """What a call of this function makes safe."""
        return self._of(language).at("sanitizers", path)

    def propagators(self, path: str, language: Language) -> tuple[Propagator, ...]:
        """How text goes through a call of this function."""
        return self._of(language).at("propagators", path)

    def approvals(self, path: str, language: Language) -> tuple[Approval, ...]:
        """Whether a call of this function asks a person: ``call`` where it does so itself, ``when`` by a setting.

        Each entry holds only what it says of this path.
        """
        return self._of(language).at("approvals", path)

    def models(self, path: str, language: Language) -> tuple[Model, ...]:
        """The language models that a call of this function runs."""
        return self._of(language).at("models", path)

    def stores(self, path: str, language: Language) -> tuple[Store, ...]:
        """The data stores that a call of this function opens."""
        return self._of(language).at("stores", path)

    def risks(self, path: str, language: Language) -> tuple[Risk, ...]:
        """Why a call of this function is a fault by itself."""
        return self._of(language).at("risks", path)

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


class _Entry(NamedTuple):
    """What stands under a pattern."""

    kind: str
    """The look-up that finds it."""
    fact: Any
    guess: bool


class _LanguageFacts:
    """The entries of one language. A path is held against their patterns once, for all kinds of entry."""

    def __init__(self, frameworks: Sequence[Framework]) -> None:
        self.names = _Names(frameworks)
        self.parameters = tuple(entry for each in frameworks for entry in each.parameters)
        self._entries: PatternIndex[_Entry] = PatternIndex()
        self._cache: dict[str, dict[str, tuple[Any, ...]]] = {}
        for framework in frameworks:
            for kind, pattern, fact in _patterns_of(framework):
                self._entries.add(pattern, _Entry(kind, fact, framework.guess))

    def at(self, kind: str, path: str) -> tuple[Any, ...]:
        """The entries of a kind: those that are known and, where there are none, those that are guessed."""
        found = self._cache.get(path)
        if found is None:
            found = self._cache[path] = self._find(path)
        return found.get(kind, ())

    def _find(self, path: str) -> dict[str, tuple[Any, ...]]:
        known: dict[str, dict[int, Any]] = {}
        guessed: dict[str, dict[int, Any]] = {}
        for name in self.names.of(path):
            for entry in self._entries.at(name):
                kinds = guessed if entry.guess else known
                kinds.setdefault(entry.kind, {}).setdefault(id(entry.fact), entry.fact)
        return {kind: tuple(facts.values()) for kind, facts in {**guessed, **known}.items()}


def _patterns_of(framework: Framework) -> Iterator[tuple[str, str, Any]]:
    """Each pattern with the look-up that it is for and what that gives."""
    for source in framework.sources:
        yield from (("sources", pattern, source) for pattern in source.at)
    for entry in framework.parameters:
        yield from (("decorated", pattern, entry) for pattern in entry.decorated)
        yield from (("methods", pattern, entry) for pattern in entry.methods)
        yield from (("exported", pattern, entry) for pattern in entry.exported)
        yield from (("passed", pattern, (argument, entry)) for pattern, argument in entry.passed)
    for sink in framework.sinks:
        yield from (("sinks", pattern, sink) for pattern in sink.call)
        yield from (("assign_sinks", pattern, sink) for pattern in sink.assign)
    for approval in framework.approvals:
        yield from (("approvals", pattern, Approval(call=(pattern,))) for pattern in approval.call)
        settings: dict[str, list[tuple[str, When]]] = {}
        for pattern, when in approval.when:
            settings.setdefault(pattern, []).append((pattern, when))
        yield from (("approvals", pattern, Approval(when=tuple(whens))) for pattern, whens in settings.items())
    for kind in ("capable", "sanitizers", "propagators", "models", "stores", "risks"):
        yield from ((kind, pattern, fact) for fact in getattr(framework, kind) for pattern in fact.call)


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
