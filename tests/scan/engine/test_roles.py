"""Whose turn a text stands in: a user's text belongs in the user's turn, and nowhere else in the messages."""

import pytest

from .programs import check, flows

_USER = """
from flask import Flask, request
app = Flask(__name__)

@app.route("/")
def page():
    question = request.args["q"]
    return {"answer": respond(question)}
"""
_SEND = "client.chat.completions.create(model='gpt-4o', messages="
PYTHON = {
    "in a literal": (
        """
def respond(question):
    {send}[
        {"role": "system", "content": f"You help with {question}"},  # hit messages
        {"role": "user", "content": "hello"},
    ])
""",
        """
def respond(question):
    {send}[
        {"role": "system", "content": "You help."},
        {"role": "user", "content": question},
    ])
""",
    ),
    "through a helper that makes a turn": (
        """
def turn(role, content):
    return {"role": role, "content": content}  # hit messages

def respond(question):
    {send}[turn("system", "You help with " + question), turn("user", "hello")])
""",
        """
def turn(role, content):
    return {"role": role, "content": content}

def respond(question):
    {send}[turn("system", "You help."), turn("user", question)])
""",
    ),
    "through helpers for each role": (
        """
def system(content):
    return dict(role="system", content=content)

def user(content):
    return dict(role="user", content=content)

def respond(question):
    messages = [system(question), user("hello")]
    {send}messages)  # hit messages
""",
        """
def system(content):
    return dict(role="system", content=content)

def user(content):
    return dict(role="user", content=content)

def respond(question):
    messages = [system("You help."), user(question)]
    {send}messages)
""",
    ),
    "appended": (
        """
def respond(question):
    messages = []
    messages.append({"role": "system", "content": "About %s" % question})  # hit messages
    messages.append({"role": "user", "content": "hello"})
    {send}messages)
""",
        """
def respond(question):
    messages = [{"role": "system", "content": "You help."}]
    messages.append({"role": "user", "content": question})
    messages += [{"role": "user", "content": question}]
    messages.extend([{"role": "user", "content": question}])
    {send}messages)
""",
    ),
    "a spread": (
        """
def respond(question):
    first = {"role": "system"}
    {send}[{**first, "content": question}])  # hit messages
""",
        """
def respond(question):
    first = {"role": "system", "content": question}
    {send}[{**first, "role": "user"}, *[{"role": "user", "content": question}]])
""",
    ),
    "keyword arguments collected and passed on": (
        """
def send(**kwargs):
    return client.chat.completions.create(model="gpt-4o", **kwargs)

def respond(question):
    send(messages=[{"role": "developer", "content": question}])  # hit messages
""",
        """
def send(**kwargs):
    return client.chat.completions.create(model="gpt-4o", **kwargs)

def respond(question):
    send(messages=[{"role": "user", "content": question}], temperature=0)
""",
    ),
    "kept in a field": (
        """
class Chat:
    def __init__(self, about):
        self.history = [{"role": "system", "content": f"You know {about}"}]  # hit messages

    def say(self, text):
        self.history.append({"role": "user", "content": text})
        {send}self.history)

def respond(question):
    Chat(question).say("hello")
""",
        """
class Chat:
    def __init__(self, about):
        self.history = [{"role": "system", "content": f"You know {about}"}]

    def say(self, text):
        self.history.append({"role": "user", "content": text})
        {send}self.history)

def respond(question):
    Chat("cooking").say(question)
""",
    ),
    "a turn's content replaced": (
        """
def respond(question):
    messages = [{"role": "system", "content": "You help."}, {"role": "user", "content": "hello"}]
    messages[0]["content"] += question
    {send}messages)  # hit messages
""",
        """
def respond(question):
    messages = [{"role": "system", "content": "You help."}, {"role": "user", "content": "hello"}]
    messages[1]["content"] += question
    messages[-1]["content"] += question
    {send}messages)
""",
    ),
    "the role itself is the user's": (
        """
from flask import request

def respond(question):
    {send}[{"role": request.json["role"], "content": question}])  # hit messages
""",
        """
from flask import request

def respond(question):
    role = "user" if request.json["role"] == "me" else "assistant"
    {send}[{"role": role, "content": question}])
""",
    ),
    "a comprehension over a history": (
        """
def respond(question):
    {send}[{"role": "system", "content": line} for line in question.splitlines()])  # hit messages
""",
        """
def respond(question):
    {send}[{"role": "user", "content": line} for line in question.splitlines()])
""",
    ),
    "inserted in front": (
        """
def respond(question):
    messages = [{"role": "user", "content": "hello"}]
    messages.insert(0, {"role": "system", "content": question})  # hit messages
    {send}messages)
""",
        """
def respond(question):
    messages = [{"role": "user", "content": question}]
    messages.insert(0, {"role": "system", "content": "You help."})
    {send}messages)
""",
    ),
}
_TS_USER = """
import express from "express";
const app = express();
app.post("/", async (req, res) => {
  res.json(await respond(req.body.question));
});
"""
TYPESCRIPT = {
    "in a literal": (
        """
async function respond(question: string) {
  return client.chat.completions.create({ model: "gpt-4o", messages: [
    { role: "system", content: `You help with ${question}` },  // hit messages
    { role: "user", content: "hello" },
  ] });
}
""",
        """
async function respond(question: string) {
  return client.chat.completions.create({ model: "gpt-4o", messages: [
    { role: "system", content: "You help." },
    { role: "user", content: question },
  ] });
}
""",
    ),
    "through a helper": (
        """
const turn = (role: string, content: string) => ({ role, content });  // hit messages
async function respond(question: string) {
  const messages = [turn("system", `About ${question}`), turn("user", "hello")];
  return client.chat.completions.create({ model: "gpt-4o", messages });
}
""",
        """
const turn = (role: string, content: string) => ({ role, content });
async function respond(question: string) {
  const messages = [turn("system", "You help."), turn("user", question)];
  return client.chat.completions.create({ model: "gpt-4o", messages });
}
""",
    ),
    "pushed and spread": (
        """
async function respond(question: string) {
  const messages: any[] = [];
  messages.push({ role: "system", content: question });  // hit messages
  return client.chat.completions.create({ model: "gpt-4o", messages: [...messages] });
}
""",
        """
async function respond(question: string) {
  const messages: any[] = [{ role: "system", content: "You help." }];
  messages.push({ role: "user", content: question });
  const body = { model: "gpt-4o", messages: [...messages, { role: "user", content: question }] };
  return client.chat.completions.create({ ...body, temperature: 0 });
}
""",
    ),
    "mapped": (
        """
async function respond(question: string) {
  const lines = question.split("\\n");
  const messages = lines.map((line) => ({ role: "system" as const, content: line }));  // hit messages
  return client.chat.completions.create({ model: "gpt-4o", messages });
}
""",
        """
async function respond(question: string) {
  const lines = question.split("\\n");
  const messages = lines.map((line) => ({ role: "user" as const, content: line }));
  return client.chat.completions.create({ model: "gpt-4o", messages });
}
""",
    ),
}


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(_USER + PYTHON[name][safe].replace("{send}", _SEND), safe)


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str, safe: bool) -> None:
    check(_TS_USER + TYPESCRIPT[name][safe], safe, "app.ts")


def test_a_flow_says_whose_turn_it_reached() -> None:
    text = _USER + PYTHON["keyword arguments collected and passed on"][0]
    assert [(flow.label, flow.role) for flow in flows(text)] == [("U", "developer")]
