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
TYPESCRIPT = {
    "includes": (
        """
const KNOWN = ["ls", "pwd"];
const command = await ask("?");
if (!KNOWN.includes(command)) console.log("unknown");
execSync(command);  // hit shell
""",
        """
const KNOWN = ["ls", "pwd"];
const command = await ask("?");
if (!KNOWN.includes(command)) throw new Error("unknown");
execSync(command);
""",
    ),
    "a set": (
        """
const KNOWN = new Set(["ls", "pwd"]);
async function run(command: string) {
  KNOWN.has(command);
  execSync(command);  // hit shell
}
run(await ask("?"));
""",
        """
const KNOWN = new Set(["ls", "pwd"]);
async function run(command: string) {
  if (!KNOWN.has(command)) return;
  execSync(command);
}
run(await ask("?"));
""",
    ),
    "a pattern of the whole": (
        """
const name = await ask("?");
if (/[a-z]+/.test(name)) execSync(`git checkout ${name}`);  // hit shell weak
""",
        """
const NAME = /^[a-z]+$/;
const name = await ask("?");
if (/^[a-z]+$/.test(name)) execSync(`git checkout ${name}`);
if (NAME.test(name)) execSync(`git checkout ${name}`);
if (name.match(/^[a-z]+$/)) execSync(`git checkout ${name}`);
""",
    ),
    "switch": (
        """
const command = await ask("?");
switch (command) {
  case "ls":
    console.log("known");
    break;
  default:
    execSync(command);  // hit shell
}
""",
        """
const command = await ask("?");
switch (command) {
  case "ls":
  case "pwd":
    execSync(command);
    break;
  default:
    throw new Error("unknown");
}
""",
    ),
    "a type predicate": (
        """
const isKnown = (command: string): boolean => command.length > 0;
const command = await ask("?");
if (isKnown(command)) execSync(command);  // hit shell
""",
        """
const isKnown = (command: string): boolean => ["ls", "pwd"].includes(command);
const command = await ask("?");
if (isKnown(command)) execSync(command);
""",
    ),
    "typeof": (
        """
const value = JSON.parse(await ask("?"));
if (typeof value === "string") eval(value);  // hit code
""",
        """
const value = JSON.parse(await ask("?"));
if (typeof value !== "number") throw new Error("no number");
eval(`Math.abs(${value})`);
""",
    ),
    "a cast": (
        """
eval(`Math.abs(${String(await ask("?"))})`);  // hit code
""",
        """
eval(`Math.abs(${Number(await ask("?"))})`);
eval(`Math.abs(${parseInt(await ask("?"), 10)})`);
""",
    ),
    "an enumeration of zod": (
        """
const Command = z.string().min(1);
execSync(Command.parse(await ask("?")));  // hit shell
""",
        """
const Command = z.enum(["ls", "pwd"]);
execSync(Command.parse(await ask("?")));
""",
    ),
}
_PYTHON_IMPORTS = "import json\nimport os\nimport re\nimport sys\nfrom enum import Enum\nfrom pathlib import Path\n"
_TYPESCRIPT_IMPORTS = 'import { execSync } from "child_process";\nimport { z } from "zod";\n'


def whole(text: str, main: str) -> str:
    """A case with the imports that all have."""
    return (_PYTHON_IMPORTS if main.endswith(".py") else _TYPESCRIPT_IMPORTS) + text


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(whole(PYTHON[name][safe], "app.py"), safe)


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str, safe: bool) -> None:
    check(whole(TYPESCRIPT[name][safe], "app.ts"), safe, "app.ts")
