"""Functions that frameworks call, and what their parameters carry: scanned bases, directives, closed types."""

import pytest

from .programs import analysed, check

PYTHON = {
    "a base that is scanned too": (
        """
--- app.py
import os
from base import BaseTool

class Shell(BaseTool):
    name = "shell"
    def _run(self, command: str):
        os.system(command)  # hit shell
--- base.py
class BaseTool:
    name = ""
    def _run(self, command):
        raise NotImplementedError
""",
        """
--- app.py
import os
from base import Base

class Shell(Base):
    name = "shell"
    def _run(self, command: str):
        os.system(command)
--- base.py
class Base:
    name = ""
    def _run(self, command):
        raise NotImplementedError
""",
    ),
    "an alias of a choice": (
        """
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()
Voice = str

class Brief(BaseModel):
    voice: Voice

@app.post("/")
def page(brief: Brief):
    client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "system", "content": f"Be {brief.voice}"}]  # hit messages
    )
""",
        """
from typing import Literal
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()
Voice = Literal["warm", "plain"]

class Brief(BaseModel):
    voice: Voice

@app.post("/")
def page(brief: Brief):
    client.chat.completions.create(model="gpt-4o", messages=[{"role": "system", "content": f"Be {brief.voice}"}])
""",
    ),
    "the role of each turn": (
        """
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()

class Turn(BaseModel):
    role: str
    content: str

class Body(BaseModel):
    turns: list[Turn]

@app.post("/")
def page(body: Body):
    history = [{"role": turn.role, "content": turn.content} for turn in body.turns]
    client.chat.completions.create(model="gpt-4o", messages=history)  # hit messages
""",
        """
from enum import Enum
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()

class Speaker(str, Enum):
    user = "user"
    assistant = "assistant"

class Turn(BaseModel):
    role: Speaker
    content: str

class Body(BaseModel):
    turns: list[Turn] | None = None

@app.post("/")
def page(body: Body):
    history = [{"role": turn.role.value, "content": turn.content} for turn in body.turns]
    client.chat.completions.create(model="gpt-4o", messages=history)
""",
    ),
    "a model put into a record": (
        """
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()

class Turn(BaseModel):
    role: str
    content: str

@app.post("/")
def page(turns: list[Turn]):
    client.chat.completions.create(model="gpt-4o", messages=[turn.model_dump() for turn in turns])  # hit messages
""",
        """
from typing import Literal
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()

class Turn(BaseModel):
    role: Literal["user", "assistant"]
    content: str

@app.post("/")
def page(turns: list[Turn]):
    client.chat.completions.create(model="gpt-4o", messages=[turn.model_dump() for turn in turns])
""",
    ),
    "a form's choices": (
        """
from django import forms
from django.views.decorators.http import require_POST

class LetterForm(forms.Form):
    tone = forms.CharField()
    pages = forms.IntegerField()

@require_POST
def draft(request):
    form = LetterForm(request.POST)
    tone = form.cleaned_data["tone"]
    client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "system", "content": "Be " + tone}]  # hit messages
    )
""",
        """
from django import forms
from django.views.decorators.http import require_POST

class LetterForm(forms.Form):
    tone = forms.ChoiceField(choices=[("warm", "warm"), ("plain", "plain")])
    pages = forms.IntegerField()

@require_POST
def draft(request):
    form = LetterForm(request.POST)
    tone, pages = form.cleaned_data["tone"], form.cleaned_data.get("pages")
    client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "system", "content": f"{pages} pages, {tone}"}]
    )
""",
    ),
}
_NEW_TYPE = """
from typing import NewType
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()
Level = NewType("Level", KIND)

class Brief(BaseModel):
    level: Level

@app.post("/")
def page(brief: Brief):
    client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "system", "content": f"Level {brief.level}"}]MARK
    )
"""
PYTHON["a type made of another"] = (
    _NEW_TYPE.replace("KIND", "str").replace("MARK", "  # hit messages"),
    _NEW_TYPE.replace("KIND", "int").replace("MARK", ""),
)
TYPESCRIPT = {
    "a function that says who calls it": (
        """
export function Page() {
  async function submit(data: FormData) {
    "use server";
    await client.chat.completions.create({
      model: "gpt-4o",
      messages: [{ role: "system", content: `Be ${data.get("tone")}` }], // hit messages
    });
  }
  return submit;
}
""",
        """
export function Page() {
  async function submit(data: FormData) {
    await client.chat.completions.create({
      model: "gpt-4o",
      messages: [{ role: "system", content: `Be ${data.get("tone")}` }],
    });
  }
  return submit;
}
""",
    ),
}


@pytest.mark.parametrize("name", PYTHON)
@pytest.mark.parametrize("safe", [False, True])
def test_entries_in_python(name: str, safe: bool) -> None:
    check(PYTHON[name][safe], safe)


@pytest.mark.parametrize("name", TYPESCRIPT)
@pytest.mark.parametrize("safe", [False, True])
def test_entries_in_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe, "app.ts")


def test_a_method_of_a_scanned_base_is_a_tool() -> None:
    tools = analysed(PYTHON["a base that is scanned too"][0]).tools
    assert [tool.name for tool in tools] == ["Shell"]


CONFIDENCE = {
    "an argument of a command line is most often the operator's own": (
        """
import click

@click.command()
def main(tone, llm_output):
    ask(llm_output)
    client.chat.completions.create(model="gpt-4o", messages=[{"role": "system", "content": "Be " + tone}])
""",
        ["low"],
    ),
    "a model that something unknown holds is known by its name": (
        """
from unknown_library import Base

class Held(Base):
    def act(self, state):
        exec(self.llm.invoke("hello"))
        exec(state.config.llm.predict("hello"))
        exec(self.title.invoke("hello"))
""",
        ["medium", "medium"],
    ),
    "an open repository is no text of its path": (
        """
import git
from pathlib import Path

def main():
    repo = git.Repo(ask())
    (Path(repo.git_dir) / "MERGE_HEAD").unlink()
    Path(ask()).unlink()
""",
        ["high"],
    ),
    "names of which none is known may be the one, or not": (
        """
import json

def main():
    settings = json.loads(ask())
    client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hi"}], **settings)
""",
        ["medium"],
    ),
}


@pytest.mark.parametrize("name", CONFIDENCE)
def test_how_sure_a_flow_is(name: str) -> None:
    program, expected = CONFIDENCE[name]
    assert [flow.confidence for flow in analysed(program).flows] == expected


def test_a_long_way_is_less_sure() -> None:
    def steps(count: int) -> str:
        return "\n".join(f"    text = (text).replace('a{number}', 'b')" for number in range(count))

    program = "def run():\n    text = ask()\n{}\n    exec(text)\n"
    found = [analysed(program.format(steps(count))).flows[0].confidence for count in (2, 30)]
    assert found == ["high", "medium"]
