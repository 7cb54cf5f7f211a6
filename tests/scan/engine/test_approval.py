"""A person's yes before a call: what then happens is that person's, too."""

import pytest

from .programs import check

PYTHON = {
    "input": (
        """
command = ask()
answer = input(f"Run {command}?")
print(answer)
os.system(command)  # hit shell
""",
        """
command = ask()
if input(f"Run {command}? [y/n]").lower() == "y":
    os.system(command)
""",
    ),
    "input kept in a variable": (
        """
command = ask()
answer = input(f"Run {command}?")
if answer == "n":
    print("no")
os.system(command)  # hit shell
""",
        """
command = ask()
answer = input(f"Run {command}?").strip().lower()
if answer not in ("y", "yes"):
    raise SystemExit("refused")
os.system(command)
""",
    ),
    "in a helper": (
        """
def confirm(command):
    print(command)
    return True

command = ask()
if confirm(command):
    os.system(command)  # hit shell
""",
        """
def confirm(command):
    answer = input(f"Run {command}?")
    return answer == "y"

def run(command):
    if not confirm(command):
        return "refused"
    return os.system(command)

run(ask())
""",
    ),
    "click": (
        """
command = ask()
click.echo(command)
os.system(command)  # hit shell
""",
        """
command = ask()
click.confirm(f"Run {command}?", abort=True)
os.system(command)
other = ask()
if click.confirm(f"Run {other}?"):
    os.system(other)
""",
    ),
    "an interrupt of the graph": (
        """
@tool
def run(command: str) -> str:
    "Runs a command."
    os.system(command)  # hit shell
    return interrupt({"command": command})
""",
        """
@tool
def run(command: str) -> str:
    "Runs a command."
    decision = interrupt({"command": command})
    if decision["type"] != "accept":
        return "refused"
    os.system(command)
    return "done"
""",
    ),
    "only one of two ways": (
        """
command = ask()
if os.environ.get("ASK"):
    if input("Run it?") != "y":
        raise SystemExit
os.system(command)  # hit shell
""",
        """
command = ask()
if os.environ.get("ASK"):
    if input("Run it?") != "y":
        raise SystemExit
else:
    raise SystemExit
os.system(command)
""",
    ),
}
_IMPORTS = "import os\nimport click\nfrom langchain_core.tools import tool\nfrom langgraph.types import interrupt\n"


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(_IMPORTS + PYTHON[name][safe], safe)
