"""What makes a text safe by changing it: for the sinks that it is meant for, and for no others."""

import pytest

from .programs import check

PYTHON = {
    "escaped for a page": (
        """
text = html.escape(ask())
Markup(text)
os.system(text)  # hit shell
""",
        """
Markup(f"<b>{html.escape(ask())}</b>")
""",
    ),
    "quoted for a shell": (
        """
word = shlex.quote(ask())
os.system(f"ls {word}")
eval(word)  # hit code
""",
        """
def run(word):
    os.system(f"ls {shlex.quote(word)}")

run(ask())
""",
    ),
    "escaped in a helper": (
        """
def clean(text):
    return text.strip()

Markup(clean(ask()))  # hit html
""",
        """
def clean(text):
    return html.escape(text.strip())

Markup(clean(ask()))
""",
    ),
    "only one of two is escaped": (
        """
text, other = html.escape(ask()), ask()
Markup(text + other)  # hit html
""",
        """
text, other = html.escape(ask()), html.escape(ask())
Markup(text + other)
""",
    ),
    "a bound parameter": (
        """
name = ask()
sqlite3.connect("a.db").execute(f"SELECT * FROM t WHERE name = '{name}'")  # hit sql
""",
        """
name = ask()
sqlite3.connect("a.db").execute("SELECT * FROM t WHERE name = ?", (name,))
""",
    ),
    "a literal read": (
        """
print(eval(ask()))  # hit code
""",
        """
print(ast.literal_eval(ask()))
""",
    ),
    "arguments of a fixed program": (
        """
subprocess.run(["bash", "-c", ask()])  # hit shell
""",
        """
subprocess.run(["git", "log", ask()])
""",
    ),
}
TYPESCRIPT = {
    "escaped for a page": (
        """
document.body.innerHTML = await ask("?");  // hit html
""",
        """
document.body.innerHTML = DOMPurify.sanitize(await ask("?"));
document.body.textContent = await ask("?");
""",
    ),
    "arguments of a fixed program": (
        """
execSync(`git log ${await ask("?")}`);  // hit shell
""",
        """
execFileSync("git", ["log", await ask("?")]);
""",
    ),
}
_PYTHON_IMPORTS = """import ast
import html
import os
import shlex
import sqlite3
import subprocess
from markupsafe import Markup
"""
_TYPESCRIPT_IMPORTS = 'import DOMPurify from "dompurify";\nimport { execFileSync, execSync } from "child_process";\n'


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(_PYTHON_IMPORTS + PYTHON[name][safe], safe)


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str, safe: bool) -> None:
    check(_TYPESCRIPT_IMPORTS + TYPESCRIPT[name][safe], safe, "app.ts")
