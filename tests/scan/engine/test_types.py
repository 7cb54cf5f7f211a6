"""What annotations tell: of which class a thing is, and where there is no room for text."""

import pytest

from .programs import check

PYTHON = {
    "an instance of a scanned class": (
        """
def act(agent: "Agent"):
    exec(agent.think())  # hit code
""",
        """
def act(agent: "Agent"):
    exec(agent.plan())
""",
    ),
    "a list, a record and an option of it": (
        """
def act(agents: list[Agent], named: dict[str, Agent], one: Optional[Agent], other: Agent | None):
    for agent in agents:
        exec(agent.think())  # hit code
    exec(named["a"].think())  # hit code
    exec(one.think())  # hit code
    exec(other.think())  # hit code
""",
        """
def act(agents: list[Agent], named: dict[str, Agent], one: Optional[Agent], other: Agent | None):
    for agent in agents:
        exec(agent.plan())
    exec(named["a"].plan())
    exec(one.plan())
    exec(other.plan())
""",
    ),
    "a thing of a library": (
        """
class Service:
    llm: OpenAI

    def act(self):
        reply = self.llm.chat.completions.create(model="gpt-4o", messages=[])
        exec(reply.choices[0].message.content)  # hit code
""",
        """
class Service:
    llm: OpenAI

    def act(self):
        reply = self.llm.chat.completions.create(model="gpt-4o", messages=[])
        exec(f"print({reply.usage.total_tokens})")
""",
    ),
    "arguments of a tool": (
        """
@function_tool
def run(mode: str, times: int) -> str:
    "Runs."
    os.system(f"run --mode {mode} --times {times}")  # hit shell
    return ""
""",
        """
@function_tool
def run(mode: Literal["fast", "slow"], times: int, kind: Kind, wait: bool = False) -> str:
    "Runs."
    os.system(f"run --mode {mode} --times {times} --kind {kind.value} {wait}")
    return ""
""",
    ),
    "a body of a request": (
        """
class Body(BaseModel):
    topic: str
    count: int

@app.post("/")
def page(body: Body):
    messages = [{"role": "system", "content": f"You know {body.topic}."}]  # hit messages
    client.chat.completions.create(model="gpt-4o", messages=messages)
""",
        """
class Body(BaseModel):
    topic: Literal["cooking", "sports"]
    count: int

@app.post("/")
def page(body: Body):
    messages = [{"role": "system", "content": f"You know {body.topic}, say {body.count} words."}]
    client.chat.completions.create(model="gpt-4o", messages=messages)
""",
    ),
}
_START = """
import os
from enum import Enum
from typing import Literal, Optional
from agents import function_tool
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()

class Kind(Enum):
    A = "a"

class Agent:
    def think(self):
        return ask()

    def plan(self):
        return "print(1)"
"""


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(_START + PYTHON[name][safe], safe)
