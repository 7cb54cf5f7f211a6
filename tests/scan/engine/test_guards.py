"""Checks that make a text safe where they stand before the sink, on every way to it."""

import pytest

from .programs import check

PYTHON = {
    "membership": (
        """
COMMANDS = {"ls", "pwd"}
command = ask()
if command in COMMANDS:
    print("known")
os.system(command)  # hit shell
""",
        """
COMMANDS = {"ls", "pwd"}
command = ask()
if command in COMMANDS:
    os.system(command)
""",
    ),
    "early return": (
        """
def run(command):
    if command not in ("ls", "pwd"):
        print("unknown")
    os.system(command)  # hit shell

run(ask())
""",
        """
def run(command):
    if command not in ("ls", "pwd"):
        return
    os.system(command)

run(ask())
""",
    ),
    "early raise": (
        """
def run(command):
    try:
        if command.strip() not in ("ls", "pwd"):
            raise ValueError(command)
    except ValueError:
        pass
    os.system(command)  # hit shell

run(ask())
""",
        """
def run(command):
    try:
        if command.strip() not in ("ls", "pwd"):
            raise ValueError(command)
    except ValueError:
        return
    os.system(command)

run(ask())
""",
    ),
    "an exit of the framework": (
        """
from flask import abort

def run(command):
    if command not in ("ls", "pwd"):
        abort
    os.system(command)  # hit shell

run(ask())
""",
        """
from flask import abort

def run(command):
    if command not in ("ls", "pwd"):
        abort(400)
    os.system(command)

def stop(command):
    if command not in ("ls", "pwd"):
        sys.exit("unknown")
    os.system(command)

run(ask())
stop(ask())
""",
    ),
    "an exit in a helper": (
        """
def refuse(reason):
    if reason:
        raise SystemExit(reason)

def run(command):
    if command not in ("ls", "pwd"):
        refuse("")
    os.system(command)  # hit shell

run(ask())
""",
        """
def refuse(reason):
    print(reason)
    raise SystemExit(reason)

def run(command):
    if command not in ("ls", "pwd"):
        refuse("unknown")
    os.system(command)

run(ask())
""",
    ),
    "continue in a loop": (
        """
for command in ask().split():
    if command not in ("ls", "pwd"):
        print("unknown")
    os.system(command)  # hit shell
""",
        """
for command in ask().split():
    if command not in ("ls", "pwd"):
        continue
    os.system(command)
""",
    ),
    "asked again until it is known": (
        """
command = ask()
while command not in ("ls", "pwd"):
    command = ask()
    break
os.system(command)  # hit shell
""",
        """
command = ask()
while command not in ("ls", "pwd"):
    command = ask()
os.system(command)
""",
    ),
    "both conditions": (
        """
command = ask()
if command in ("ls", "pwd") or os.environ.get("TRUST"):
    os.system(command)  # hit shell
""",
        """
command = ask()
if command == "ls" or command == "pwd":
    os.system(command)
if os.environ.get("RUN") and command in ("ls", "pwd"):
    os.system(command)
""",
    ),
    "a conditional expression": (
        """
command = ask()
os.system(command if command not in ("ls", "pwd") else "true")  # hit shell weak
""",
        """
command = ask()
os.system(command if command in ("ls", "pwd") else "true")
""",
    ),
    "short circuit": (
        """
command = ask()
command in ("ls", "pwd") or os.system(command)  # hit shell weak
""",
        """
command = ask()
command in ("ls", "pwd") and os.system(command)
""",
    ),
    "an enumeration": (
        """
class Command(Enum):
    LIST = "ls"
    WHERE = "pwd"

text = ask()
print(Command(text))
os.system("echo " + text.upper())  # hit shell
""",
        """
class Command(Enum):
    LIST = "ls"
    WHERE = "pwd"

os.system(Command(ask()).value)
""",
    ),
    "isinstance": (
        """
value = json.loads(ask())
if isinstance(value, str):
    eval(value)  # hit code
""",
        """
value = json.loads(ask())
if not isinstance(value, (int, float)):
    raise TypeError("no number")
eval(f"abs({value})")
""",
    ),
    "a cast": (
        """
eval(f"abs({str(ask())})")  # hit code
""",
        """
eval(f"abs({float(ask())})")
""",
    ),
    "fullmatch": (
        """
name = ask()
if re.search("[a-z]+", name):
    os.system("git checkout " + name)  # hit shell weak
""",
        """
NAME = re.compile("[a-z]+")
name = ask()
if not re.fullmatch("[a-z]+", name):
    raise ValueError(name)
os.system("git checkout " + name)
other = ask()
if NAME.fullmatch(other):
    os.system("git checkout " + other)
third = ask()
if re.match(r"^[a-z]+$", third):
    os.system("git checkout " + third)
""",
    ),
    "a match kept in a variable": (
        """
name = ask()
found = re.search("[a-z]+", name)
if not found:
    raise ValueError(name)
os.system("git checkout " + name)  # hit shell weak
""",
        """
name = ask()
found = re.fullmatch("[a-z]+", name)
if not found:
    raise ValueError(name)
os.system("git checkout " + name)
""",
    ),
}
_IMPORTS = "import json\nimport os\nimport re\nimport sys\nfrom enum import Enum\nfrom pathlib import Path\n"


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(_IMPORTS + PYTHON[name][safe], safe)
