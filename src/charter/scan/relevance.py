"""Which code can have to do with language models, found without parsing it.

A file is a *seed* when it imports a package for language models or holds words that only such code has. Code further
off matters as far as imports lead to it from a seed, in either direction: a helper that a seed calls, a view that calls
a seed. Files that hang together so are a *group*, which is analysed as one; the rest of a code base is not followed.
"""

import re
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple, TypeAlias

from charter.scan.engine.module_index import ModuleIndex
from charter.scan.fact_base import FactBase
from charter.scan.ir import Language
from charter.scan.kinds import language_of

LINES_TOGETHER = 40_000
"""A group of more lines is cut into parts, which memory and time allow to analyse one by one."""
LARGE = 20_000
"""In a group of more lines, files count up to ``NEAR`` imports away from a seed: what calls it, and what those call."""
NEAR = 3
LINES_A_SEED = 1_000
"""What a large group may hold beside ``LARGE`` lines, for each seed."""
HUB = 30
"""A file with more importers, or imports, is where ways end, unless it is a seed itself."""
WORDS = "words"
"""The sign of a file that no import marks, but words that only such code has."""

_PYTHON = re.compile(
    r"^[ \t]*\"?(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n#;\\]*)|import[ \t]+([^\n#;\\]+))",
    re.MULTILINE,
)
_SCRIPT = re.compile(r"\b(?:from|import|require)[ \t]*\(?[ \t]*[\"']([^\"'\n]{1,200})[\"']")
_NAME = re.compile(r"([A-Za-z_][\w.]*)(?:\s+as\s+\w+)?")
_WORDS = (
    "_llm", "llm_", "llm.", "(llm", " llm", "LLM", "gpt-", "openai", "OpenAI", "anthropic", "Anthropic",
    "claude", "langchain", "system_prompt", "systemPrompt", "chat_completion",
    "ChatCompletion", "chatCompletion", "tool_call", "toolCall", "PromptTemplate", "prompt_template",
    "generate_content", '"role": "system"', "'role': 'system'", 'role: "system"', "role: 'system'", '"role":"system"',
)  # fmt: skip
"""Words that code around language models uses, whatever library it calls; each is rare elsewhere."""


Links: TypeAlias = dict[str, set[str]]
"""Files, and others that they import or that import them."""


class Imported(NamedTuple):
    """What an import names: a module, and for Python how many folders up it begins."""

    module: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class CodeFile:
    """What is known of a code file before it is parsed."""

    path: str
    lines: int
    sign: str
    """What makes it a seed; "" for a file that is none."""
    imports: tuple[Imported, ...]

    def is_seed(self, apart: bool) -> bool:
        """
        Whether it is one. Where installed packages lie side by side, a library's mention of itself says nothing, nor do
        words: only what it imports of others.
        """
        if apart:
            return self.sign not in ("", WORDS) and self.sign.partition(".")[0] != self.path.partition("/")[0]
        return bool(self.sign)


@dataclass(frozen=True, slots=True)
class Group:
    """Code files that are analysed together."""

    paths: tuple[str, ...]
    lines: int
    whole: bool = True
    """False for a part of a group that was too large."""


def imports_of(text: str, language: Language) -> tuple[Imported, ...]:
    """The modules that a file imports, once each; also what only looks like an import, in a text or a comment."""
    found = _script_imports(text) if language == "typescript" else _python_imports(text)
    return tuple(dict.fromkeys(found))


def sign_of(path: str, text: str, imports: Iterable[Imported], facts: FactBase, language: Language) -> str:
    """What says that a file has to do with language models: a module that it imports, ``WORDS``, or nothing ("")."""
    signs = _signs(facts, language)
    found = [each.module for each in imports if not each.level and _is_of(each.module, signs, language)]
    top = path.partition("/")[0]
    if found:
        return next((module for module in found if module.partition(".")[0] != top), found[0])
    return WORDS if signs.words.search(text) else ""


def groups(files: Sequence[CodeFile], apart: bool = False) -> list[Group]:
    """
    The groups that hold a seed, the largest first, so that no worker begins it when the others have finished.
    ``apart``: the folders at the top are installed packages, strangers to one another.
    """
    found: list[Group] = []
    for unit in _units(files, apart):
        seeds = [file.path for file in unit if file.is_seed(apart)]
        if seeds:
            for component in _components(unit, seeds):
                found += _parts(component)
    return sorted(found, key=lambda group: (-group.lines, group.paths))


def _python_imports(text: str) -> Iterator[Imported]:
    for dots, module, names, plain in _PYTHON.findall(text):
        if plain:
            yield from (Imported(match[1]) for match in _NAME.finditer(plain))
        elif dots or module:
            yield Imported(module, len(dots))
            joint = f"{module}." if module else ""
            yield from (Imported(joint + match[1], len(dots)) for match in _NAME.finditer(names))


def _script_imports(text: str) -> Iterator[Imported]:
    yield from (Imported(module) for module in _SCRIPT.findall(text))


@dataclass(frozen=True, slots=True)
class _Signs:
    """What tells a seed, made ready once."""

    packages: frozenset[str]
    patterns: tuple[str, ...]
    """Packages written ``@langchain/*``."""
    words: re.Pattern[str]


