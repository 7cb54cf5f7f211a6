"""A part that decides for the whole: the role of each turn, the host of an address."""

import pytest

from .programs import check

PYTHON = {
    "turns by role": (
        """
from flask import request

def page():
    turns = [turn for turn in request.json["messages"] if turn["content"] != ""]
    client.chat.completions.create(model="gpt-4o", messages=turns)  # hit messages
""",
        """
from flask import request

def page():
    turns = [turn for turn in request.json["messages"] if turn["role"] in ("user", "assistant")]
    client.chat.completions.create(model="gpt-4o", messages=turns)

def other():
    turns = [turn for turn in request.json["messages"] if turn["role"] != "system"]
    client.chat.completions.create(model="gpt-4o", messages=turns)
""",
    ),
    "the host of an address": (
        """
import requests
from urllib.parse import urlparse
HOSTS = {"example.com"}

def look():
    address = ask()
    if urlparse(address).scheme not in ("https",):
        raise ValueError(address)
    requests.get(address)  # hit url
""",
        """
import requests
from urllib.parse import urlparse
HOSTS = {"example.com"}

def known(address):
    return urlparse(address).hostname in HOSTS

def look():
    address = ask()
    host = urlparse(address).hostname
    if host not in HOSTS:
        raise ValueError(address)
    requests.get(address)

def parsed():
    address = ask()
    parts = urlparse(address)
    if parts.netloc in HOSTS:
        requests.get(address)

def asked():
    address = ask()
    if not known(address):
        return None
    return requests.get(address)
""",
    ),
}
TYPESCRIPT = {
    "turns by role": (
        """
import express from "express";
const app = express();
app.post("/", async (req, res) => {
  const turns = req.body.messages.filter((turn) => turn.content.length > 0);
  await client.chat.completions.create({ model: "gpt-4o", messages: turns }); // hit messages
});
""",
        """
import express from "express";
const app = express();
app.post("/", async (req, res) => {
  const turns = req.body.messages.filter((turn) => turn.role === "user" || turn.role === "assistant");
  await client.chat.completions.create({ model: "gpt-4o", messages: turns });
});
app.post("/other", async (req, res) => {
  const turns = req.body.messages.filter((turn) => turn.role !== "system");
  await client.chat.completions.create({ model: "gpt-4o", messages: turns });
});
""",
    ),
    "the host of an address": (
        """
const HOSTS = new Set(["example.com"]);
export async function look() {
  const url = new URL(await ask("x"));
  if (url.protocol !== "https:") throw new Error("no");
  await fetch(url); // hit url
}
""",
        """
const HOSTS = new Set(["example.com"]);
export async function look() {
  const url = new URL(await ask("x"));
  if (!HOSTS.has(url.hostname)) throw new Error("no");
  await fetch(url);
}
""",
    ),
}


@pytest.mark.parametrize("name", PYTHON)
@pytest.mark.parametrize("safe", [False, True])
def test_parts_in_python(name: str, safe: bool) -> None:
    check(PYTHON[name][safe], safe)


@pytest.mark.parametrize("name", TYPESCRIPT)
@pytest.mark.parametrize("safe", [False, True])
def test_parts_in_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe, "app.ts")
