"""What runs by a name that the model chose: a table of what may run is safe, a whole namespace is not."""

import pytest

from .programs import check

PYTHON = {
    "globals": (
        """
globals()[ask()]()  # hit dispatch
""",
        """
TOOLS = {"add": add, "sub": sub}
TOOLS[ask()](1, 2)
""",
    ),
    "getattr": (
        """
getattr(Tools(), ask())()  # hit dispatch
""",
        """
name = ask()
if name not in ("add", "sub"):
    raise ValueError(name)
getattr(Tools(), name)(1, 2)
""",
    ),
    "getattr of a module, through a helper": (
        """
def call(name):
    return getattr(os, name)()  # hit dispatch

call(ask())
""",
        """
def call(name):
    return TABLE.get(name, add)(1, 2)

TABLE = dict(add=add, sub=sub)
call(ask())
""",
    ),
    "an import by name": (
        """
importlib.import_module(ask())  # hit dispatch
""",
        """
name = ask()
importlib.import_module({"a": "json", "b": "os"}[name])
""",
    ),
    "the names of a type's own fields": (
        """
import dataclasses

def show(answer):
    for name in answer.names:
        getattr(answer, name)  # hit dispatch

show(client.chat.completions.create(model="gpt-4o", messages=[]))
""",
        """
import dataclasses

def show(answer):
    for name in type(answer).model_fields:
        getattr(answer, name)
    for field in dataclasses.fields(answer):
        getattr(answer, field.name)
    for name in answer.__class__.__annotations__:
        getattr(answer, name)

show(client.chat.completions.create(model="gpt-4o", messages=[]))
""",
    ),
    "a fixed name": (
        """
name = ask()
method = getattr(Tools(), name, None)  # hit dispatch
method(1, 2)
""",
        """
print(ask())
getattr(Tools(), "add")(1, 2)
globals()["add"](1, 2)
""",
    ),
}
TYPESCRIPT = {
    "the global object": (
        """
(globalThis as any)[await ask("?")]();  // hit dispatch
""",
        """
const tools: Record<string, () => number> = { one: () => 1, two: () => 2 };
tools[await ask("?")]();
""",
    ),
}
_START = """
import importlib
import os

def add(a, b):
    return a + b

def sub(a, b):
    return a - b

class Tools:
    def add(self, a, b):
        return a + b
"""


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(_START + PYTHON[name][safe], safe)


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe, "app.ts")
