"""Checks that do not suffice: the flow is told, with the check in words."""

import pytest

from .programs import flows, hits, marked

_START = "import os\nimport re\nimport sqlite3\n"
PYTHON = {
    "startswith": (
        """
query = ask()
if query.upper().startswith("SELECT"):
    sqlite3.connect("app.db").execute(query)  # hit sql weak
""",
        "startswith()",
    ),
    "startswith, refused": (
        """
query = ask()
if not query.startswith("SELECT"):
    raise ValueError(query)
sqlite3.connect("app.db").execute(query)  # hit sql weak
""",
        "startswith()",
    ),
    "a denylist": (
        """
command = ask()
if command in ("rm", "dd"):
    raise ValueError(command)
os.system(command)  # hit shell weak
""",
        "a denylist",
    ),
    "a search for words": (
        """
query = ask()
if "drop" in query.lower():
    raise ValueError(query)
sqlite3.connect("app.db").execute(query)  # hit sql weak
""",
        "a search for forbidden words",
    ),
    "a search for each of several words": (
        """
query = ask()
if any(word in query.lower() for word in ("drop", "delete")):
    raise ValueError(query)
sqlite3.connect("app.db").execute(query)  # hit sql weak
""",
        "a search for forbidden words",
    ),
    "a loop over forbidden words": (
        """
def validate(query):
    for word in ("drop", "delete"):
        if word in query:
            raise ValueError(word)

query = ask()
validate(query)
sqlite3.connect("app.db").execute(query)  # hit sql
""",
        "",
    ),
    "a pattern that is not of the whole text": (
        """
name = ask()
if re.match("[a-z]+", name):
    os.system("ls " + name)  # hit shell weak
""",
        "a pattern that is not of the whole text",
    ),
    "a pattern that lets everything through": (
        """
name = ask()
if re.match("^.*$", name):
    os.system("ls " + name)  # hit shell weak
""",
        "a pattern that is not of the whole text",
    ),
    "no check at all": (
        """
command = ask()
if command:
    os.system(command)  # hit shell
if command is not None and command != "":
    os.system(command)  # hit shell
if len(command) < 100:
    os.system(command)  # hit shell
""",
        "",
    ),
}
TYPESCRIPT = {
    "startsWith": (
        """
const query = await ask("?");
if (!query.startsWith("SELECT")) throw new Error(query);
await new Pool().query(query);  // hit sql weak
""",
        "startsWith()",
    ),
    "a denylist": (
        """
const command = await ask("?");
if (["rm", "dd"].includes(command)) throw new Error(command);
execSync(command);  // hit shell weak
""",
        "a denylist",
    ),
    "a search for words": (
        """
const command = await ask("?");
if (command.includes("rm")) throw new Error(command);
execSync(command);  // hit shell weak
""",
        "a search for forbidden words",
    ),
}


@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str) -> None:
    text = _START + PYTHON[name][0]
    assert hits(text) == marked(text)
    assert {flow.weak for flow in flows(text)} == {PYTHON[name][1]}


@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str) -> None:
    text = 'import { execSync } from "child_process";\nimport { Pool } from "pg";\n' + TYPESCRIPT[name][0]
    assert hits(text, "app.ts") == marked(text, "app.ts")
    assert {flow.weak for flow in flows(text, "app.ts")} == {TYPESCRIPT[name][1]}


def test_a_fixed_host_is_enough_for_a_url_and_not_for_a_shell() -> None:
    text = """
import os
import requests
address = ask()
if address.startswith("https://example.com/"):
    requests.get(address)
    os.system("curl " + address)  # hit shell weak
"""
    assert hits(text) == marked(text)
