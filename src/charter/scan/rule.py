"""What a rule is: one file under ``rules/``, whose docstring is its page in the docs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from charter.scan.analysis import Analysis
from charter.scan.documents import Document
from charter.scan.findings import Category, Finding, Severity

Check: TypeAlias = Callable[[Analysis], Iterator[Finding]]
DocumentCheck: TypeAlias = Callable[[Document], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """What is known of a rule before it runs. In its file this is ``SPEC``."""

    id: str
    """``<category's short name>/<what>``: "injection/user-text-in-system-prompt"; it is the file's name as well."""
    title: str
    """The fault in a few words, as a heading."""
    category: Category
    severity: Severity
    """As a rule; a finding may be of another."""
    cwe: tuple[str, ...]
    """"CWE-78"."""
    owasp_2025: tuple[str, ...]
    """OWASP Top 10 for LLM applications, 2025: "LLM05"."""
    owasp_2026: tuple[str, ...]
    """The same list's final numbering of 2026: "LLM10"."""
    advice: str
    """What to do instead, in one or two sentences."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's file, loaded."""

    spec: RuleSpec
    page: str
    """The docstring: what it does, why it is bad, an example, what to use instead, references. Markdown."""
    check: Check | None = None
    check_document: DocumentCheck | None = None
