r"""
## What it does

Finds MCP servers in an agent's configuration whose work is to run commands: a shell, a terminal, an "exec" server, and
servers that are fetched from the network and run at once.

## Why this is bad

The agent then has the whole machine. A sentence in anything that it reads is enough to use it, and the server asks
nobody.

## Example

```json
{"mcpServers": {"shell": {"command": "npx", "args": ["-y", "mcp-shell"]}}}
```

## Use instead

Give the agent servers for what it has to do (a test runner, the version control), or run the shell's server in a
container without network and secrets, with a list of commands that it may run:

```json
{"mcpServers": {"shell": {"command": "uvx", "args": ["mcp-shell-server"], "env": {"ALLOW_COMMANDS": "ls,cat,wc"}}}}
```

## References

- CWE-250: Execution with Unnecessary Privileges; CWE-862: Missing Authorization
- OWASP Top 10 for LLM Applications: Excessive Agency
"""

import re
from collections.abc import Iterator, Mapping

from charter.scan.documents import Document
from charter.scan.findings import Finding
from charter.scan.rule import RuleSpec
from charter.scan.rules.flows import short
from charter.scan.rules.settings import Server, document_finding, servers

SPEC = RuleSpec(
    id="agency/config-shell-server",
    title="An agent is given a server that runs commands",
    category="excessive-agency",
    severity="high",
    cwe=("CWE-250", "CWE-862"),
    owasp_2025=("LLM06",),
    owasp_2026=("LLM03",),
    advice="Give the agent servers for what it has to do, or bound the shell: a container, a list of commands.",
)

_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ksh", "fish", "cmd", "powershell", "pwsh"})
_RUNNERS = frozenset(
    {"npx", "uvx", "pipx", "bunx", "pnpm", "yarn", "npm", "uv", "python", "python3", "node", "deno", "bun"}
)
_SUBCOMMANDS = frozenset({"run", "exec", "dlx", "tool", "x", "/c"})
_COMMANDING = frozenset({"shell", "terminal", "command", "commands", "commander", "bash", "exec", "powershell"})
_FETCHED_AND_RUN = re.compile(r"\b(curl|wget)\b[^|;]*\|\s*(sudo\s+)?(\w*sh|python3?|node)\b")
_WORD = re.compile(r"[a-zA-Z]+")


def check_document(document: Document) -> Iterator[Finding]:
    """Servers that are shells, or come from the network as a script."""
    for server in servers(document):
        found = _what(server)
        if found:
            message = f"The server '{short(server.name)}' {found}, for whatever the agent was led to ask."
            yield document_finding(SPEC, document, (*server.way, "command"), message)


def _what(server: Server) -> str:
    if any(_FETCHED_AND_RUN.search(part) for part in server.command):
        return "is a script that is fetched from the network and run unseen"
    program = _name(server.command[0])
    if program in _SHELLS and all(part.startswith("-") and "c" not in part for part in server.command[1:]):
        return "is a shell"
    package = _package(server.command)
    if _COMMANDING.isdisjoint(word.lower() for word in _WORD.findall(package)) or _has_list(server):
        return ""
    return f"runs commands ({short(package)})"


def _package(command: tuple[str, ...]) -> str:
    """What is started: the program, or what a runner is told to run."""
    for part in command:
        name = _name(part)
        skipped = name in _RUNNERS or name in _SHELLS or name in _SUBCOMMANDS or part.startswith("-") or " " in part
        if not skipped:
            return name if "/" in part and not part.startswith("@") else part
    return ""


def _name(part: str) -> str:
    """A program's name without its folder and ending."""
    return re.split(r"[\\/]", part)[-1].removesuffix(".exe").removesuffix(".cmd").lower()


def _has_list(server: Server) -> bool:
    """The server is told which commands it may run."""
    environment = server.settings.get("env")
    entries = environment.items() if isinstance(environment, Mapping) else ()
    listed = any("ALLOW" in str(key).upper() and "*" not in str(value) for key, value in entries)
    return listed or any(part.startswith("--allow") for part in server.command)
