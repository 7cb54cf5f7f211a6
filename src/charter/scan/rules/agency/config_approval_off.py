r"""
## What it does

Finds settings of agents and editors (JSON, YAML, TOML) by which nobody is asked before a tool runs, a command is
executed or a file is changed: permission modes that let everything pass, wildcards in lists of what is always allowed,
servers that are trusted as a whole, command lines with a flag that skips the questions.

## Why this is bad

Such a file is checked in and holds for everybody who opens the project, and for the agent of the build. A sentence in
an issue, a dependency's readme or a web page is then enough to run a command on their machines. Agents have been made
to write such a setting themselves, and to use it in the next step.

## Example

```json
{"permissions": {"defaultMode": "bypassPermissions", "allow": ["Bash(*)"]}}
```

## Use instead

```json
{"permissions": {"allow": ["Bash(git status)", "Bash(npm test)", "Read(src/**)"]}}
```

## References

- CWE-862: Missing Authorization; CWE-1188: Initialization of a Resource with an Insecure Default
- OWASP Top 10 for LLM Applications: Excessive Agency
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from charter.scan.documents import Document
from charter.scan.findings import Finding, Severity
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import short
from charter.scan.rules.settings import Way, document_finding, settings

SPEC = RuleSpec(
    id="agency/config-approval-off",
    title="A setting lets an agent act without a question",
    category="excessive-agency",
    severity="high",
    cwe=("CWE-862", "CWE-1188"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Name the few commands and tools that need no question; let everything else ask.",
)

_ALWAYS_ALLOWED = frozenset(
    {"alwaysallow", "autoapprove", "autoapprovetools", "allowedtools", "trustedcommands", "allow"}
)
_EVERYTHING = frozenset({"*", "Bash", "Bash(*)", "Bash(:*)", ".*", "/.*/"})
_ANY_PROGRAM = re.compile(r"Bash\((sudo|rm|sh|bash|zsh|eval)(:\*|\s.*\*)?\)")
_SWITCHES = frozenset({
    "autoapprove", "autoapproveall", "alwaysapprove", "yolo", "yolomode", "skippermissions", "skipapproval",
    "alwaysallowtoolactions", "enableallprojectmcpservers", "autoaccept",
})  # fmt: skip
_DANGEROUS = re.compile(r"allow_dangerous_\w+|dangerously[_A-Z]\w*|allowDangerous[A-Z]\w*")
_FLAGS = re.compile(
    r"(?<!\S)(--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|--yolo|--trust-all-tools"
    r"|--allow-all-tools|--yes-always|--permission-mode[ =]bypassPermissions)(?!\S)"
)
_OF_AGENTS = frozenset({
    "mcpservers", "mcp", "agents", "agent", "llm", "model", "models", "tools", "crew", "prompt", "permissions", "chat",
    "systemprompt", "toolsets",
})  # fmt: skip
"""Keys by which a file is known to be about agents, where a setting's own name does not say so."""


def check_document(document: Document) -> Iterator[Finding]:
    """Settings that skip the question, each line once."""
    seen: set[int] = set()
    of_agents = None
    for way, value in settings(document):
        found = _named(way, value) or _permitted(way, value) or _combined(way, value)
        if not found and _switch(way, value):
            of_agents = _is_of_agents(document) if of_agents is None else of_agents
            found = ("nothing asks before a tool runs", None) if of_agents else None
        if found:
            words, severity = found
            finding = document_finding(SPEC, document, way, f"'{short(_key(way))}': {words}.", severity=severity)
            if finding.place.line not in seen:
                seen.add(finding.place.line)
                yield finding


def _named(way: Way, value: object) -> tuple[str, Severity | None] | None:
    """Settings that say by themselves what they are."""
    key = _key(way)
    if key == "defaultMode" and value == "bypassPermissions":
        return "every command and every change of a file runs without a question", None
    if key in {"require_approval", "requireApproval"} and value == "never":
        return "all tools of this server run without a question", None
    if value is True and _DANGEROUS.fullmatch(key):
        return "this protection of the library is off", None
    if value is True and key == "trust" and _below_servers(way):
        return "all tools of this server run without a question", "medium"
    if isinstance(value, str) and (flag := _FLAGS.search(value)):
        return f"the flag {flag[1]} lets everything pass without a question", None
    return None


def _permitted(way: Way, value: object) -> tuple[str, Severity | None] | None:
    """An entry of a list (or table) of what needs no question."""
    if len(way) < 2:
        return None
    name, entry = _plain(str(way[-2]).rsplit(".", 1)[-1]), (way[-1] if value is True else value)
    if name not in _ALWAYS_ALLOWED or (name == "allow" and "permissions" not in way) or not isinstance(entry, str):
        return None
    if entry in _EVERYTHING:
        return f"{short(entry)} lets everything pass without a question", None
    if _ANY_PROGRAM.fullmatch(entry):
        return f"{short(entry)} lets any command pass without a question", "medium"
    return None


def _combined(way: Way, value: object) -> tuple[str, Severity | None] | None:
    """Settings that are bad together."""
    key, around = _key(way), value if isinstance(value, Mapping) else {}
    if key == "sandbox_mode" and value == "danger-full-access":
        return "commands run outside the sandbox", "medium"
    mode = str(around.get("human_input_mode", "")).upper()
    if mode == "NEVER" and around.get("code_execution_config"):
        return "code runs and no person is asked", None
    if around.get("allow_code_execution") is True and around.get("code_execution_mode") == "unsafe":
        return "code runs outside the sandbox", None
    return None


def _switch(way: Way, value: object) -> bool:
    return value is True and _plain(_key(way).rsplit(".", 1)[-1]) in _SWITCHES


def _is_of_agents(document: Document) -> bool:
    if not isinstance(document.data, Mapping):
        return False
    keys = (_plain(part) for way, _ in settings(document) for part in str(way[-1]).split("."))
    return any(key in _OF_AGENTS for key in keys)


def _below_servers(way: tuple[Any, ...]) -> bool:
    return len(way) >= 3 and way[-3] in {"mcpServers", "mcp_servers"}


def _key(way: Way) -> str:
    return next((part for part in reversed(way) if isinstance(part, str)), "")


def _plain(key: object) -> str:
    return str(key).replace("_", "").replace("-", "").lower()
