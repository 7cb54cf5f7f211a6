"""Which code can have to do with language models, found without parsing it.

A file is a *seed* when it imports a package for language models or holds words that only such code has. Code further
off matters as far as imports lead to it from a seed, in either direction: a helper that a seed calls, a view that calls
a seed. Files that hang together so are a *group*, which is analysed as one; the rest of a code base is not followed.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from charter.scan.engine.module_index import ModuleIndex
from charter.scan.fact_base import FactBase
from charter.scan.ir import Language
from charter.scan.kinds import language_of

LINES_TOGETHER = 80_000
"""A group of more lines is cut into parts, which memory and time allow to analyse one by one."""
LARGE = 20_000
"""In a group of more lines, files count only up to ``NEAR`` imports away from a seed."""
NEAR = 4

_PYTHON = re.compile(
    r"^[ \t]*\"?(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n#;]*)|import[ \t]+([^\n#;]+))", re.MULTILINE
)
_SCRIPT = re.compile(r"\b(?:from|import|require)[ \t]*\(?[ \t]*[\"']([^\"'\n]{1,200})[\"']")
_NAME = re.compile(r"([A-Za-z_][\w.]*)(?:\s+as\s+\w+)?")
_WORDS = (
    "_llm", "llm_", "llm.", "(llm", " llm", "LLM", "gpt-", "gpt_", "GPT", "openai", "OpenAI", "anthropic", "Anthropic",
    "claude", "langchain", "system_prompt", "systemPrompt", "SystemMessage", "system_message", "chat_completion",
    "ChatCompletion", "chatCompletion", "tool_call", "toolCall", "PromptTemplate", "prompt_template",
    "generate_content", '"role": "system"', "'role': 'system'", 'role: "system"', "role: 'system'", '"role":"system"',
)  # fmt: skip
"""Words that code around language models uses, whatever library it calls; each is rare elsewhere."""


class Imported(NamedTuple):
    """What an import names: a module, and for Python how many folders up it begins."""

    module: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class CodeFile:
    """What is known of a code file before it is parsed."""

    path: str
    lines: int
    seed: bool
    imports: tuple[Imported, ...]


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


def is_seed(text: str, imports: Iterable[Imported], facts: FactBase, language: Language) -> bool:
    """Whether a file has to do with language models by itself."""
    packages = facts.packages(language)
    if any(_is_of(imported.module, packages, language) for imported in imports if not imported.level):
        return True
    return any(word in text for word in _WORDS) or any(mention in text for mention in facts.mentions(language))


def groups(files: Sequence[CodeFile], apart: bool = False) -> list[Group]:
    """
    The groups that hold a seed, the largest first, so that no worker begins it when the others have finished.
    ``apart``: the folders at the top are installed packages, strangers to one another.
    """
    found: list[Group] = []
    for unit in _units(files, apart):
        if any(file.seed for file in unit):
            for component in _components(unit):
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


def _is_of(module: str, packages: frozenset[str], language: Language) -> bool:
    """Whether a module lies in one of the packages, which may be written ``@langchain/*``."""
    joint = "." if language == "python" else "/"
    parts = module.split(joint)
    prefixes = {joint.join(parts[:length]) for length in range(1, min(len(parts), 4) + 1)}
    if prefixes & packages:
        return True
    return any("*" in package and fnmatchcase(prefix, package) for package in packages for prefix in prefixes)


def _units(files: Sequence[CodeFile], apart: bool) -> Iterable[Sequence[CodeFile]]:
    """The whole; or, where distributions are installed side by side, each by itself: they are strangers."""
    if not apart:
        return [files]
    by_top: dict[str, list[CodeFile]] = defaultdict(list)
    for file in files:
        by_top[file.path.partition("/")[0]].append(file)
    return by_top.values()


def _components(files: Sequence[CodeFile]) -> Iterator[list[CodeFile]]:
    """The files that imports lead to from a seed, component by component, the nearest to a seed first."""
    by_path = {file.path: file for file in files}
    linked = _links(files)
    near = {file.path: 0 for file in files if file.seed}
    waiting = deque(near)
    while waiting:
        path = waiting.popleft()
        for other in linked[path]:
            if other not in near:
                near[other] = near[path] + 1
                waiting.append(other)
    done: set[str] = set()
    for start in near:
        if start not in done:
            component = _reachable(start, linked)
            done.update(component)
            ordered = sorted(component, key=lambda path: (near[path], path))
            large = sum(by_path[path].lines for path in ordered) > LARGE
            yield [by_path[path] for path in ordered if not large or near[path] <= NEAR]


def _reachable(start: str, linked: Mapping[str, set[str]]) -> list[str]:
    found, waiting = {start}, [start]
    for path in waiting:
        for other in linked[path] - found:
            found.add(other)
            waiting.append(other)
    return waiting


def _links(files: Sequence[CodeFile]) -> dict[str, set[str]]:
    """Which files import one another, in both directions."""
    index = ModuleIndex(file.path for file in files)
    own_names = {part for file in files for part in file.path.removesuffix(".py").split("/")}
    linked: dict[str, set[str]] = {file.path: set() for file in files}
    for file in files:
        language = language_of(file.path)
        for module, level in file.imports:
            if language == "python" and not level and module.partition(".")[0] not in own_names:
                continue
            target = index.resolve(file.path, module, level, language) if language else None
            if target is not None and target != file.path:
                linked[file.path].add(target)
                linked[target].add(file.path)
    return linked


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
