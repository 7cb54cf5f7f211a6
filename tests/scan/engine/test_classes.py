"""Text through objects: fields across methods, inheritance, properties, class variables, dataclasses."""

import pytest

from .programs import check

PYTHON = {
    "inherited": (
        """
class Base:
    def run(self):
        exec(self.code)  # hit code

class Agent(Base):
    def __init__(self):
        self.code = ask()

Agent().run()
""",
        """
class Base:
    def run(self):
        exec(self.code)

class Agent(Base):
    def __init__(self):
        self.code = "print(1)"
        self.text = ask()

Agent().run()
""",
    ),
    "super": (
        """
class Base:
    def __init__(self, code, name):
        self.code = code
        self.name = name

class Agent(Base):
    def __init__(self):
        super().__init__(ask(), "agent")

    def run(self):
        exec(self.code)  # hit code
""",
        """
class Base:
    def __init__(self, code, name):
        self.code = code
        self.name = name

class Agent(Base):
    def __init__(self):
        super().__init__("print(1)", ask())

    def run(self):
        exec(self.code)
""",
    ),
    "overridden": (
        """
class Base:
    def think(self):
        raise NotImplementedError

    def act(self):
        exec(self.think())  # hit code

class Agent(Base):
    def think(self):
        return ask()
""",
        """
class Base:
    def think(self):
        raise NotImplementedError

    def act(self):
        print(self.think())
        exec(self.plan())

    def plan(self):
        return "print(1)"

class Agent(Base):
    def think(self):
        return ask()
""",
    ),
    "a property": (
        """
class Agent:
    @property
    def plan(self):
        return ask()

exec(Agent().plan)  # hit code
""",
        """
class Agent:
    @property
    def plan(self):
        ask()
        return "print(1)"

exec(Agent().plan)
""",
    ),
    "static and class methods": (
        """
class Agent:
    @staticmethod
    def think(question):
        return ask(question)

    @classmethod
    def act(cls):
        exec(cls.think("hi"))  # hit code
""",
        """
class Agent:
    @staticmethod
    def think(question):
        return question

    @classmethod
    def act(cls):
        exec(cls.think("print(1)"))
        print(ask())
""",
    ),
    "a dataclass": (
        """
@dataclass
class Job:
    code: str
    name: str = ""

job = Job(ask(), name="job")
exec(job.code)  # hit code
""",
        """
@dataclass
class Job:
    code: str
    name: str = ""

job = Job("print(1)", name=ask())
exec(job.code)
""",
    ),
    "two objects of one class": (
        """
class Job:
    def __init__(self, code):
        self.code = code

first, second = Job("print(1)"), Job(ask())
exec(second.code)  # hit code
""",
        """
class Job:
    def __init__(self, code):
        self.code = code

first, second = Job("print(1)"), Job(ask())
exec(first.code)
""",
    ),
    "a field of a field": (
        """
class Memory:
    def __init__(self):
        self.last = ""

class Agent:
    def __init__(self):
        self.memory = Memory()

    def think(self):
        self.memory.last = ask()

    def act(self):
        exec(self.memory.last)  # hit code
""",
        """
class Memory:
    def __init__(self):
        self.last = ""
        self.first = "print(1)"

class Agent:
    def __init__(self):
        self.memory = Memory()

    def think(self):
        self.memory.last = ask()

    def act(self):
        exec(self.memory.first)
""",
    ),
    "a callable object": (
        """
class Runner:
    def __call__(self, code):
        exec(code)  # hit code

Runner()(ask())
""",
        """
class Runner:
    def __call__(self, code):
        print(code)
        exec("print(1)")

Runner()(ask())
""",
    ),
    "a list kept in a field": (
        """
class Agent:
    def __init__(self):
        self.steps = []

    def think(self):
        self.steps.append(ask())

    def act(self):
        for step in self.steps:
            exec(step)  # hit code
""",
        """
class Agent:
    def __init__(self):
        self.steps = []
        self.done = []

    def think(self):
        self.steps.append(ask())
        self.done.append("print(1)")

    def act(self):
        for step in self.done:
            exec(step)
""",
    ),
    "an object that is passed on": (
        """
class Context:
    def __init__(self):
        self.code = ""

def think(context):
    context.code = ask()

def act(context):
    exec(context.code)  # hit code

context = Context()
think(context)
act(context)
""",
        """
class Context:
    def __init__(self):
        self.code = ""
        self.text = ""

def think(context):
    context.text = ask()

def act(context):
    exec(context.code)

context = Context()
think(context)
act(context)
""",
    ),
}
TYPESCRIPT = {
    "inherited": (
        """
abstract class Base {
  abstract think(): Promise<string>;
  async act() {
    eval(await this.think());  // hit code
  }
}
class Agent extends Base {
  async think() { return ask("?"); }
}
""",
        """
abstract class Base {
  abstract think(): Promise<string>;
  async act() {
    console.log(await this.think());
    eval("1 + 1");
  }
}
class Agent extends Base {
  async think() { return ask("?"); }
}
""",
    ),
    "constructor properties": (
        """
class Job {
  constructor(private readonly code: string, public name: string) {}
  run() {
    eval(this.code);  // hit code
  }
}
new Job(await ask("?"), "job").run();
""",
        """
class Job {
  constructor(private readonly code: string, public name: string) {}
  run() {
    eval(this.code);
  }
}
new Job("1 + 1", await ask("?")).run();
""",
    ),
    "super": (
        """
class Base {
  constructor(public code: string) {}
}
class Job extends Base {
  constructor(code: string) {
    super(code);
  }
  run() { return eval(this.code); }  // hit code
}
new Job(await ask("?")).run();
""",
        """
class Base {
  constructor(public code: string) {}
}
class Job extends Base {
  constructor(public text: string) {
    super("1 + 1");
  }
  run() { return eval(this.code); }
}
new Job(await ask("?")).run();
""",
    ),
    "a getter and an arrow field": (
        """
class Agent {
  text = "";
  think = async () => { this.text = await ask("?"); };
  get plan() { return this.text; }
  act() { eval(this.plan); }  // hit code
}
""",
        """
class Agent {
  text = "";
  think = async () => { this.text = await ask("?"); };
  get plan() { return "1 + 1"; }
  act() { eval(this.plan); }
}
""",
    ),
}


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check("from dataclasses import dataclass\n" + PYTHON[name][safe], safe)


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe, "app.ts")
