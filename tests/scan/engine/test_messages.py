"""Messages in all the forms that libraries take: records, pairs of role and text, a text alone, unknown lists."""

import pytest

from .programs import check, flows

PYTHON = {
    "a pair in a list": (
        """
from flask import request
from langchain_openai import ChatOpenAI

def page():
    llm = ChatOpenAI()
    llm.invoke([
        ("system", f"You speak like {request.args['who']}"),  # hit messages
        ("human", "hello"),
    ])
""",
        """
from flask import request
from langchain_openai import ChatOpenAI

def page():
    llm = ChatOpenAI()
    llm.invoke([("system", "You help."), ("human", request.args["q"])])
""",
    ),
    "the model's input as it was sent": (
        """
from flask import request

def page():
    client.chat.completions.create(model="gpt-4o", messages=request.json["messages"])  # hit messages
""",
        """
from flask import request
from langchain_openai import ChatOpenAI

def page():
    ChatOpenAI().invoke(request.json["question"])
""",
    ),
}
PYTHON["a list of a request's body"] = (
    """
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()

class Body(BaseModel):
    messages: list[dict]

@app.post("/")
def page(body: Body):
    client.chat.completions.create(model="gpt-4o", messages=body.messages)  # hit messages

@app.post("/other")
def other(messages: list):
    client.chat.completions.create(model="gpt-4o", messages=messages)  # hit messages
""",
    """
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()

class Body(BaseModel):
    questions: list[str]

@app.post("/")
def page(body: Body):
    turns = [{"role": "user", "content": question} for question in body.questions]
    client.chat.completions.create(model="gpt-4o", messages=turns)
""",
)
TYPESCRIPT = {
    "a pair in a list": (
        """
import express from "express";
import { ChatOpenAI } from "@langchain/openai";
const app = express();
app.post("/", async (req, res) => {
  await new ChatOpenAI().invoke([
    ["system", `You speak like ${req.body.who}`], // hit messages
    ["human", "hello"],
  ]);
});
""",
        """
import express from "express";
import { ChatOpenAI } from "@langchain/openai";
const app = express();
app.post("/", async (req, res) => {
  await new ChatOpenAI().invoke([["system", "You help."], ["human", req.body.question]]);
});
""",
    ),
    "the model's input as it was sent": (
        """
import express from "express";
const app = express();
app.post("/", async (req, res) => {
  await client.chat.completions.create({ model: "gpt-4o", messages: req.body.messages }); // hit messages
});
""",
        """
import express from "express";
import { ChatOpenAI } from "@langchain/openai";
const app = express();
app.post("/", async (req, res) => {
  await new ChatOpenAI().invoke(req.body.question);
});
""",
    ),
}


@pytest.mark.parametrize("name", PYTHON)
@pytest.mark.parametrize("safe", [False, True])
def test_messages_in_python(name: str, safe: bool) -> None:
    check(PYTHON[name][safe], safe)


@pytest.mark.parametrize("name", TYPESCRIPT)
@pytest.mark.parametrize("safe", [False, True])
def test_messages_in_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe, "app.ts")


def test_the_role_of_a_pair_is_said() -> None:
    assert [flow.role for flow in flows(PYTHON["a pair in a list"][0])] == ["system"]
