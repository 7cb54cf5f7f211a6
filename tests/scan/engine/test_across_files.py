"""Text that crosses files: imports of every kind, re-exports, circles, packages."""

import pytest

from .programs import check

PYTHON = {
    "a helper in another file": (
        """--- app.py
from tools.run import run
run(ask())
--- tools/__init__.py
--- tools/run.py
def run(code):
    exec(code)  # hit code
""",
        """--- app.py
from tools.run import run
run("print(1)")
print(ask())
--- tools/__init__.py
--- tools/run.py
def run(code):
    exec(code)
""",
    ),
    "the source in another file": (
        """--- llm.py
--- app.py
import llm
exec(llm.ask("hi"))  # hit code
""",
        """--- llm.py
NAME = "print(1)"
--- app.py
import llm
exec(llm.NAME)
""",
    ),
    "passed on by a package": (
        """--- pkg/llm.py
--- pkg/__init__.py
from .llm import ask as think
from .run import *
--- pkg/run.py
def act(code):
    exec(code)  # hit code
--- app.py
from pkg import think, act
act(think())
""",
        """--- pkg/llm.py
--- pkg/__init__.py
from .llm import ask as think
from .run import *
--- pkg/run.py
def act(code):
    exec("print(1)")
--- app.py
from pkg import think, act
act(think())
""",
    ),
    "a circle of imports": (
        """--- llm.py
import act
def go():
    act.run(ask())
--- act.py
import llm
def run(code):
    exec(code)  # hit code
def again():
    llm.go()
""",
        """--- llm.py
import act
def go():
    act.run(ask())
--- act.py
import llm
def run(code):
    print(code)
def again():
    llm.go()
    exec("print(1)")
""",
    ),
    "a circle of names": (
        """--- llm.py
from act import run
def go():
    run(ask())
--- act.py
def run(code):
    from llm import ask
    exec(ask(code))  # hit code
""",
        """--- llm.py
from act import run
def go():
    run(ask())
--- act.py
def run(code):
    from llm import ask
    print(ask(code))
""",
    ),
    "a base class in another file": (
        """--- llm.py
--- base.py
class Base:
    def act(self):
        exec(self.plan())  # hit code
    def plan(self):
        return ""
--- agents/coder.py
from base import Base
from llm import ask
class Coder(Base):
    def plan(self):
        return ask()
""",
        """--- llm.py
--- base.py
class Base:
    def act(self):
        exec(self.plan())
    def plan(self):
        return ""
--- agents/coder.py
from base import Base
from llm import ask
class Coder(Base):
    def think(self):
        return ask()
""",
    ),
    "a setting of another module": (
        """--- llm.py
import config
def load():
    config.CODE = ask()
--- config.py
CODE = ""
--- app.py
from config import CODE
import config
def act():
    exec(config.CODE)  # hit code
""",
        """--- llm.py
import config
def load():
    config.TEXT = ask()
--- config.py
CODE = ""
TEXT = ""
--- app.py
import config
def act():
    exec(config.CODE)
""",
    ),
    "an instance made in another file": (
        """--- llm.py
class Agent:
    def __init__(self):
        self.code = ask()
agent = Agent()
--- app.py
from llm import agent
exec(agent.code)  # hit code
""",
        """--- llm.py
class Agent:
    def __init__(self):
        self.text = ask()
        self.code = "print(1)"
agent = Agent()
--- app.py
from llm import agent
exec(agent.code)
""",
    ),
}
TYPESCRIPT = {
    "a helper in another file": (
        """--- llm.ts
--- run.ts
export function run(code: string) {
  eval(code);  // hit code
}
--- app.ts
import { ask } from "./llm";
import { run } from "./run";
run(await ask("?"));
""",
        """--- llm.ts
--- run.ts
export function run(code: string) {
  eval(code);
}
--- app.ts
import { ask } from "./llm";
import { run } from "./run";
console.log(await ask("?"));
run("1 + 1");
""",
    ),
    "passed on by an index": (
        """--- lib/llm.ts
--- lib/index.ts
export { ask as think } from "./llm";
export * from "./run";
--- lib/run.ts
export const run = (code: string) => eval(code);  // hit code
--- app.ts
import * as lib from "./lib";
lib.run(await lib.think("?"));
""",
        """--- lib/llm.ts
--- lib/index.ts
export { ask as think } from "./llm";
export * from "./run";
--- lib/run.ts
export const run = (code: string) => console.log(code);
--- app.ts
import * as lib from "./lib";
lib.run(await lib.think("?"));
""",
    ),
    "a default export": (
        """--- llm.ts
--- agent.ts
import { ask } from "./llm.js";
export default class Agent {
  async think() { return ask("?"); }
}
--- app.ts
import Agent from "./agent";
eval(await new Agent().think());  // hit code
""",
        """--- llm.ts
--- agent.ts
import { ask } from "./llm.js";
export default class Agent {
  async think() { await ask("?"); return "1 + 1"; }
}
--- app.ts
import Agent from "./agent";
eval(await new Agent().think());
""",
    ),
    "required": (
        """--- llm.ts
--- run.js
module.exports = { run(code) { eval(code); } };  // hit code
--- app.js
const { ask } = require("./llm");
const { run } = require("./run");
ask("?").then(run);
""",
        """--- llm.ts
--- run.js
module.exports = { run(code) { console.log(code); eval("1 + 1"); } };
--- app.js
const { ask } = require("./llm");
const { run } = require("./run");
ask("?").then(run);
""",
    ),
}


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(PYTHON[name][safe], safe)


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe)
