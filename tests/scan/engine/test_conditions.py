"""Conditions that facts put on arguments: entries of records, things of libraries, words within texts."""

import pytest

from .programs import analysed, check

PYTHON = {
    "a safe loader is named": (
        """
import yaml
yaml.load(ask(), Loader=yaml.UnsafeLoader)  # hit deserialize
""",
        """
import yaml
from yaml import CSafeLoader as Loader

class Strict(yaml.SafeLoader):
    pass

yaml.load(ask(), Loader=Loader)
yaml.load(ask(), Loader=Strict)
yaml.load(ask(), yaml.SafeLoader)
""",
    ),
    "an address that is put together": (
        """
import os
import requests

class Client:
    def __init__(self):
        self.base = os.getenv("BASE")

    def complete(self, question):
        url = f"{self.base}/v1/chat/completions"
        return requests.post(url, json={"messages": [question]}).json()["choices"][0]["message"]["content"]

eval(Client().complete("hello"))  # hit code
""",
        """
import os
import requests

class Client:
    def __init__(self):
        self.base = os.getenv("BASE")

    def complete(self, question):
        url = f"{self.base}/v1/weather"
        return requests.post(url, json={"city": question}).json()["formula"]

eval(Client().complete("hello"))
""",
    ),
    "the role of a library's enum": (
        """
from flask import request
from llama_index.core.llms import ChatMessage, MessageRole

def page():
    return [ChatMessage(role=MessageRole.SYSTEM, content=request.args["who"])]  # hit instructions
""",
        """
from flask import request
from llama_index.core.llms import ChatMessage, MessageRole

def page():
    return [ChatMessage(role=MessageRole.USER, content=request.args["who"])]
""",
    ),
    "the role of an own enum": (
        """
from enum import Enum
from flask import request

class Role(str, Enum):
    SYSTEM = "system"
    USER = "user"

def page():
    turn = {"role": Role.SYSTEM.value, "content": request.args["who"]}  # hit messages
    client.chat.completions.create(model="gpt-4o", messages=[turn])
""",
        """
from enum import Enum
from flask import request

class Role(str, Enum):
    SYSTEM = "system"
    USER = "user"

def page():
    turn = {"role": Role.USER.value, "content": request.args["who"]}
    client.chat.completions.create(model="gpt-4o", messages=[turn])
""",
    ),
    "the host of an address": (
        """
import requests
BASE = "https://api.example.com"

def look(base):
    requests.get(ask())  # hit url
    requests.get("https://" + ask() + "/x")  # hit url
    requests.get(f"{ask()}/x")  # hit url
    requests.get(BASE + ask())  # hit url
    requests.get("https://%s/" % ask())  # hit url
""",
        """
import requests
BASE = "https://api.example.com"

def look(base):
    requests.get(f"https://api.example.com/search?q={ask()}")
    requests.get("https://api.example.com/" + ask())
    requests.get(BASE + "/search/" + ask() + "/" + ask())
    requests.get(f"{base}/search?q={ask()}")
    requests.get("https://api.example.com/%s/%s" % (ask(), ask()))
    url = f"{BASE}/search"
    url += "?q=" + ask()
    requests.get(url)
""",
    ),
}
TYPESCRIPT = {
    "the host of an address": (
        """
export async function look() {
  await fetch(`https://${await ask("x")}/search`); // hit url
}
""",
        """
export async function look() {
  await fetch(`https://api.example.com/search?q=${await ask("x")}`);
  await fetch("https://api.example.com/" + (await ask("x")));
}
""",
    ),
}


@pytest.mark.parametrize("name", PYTHON)
@pytest.mark.parametrize("safe", [False, True])
def test_conditions_in_python(name: str, safe: bool) -> None:
    check(PYTHON[name][safe], safe)


@pytest.mark.parametrize("name", TYPESCRIPT)
@pytest.mark.parametrize("safe", [False, True])
def test_conditions_in_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe, "app.ts")


@pytest.mark.parametrize(("mode", "risky"), [("bypassPermissions", True), ("default", False)])
def test_an_entry_within_an_argument(mode: str, risky: bool) -> None:
    text = f"""
import {{ query }} from "@anthropic-ai/claude-agent-sdk";
query({{ prompt: "hello", options: {{ permissionMode: "{mode}" }} }});
"""
    sites = [site for each in analysed(text, "app.ts").graph.sites.values() for site in each]
    assert any(site.risk is not None for site in sites) is risky
