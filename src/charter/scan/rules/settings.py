"""What the rules on configuration have in common: every setting of a document, and the MCP servers that it starts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from charter.scan.documents import Document
from charter.scan.findings import Confidence, Edit, Finding, Place, Severity
from charter.scan.rule import RuleSpec
from charter.scan.rules.snippets import lines_at
from charter.scan.secrets.redaction import redact

Way: TypeAlias = tuple[str | int, ...]
"""The way to a value from the top of the document."""
MOST = 200_000
"""Values of one document that are looked at: more is data, not configuration."""
_SERVERS = frozenset({"mcpServers", "mcp_servers", "servers", "context_servers", "mcp"})


@dataclass(frozen=True, slots=True)
class Server:
    """An MCP server that an agent starts."""

    way: Way
    name: str
    command: tuple[str, ...]
    """The program and its arguments."""
    settings: Mapping[str, Any]


def settings(document: Document) -> Iterator[tuple[Way, Any]]:
    """Every mapping, list and scalar below the top, each before what it holds."""
    waiting: list[tuple[Way, Any]] = [((), document.data)]
    for _ in range(MOST):
        if not waiting:
            return
        way, value = waiting.pop()
        if way:
            yield way, value
        if isinstance(value, Mapping):
            waiting += reversed([((*way, key), each) for key, each in value.items()])
        elif isinstance(value, list | tuple):
            waiting += reversed([((*way, number), each) for number, each in enumerate(value)])


def servers(document: Document) -> Iterator[Server]:
    """What stands below ``mcpServers`` and its like, with a command."""
    for way, value in settings(document):
        if len(way) >= 2 and way[-2] in _SERVERS and isinstance(value, Mapping) and "command" in value:
            command = [*_texts(value["command"]), *_texts(value.get("args", ()))]
            if command:
                yield Server(way, str(value.get("name", way[-1])), tuple(command), value)


def document_finding(
    spec: RuleSpec,
    document: Document,
    way: Way,
    message: str,
    *,
    severity: Severity | None = None,
    confidence: Confidence = "high",
    edits: tuple[Edit, ...] = (),
) -> Finding:
    """A finding at a setting's line."""
    place = Place(document.path, line_of(document, way))
    return Finding(
        rule=spec.id,
        category=spec.category,
        severity=severity or spec.severity,
        confidence=confidence,
        place=place,
        message=message,
        edits=edits,
        snippet=redact(lines_at(document.text.split("\n"), place)),
    )


def line_of(document: Document, way: Way) -> int:
    """The line of a setting, or of the nearest thing around it whose line is known."""
    while way and way not in document.lines:
        way = way[:-1]
    return document.lines.get(way, 1)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list | tuple) else []
