"""The first look at each file, by itself: its secrets, its imports, its configuration; what it says to the scan."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache as remembered
from pathlib import Path

from charter.digests import file_digest
from charter.scan.cache import Cached, read_cache
from charter.scan.fact_base import FactBase, load_facts
from charter.scan.findings import Finding, NotAnalysed
from charter.scan.front.documents import DocumentError, read_document
from charter.scan.front.text import SourceText, read_text
from charter.scan.inventory import Inventory, inventory
from charter.scan.kinds import Kind, kind_of, language_of
from charter.scan.relevance import imports_of, sign_of
from charter.scan.result import FileResult, RuleCrash
from charter.scan.rules import all_rules
from charter.scan.secrets import find_secrets
from charter.scan.suppress import read_suppressions

FILES_TOGETHER = 64
_AGENTS = re.compile(r"mcp|agent|tool|llm|prompt|openai|anthropic|permission|approv|langflow|flowise", re.IGNORECASE)
"""Words of which a configuration for agents has at least one: the others are not parsed."""
_DOCUMENT_CHARACTERS = 1 << 20


@dataclass(frozen=True, slots=True)
class Basis:
    """What every task of a scan rests on; small, because it travels with each."""

    root: str
    models: tuple[tuple[str, str], ...] = ()
    """Files of facts beside those that come with Charter, each with a digest of its content."""
    cache: str = ""
    """The cache file; "" where none is used."""
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class SurveyTask:
    """Files to look at."""

    basis: Basis
    paths: tuple[str, ...]

    def halves(self) -> tuple["SurveyTask", ...]:
        """The same in two tasks; none where there is but one file."""
        middle = len(self.paths) // 2
        return tuple(replace(self, paths=part) for part in (self.paths[:middle], self.paths[middle:]) if middle)


def own_models(paths: Iterable[Path]) -> tuple[tuple[str, str], ...]:
    """The files of facts that a project has, as a basis names them."""
    return tuple((str(path), file_digest(path) if path.is_file() else "") for path in paths)


@remembered
def facts_of(models: tuple[tuple[str, str], ...]) -> FactBase:
    """The facts, read once in each process.

    Raises:
        ConfigError: a file cannot be read, or has a mistake.
    """
    return load_facts([Path(path) for path, _ in models])


def cached(basis: Basis) -> Cached:
    """The results of an earlier scan, read once in each process."""
    return read_cache(Path(basis.cache), basis.stamp) if basis.cache else Cached(basis.stamp, {}, {})


def survey_tasks(basis: Basis, paths: Sequence[str]) -> list[SurveyTask]:
    """The files, a handful a task, so that a worker is not asked for each."""
    return [
        SurveyTask(basis, tuple(paths[start : start + FILES_TOGETHER]))
        for start in range(0, len(paths), FILES_TOGETHER)
    ]


def survey(task: SurveyTask) -> tuple[FileResult, ...]:
    """The results of the files of a task."""
    facts = facts_of(task.basis.models)
    known = cached(task.basis).files
    root = Path(task.basis.root)
    return tuple(_look(root, path, facts, known.get(path)) for path in task.paths)


def lost_files(task: SurveyTask, reason: str) -> tuple[FileResult, ...]:
    """What stands for the files of a task that has no result."""
    return tuple(
        FileResult(path, "", kind_of(path) or "text", not_analysed=(NotAnalysed(path, reason),)) for path in task.paths
    )


def _look(root: Path, path: str, facts: FactBase, known: FileResult | None) -> FileResult:
    kind = kind_of(path) or "text"
    source = read_text(root, path)
    if isinstance(source, NotAnalysed):
        return FileResult(path, "", kind, not_analysed=(source,))
    digest = hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()
    if known is not None and known.digest == digest:
        return known
    return _examine(source, kind, digest, facts)


def _examine(source: SourceText, kind: Kind, digest: str, facts: FactBase) -> FileResult:
    path, text = source.path, source.text
    unread = [source.partly] if source.partly else []
    if kind == "code" and source.made == "minified":
        kind = "text"
        unread.append(NotAnalysed(path, "minified code; looked through for secrets alone", partly=True))
    language = language_of(path) if kind == "code" else None
    imports = imports_of(text, language) if language else ()
    suppressions, notes = read_suppressions(path, text)
    checked = _documents(path, text) if kind == "document" else _Checked()
    return FileResult(
        path=path,
        digest=digest,
        kind=kind,
        lines=len(text.removesuffix("\n").split("\n")) if text else 0,
        sign=sign_of(path, text, imports, facts, language) if language else "",
        template=kind == "template" and ("{{" in text or "{%" in text),
        imports=imports,
        findings=(*find_secrets(path, text), *checked.findings),
        suppressions=suppressions,
        notes=notes,
        not_analysed=(*unread, *checked.unread),
        crashes=checked.crashes,
        inventory=checked.inventory,
    )


@dataclass(frozen=True, slots=True)
class _Checked:
    """What the rules on configuration say of a file."""

    findings: tuple[Finding, ...] = ()
    crashes: tuple[RuleCrash, ...] = ()
    unread: tuple[NotAnalysed, ...] = ()
    inventory: Inventory | None = None


def _documents(path: str, text: str) -> _Checked:
    """Checks a file that could configure an agent."""
    if len(text) > _DOCUMENT_CHARACTERS or not _AGENTS.search(text):
        return _Checked()
    try:
        document = read_document(path, text)
    except DocumentError as error:
        return _Checked(unread=(NotAnalysed(path, str(error), error.line, partly=True),))
    found: list[Finding] = []
    crashes: list[RuleCrash] = []
    for rule in all_rules():
        if rule.check_document is not None:
            try:
                found += rule.check_document(document)
            except Exception as error:  # noqa: BLE001  # one rule's defect is a result of the scan, not its end
                crashes.append(RuleCrash(rule.spec.id, path, f"{type(error).__name__}: {error}"[:300]))
    try:
        listed = inventory(documents=[document])
    except Exception as error:  # noqa: BLE001  # as of a rule
        listed = Inventory()
        crashes.append(RuleCrash("inventory", path, f"{type(error).__name__}: {error}"[:300]))
    return _Checked(tuple(found), tuple(crashes), inventory=listed if listed != Inventory() else None)
