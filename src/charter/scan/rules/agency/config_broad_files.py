r"""
## What it does

Finds MCP servers in an agent's configuration that are given the whole disk or a whole home folder, or, as a container,
the host's disk, its container engine or all of its rights.

## Why this is bad

Keys, mails, browser profiles and start scripts lie there. What the agent may read, a sentence in a page can make it
send away; what it may write, it can be made to change.

## Example

```json
{"mcpServers": {"files": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/"]}}}
```

## Use instead

```json
{"mcpServers": {"files": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "./docs"]}}}
```

## References

- CWE-732: Incorrect Permission Assignment for Critical Resource; CWE-250: Execution with Unnecessary Privileges
- OWASP Top 10 for LLM Applications: Excessive Agency
"""

import re
from collections.abc import Iterator

from charter.scan.documents import Document
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import short
from charter.scan.rules.settings import document_finding, servers

SPEC = RuleSpec(
    id="agency/config-broad-files",
    title="An agent's server has the whole disk",
    category="excessive-agency",
    severity="high",
    cwe=("CWE-732", "CWE-250"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Give the server the one folder that it needs.",
)

_ROOT = r"(/|~/?|\$\{?HOME\}?/?|%USERPROFILE%|[A-Za-z]:[\\/]{0,2}|/(etc|root|home|Users|var/run/docker\.sock)/?)"
_FOLDER = re.compile(rf"(--?[\w-]+=)?{_ROOT}")
_MOUNT = re.compile(rf"({_ROOT}:/.*|.*\b(src|source)={_ROOT}(,.*)?)")
_ENGINES = frozenset({"docker", "podman", "nerdctl"})


def check_document(document: Document) -> Iterator[Finding]:
    """Servers with the disk, the engine or all rights of the host."""
    for server in servers(document):
        in_container = re.split(r"[\\/]", server.command[0])[-1] in _ENGINES
        for number, part in enumerate(server.command[1:], 1):
            what = _in_container(part) if in_container else _plain(part)
            if what:
                way = (*server.way, "args", number - 1)
                message = f"The server '{short(server.name)}' is given {what} ({short(part)})."
                yield document_finding(SPEC, document, way, message)
                break


def _plain(part: str) -> str:
    return "a whole disk or home folder" if _FOLDER.fullmatch(part) else ""


def _in_container(part: str) -> str:
    if part == "--privileged":
        return "all rights of the host"
    return "the host's disk or container engine" if _MOUNT.fullmatch(part) else ""