@cache
def _signs(facts: FactBase, language: Language) -> _Signs:
    packages = facts.packages(language)
    words = sorted({*_WORDS, *facts.mentions(language)}, key=len, reverse=True)
    return _Signs(
        frozenset(name for name in packages if "*" not in name),
        tuple(name for name in packages if "*" in name),
        re.compile("|".join(map(re.escape, words))),
    )


def _is_of(module: str, signs: _Signs, language: Language) -> bool:
    """Whether a module lies in one of the packages."""
    joint = "." if language == "python" else "/"
    parts = module.split(joint)
    prefixes = [joint.join(parts[:length]) for length in range(1, min(len(parts), 4) + 1)]
    if not signs.packages.isdisjoint(prefixes):
        return True
    return any(fnmatchcase(prefix, pattern) for pattern in signs.patterns for prefix in prefixes)


def _units(files: Sequence[CodeFile], apart: bool) -> Iterable[Sequence[CodeFile]]:
    """The whole; or, where distributions are installed side by side, each by itself: they are strangers."""
    if not apart:
        return [files]
    by_top: dict[str, list[CodeFile]] = defaultdict(list)
    for file in files:
        by_top[file.path.partition("/")[0]].append(file)
    return by_top.values()


def _components(files: Sequence[CodeFile], seeds: Sequence[str]) -> Iterator[list[CodeFile]]:
    """The files that hang together with a seed, component by component; of large ones what is near to a seed."""
    by_path = {file.path: file for file in files}
    imports = _imports(files)
    importers: Links = {file.path: set() for file in files}
    for path, imported in imports.items():
        for other in imported:
            importers[other].add(path)
    linked = {path: imports[path] | importers[path] for path in imports}
    sown = set(seeds)
    near = _distances(seeds, imports, importers)
    for component in _connected(seeds, linked, linked.keys()):
        if sum(by_path[path].lines for path in component) <= LARGE:
            yield [by_path[path] for path in component]
            continue
        own = [path for path in component if path in sown]
        close = _nearest(component, near, by_path, LARGE + LINES_A_SEED * len(own))
        for part in _connected(own, linked, close):
            yield [by_path[path] for path in part]


def _nearest(
    component: Iterable[str], near: Mapping[str, int], files: Mapping[str, CodeFile], budget: int
) -> frozenset[str]:
    """The files up to ``NEAR`` imports away, the nearest first, as far as ``budget`` lines go."""
    found: set[str] = set()
    for path in sorted(
        (path for path in component if near.get(path, NEAR + 1) <= NEAR), key=lambda path: (near[path], path)
    ):
        budget -= files[path].lines
        if budget < 0 and near[path]:
            break
        found.add(path)
    return frozenset(found)


def _connected(seeds: Iterable[str], linked: Links, within: Collection[str]) -> Iterator[list[str]]:
    """The components that hold a seed, of those files alone."""
    done: set[str] = set()
    for start in seeds:
        if start not in done:
            done.add(start)
            found = [start]
            for path in found:
                new = sorted(other for other in linked[path] if other in within and other not in done)
                done.update(new)
                found += new
            yield found


def _distances(seeds: Iterable[str], imports: Links, importers: Links) -> dict[str, int]:
    """
    How many imports away from a seed a file is, first up to who imports it and then down to what those import. Through
    a module that everybody imports, or that imports everything, everything would be near to everything.
    """
    seen = {(path, True): 0 for path in seeds}
    waiting = deque(seen)
    near: dict[str, int] = {}
    while waiting:
        path, rising = waiting.popleft()
        distance = seen[path, rising]
        near.setdefault(path, distance)
        steps: list[tuple[str, bool]] = []
        if not distance or len(imports[path]) <= HUB:
            steps += [(other, False) for other in imports[path]]
        if rising and (not distance or len(importers[path]) <= HUB):
            steps += [(other, True) for other in importers[path]]
        for step in steps:
            if step not in seen:
                seen[step] = distance + 1
                waiting.append(step)
    return near


def _imports(files: Sequence[CodeFile]) -> Links:
    """The files that each file imports."""
    index = ModuleIndex(file.path for file in files)
    own_names = {part for file in files for part in file.path.removesuffix(".py").split("/")}
    found: Links = {file.path: set() for file in files}
    for file in files:
        language = language_of(file.path)
        for module, level in file.imports:
            if language == "python" and not level and module.partition(".")[0] not in own_names:
                continue
            target = index.resolve(file.path, module, level, language) if language else None
            if target is not None and target != file.path:
                found[file.path].add(target)
    return found


def _parts(files: Sequence[CodeFile]) -> Iterator[Group]:
    """A component as one group; cut, along its folders, where it is too large for that."""
    total = sum(file.lines for file in files)
    if total <= LINES_TOGETHER:
        yield Group(tuple(sorted(file.path for file in files)), total)
        return
    part: list[CodeFile] = []
    lines = 0
    for file in sorted(files, key=lambda file: file.path):
        if part and lines + file.lines > LINES_TOGETHER:
            yield Group(tuple(each.path for each in part), lines, whole=False)
            part, lines = [], 0
        part.append(file)
        lines += file.lines
    yield Group(tuple(each.path for each in part), lines, whole=False)
