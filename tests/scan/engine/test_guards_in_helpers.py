"""Checks that helpers make, and checks of fields, entries and items."""

import pytest

from .programs import check

PYTHON = {
    "a check that raises": (
        """
def validate(command):
    if command not in ("ls", "pwd"):
        print("unknown")

command = ask()
validate(command)
os.system(command)  # hit shell
""",
        """
def validate(command):
    if command not in ("ls", "pwd"):
        raise ValueError(command)

command = ask()
validate(command)
os.system(command)
""",
    ),
    "a check that gives the text back": (
        """
def validated(command):
    if command in ("ls", "pwd"):
        print("known")
    return command

os.system(validated(ask()))  # hit shell
""",
        """
def validated(command):
    if command not in ("ls", "pwd"):
        raise ValueError(command)
    return command

os.system(validated(ask()))
""",
    ),
    "a predicate": (
        """
def is_known(command):
    print(command)
    return True

command = ask()
if is_known(command):
    os.system(command)  # hit shell
""",
        """
def is_known(command):
    return command in ("ls", "pwd")

command = ask()
if is_known(command):
    os.system(command)
""",
    ),
    "a predicate with several answers": (
        """
def is_known(command):
    if not command:
        return False
    return len(command) < 20

command = ask()
if not is_known(command):
    raise ValueError(command)
os.system(command)  # hit shell
""",
        """
def is_known(command):
    if command not in ("ls", "pwd"):
        return False
    return len(command) < 20

command = ask()
if not is_known(command):
    raise ValueError(command)
os.system(command)
""",
    ),
    "a predicate of a class": (
        """
class Guard:
    def allows(self, command):
        return bool(command)

guard = Guard()
command = ask()
if guard.allows(command):
    os.system(command)  # hit shell
""",
        """
class Guard:
    known = {"ls", "pwd"}

    def allows(self, command):
        return command in self.known

guard = Guard()
command = ask()
if guard.allows(command):
    os.system(command)
""",
    ),
    "match": (
        """
command = ask()
match command:
    case "ls" | "pwd":
        print("known")
    case other:
        os.system(other)  # hit shell
""",
        """
command = ask()
match command:
    case "ls" | "pwd":
        os.system(command)
    case _:
        print("unknown")
""",
    ),
    "a field": (
        """
class Job:
    def __init__(self, command):
        self.command = command

job = Job(ask())
if job.command in ("ls", "pwd"):
    print("known")
os.system(job.command)  # hit shell
""",
        """
class Job:
    def __init__(self, command):
        self.command = command

job = Job(ask())
if job.command in ("ls", "pwd"):
    os.system(job.command)
""",
    ),
    "an entry": (
        """
job = json.loads(ask())
if job["name"] in ("ls", "pwd"):
    os.system(job["command"])  # hit shell
""",
        """
job = json.loads(ask())
if job["command"] in ("ls", "pwd"):
    os.system(job["command"])
""",
    ),
    "every item": (
        """
words = ask().split()
if any(word in ("ls", "pwd") for word in words):
    os.system(" ".join(words))  # hit shell
""",
        """
words = ask().split()
if all(word in ("ls", "pwd") for word in words):
    os.system(" ".join(words))
known = [word for word in words if word in ("ls", "pwd")]
os.system(" ".join(known))
""",
    ),
    "an assertion": (
        """
command = ask()
assert command
os.system(command)  # hit shell
""",
        """
command = ask()
assert command in ("ls", "pwd")
os.system(command)
""",
    ),
    "the walrus": (
        """
if (command := ask()) != "":
    os.system(command)  # hit shell
""",
        """
if (command := ask()) in ("ls", "pwd"):
    os.system(command)
""",
    ),
    "a path below a base": (
        """
base = Path("/data").resolve()
target = (base / ask()).resolve()
print(target.is_relative_to(base))
open(target, "w")  # hit path
""",
        """
base = Path("/data").resolve()
target = (base / ask()).resolve()
if not target.is_relative_to(base):
    raise ValueError(target)
open(target, "w")
""",
    ),
    "assigned anew after the check": (
        """
command = ask()
if command in ("ls", "pwd"):
    command = ask()
    os.system(command)  # hit shell
""",
        """
command = ask()
if command in ("ls", "pwd"):
    command = command + " -l"
    os.system(command)
""",
    ),
}
_IMPORTS = "import json\nimport os\nimport re\nimport sys\nfrom enum import Enum\nfrom pathlib import Path\n"


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(_IMPORTS + PYTHON[name][safe], safe)
