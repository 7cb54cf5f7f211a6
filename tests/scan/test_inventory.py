"""The inventory: what is in it, that it can be joined, and that its page and drawing hold nothing but text."""

import xml.etree.ElementTree as ET
from pathlib import Path

from charter.scan.engine import analyse
from charter.scan.fact_base import load_facts
from charter.scan.findings import Place
from charter.scan.front import lower
from charter.scan.front.documents import read_document
from charter.scan.inventory import Inventory, ModelUse, Power, ToolUse, inventory, joined
from charter.scan.inventory_graph import MOST, inventory_graph
from charter.scan.inventory_page import inventory_page

APP = '''
import os
import sqlite3
import subprocess
from agents import function_tool
from flask import request
from openai import OpenAI

client = OpenAI()
connection = sqlite3.connect("a.db")


def below(line):
    subprocess.run(line, shell=True)


@function_tool
def run(line: str) -> str:
    """Run a line."""
    below(line)
    return "done"


@function_tool(needs_approval=True)
def remove(name: str) -> str:
    """Remove a file."""
    os.remove(name)
    return "done"


@function_tool
def listing() -> str:
    """List what is there."""
    return subprocess.run(["ls"], capture_output=True, text=True).stdout


def answer():
    return client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "system", "content": f"You know {request.json['topic']}."}],
    )
'''
SERVERS = '{"mcpServers": {"notes": {"command": "node", "args": ["notes.js"]}}}'


def of(text: str) -> Inventory:
    return inventory(analyse({"app.py": lower("app.py", text)}, load_facts()))


def test_it_holds_models_prompts_tools_servers_and_stores() -> None:
    found = inventory(analyse({"app.py": lower("app.py", APP)}, load_facts()), [read_document(".mcp.json", SERVERS)])
    assert [(use.provider, use.model) for use in found.models] == [("openai", "gpt-4o")]
    assert [(prompt.text, prompt.open_to) for prompt in found.prompts] == [("You know … .", ("users",))]
    assert [(server.name, server.command, server.place.line) for server in found.servers] == [
        ("notes", "node notes.js", 1)
    ]
    assert [store.what for store in found.stores] == ["SQLite"]
    tools = {tool.name: tool for tool in found.tools}
    assert [(power.capability, power.free) for power in tools["run"].powers] == [("shell", True)]
    assert [(power.capability, power.free) for power in tools["listing"].powers] == [("process", False)]
    assert [tool.name for tool in found.tools if tool.approved] == ["remove"]
    assert tools["run"].description == "Run a line."


def test_joined_inventories_hold_each_thing_once_in_any_order() -> None:
    one, other = of(APP), inventory(None, [read_document(".mcp.json", SERVERS)])
    assert joined([one, other, one]) == joined([other, one])
    assert joined([one, other]).tools == one.tools


def test_nothing_of_the_code_is_anything_but_text() -> None:
    place = Place("<b>a.py</b>", 1)
    power = Power("shell", "<script>", place, approved=False, free=True)
    hostile = Inventory(
        models=(ModelUse("<img src=x>", "\u202e</svg>", "x", place),),
        tools=(ToolUse("</title><script>", place, "x", "&<>\"'", False, (power,)),),
    )
    page = inventory_page(hostile, "<script>alert(1)</script>")
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    drawing = ET.fromstring(str(inventory_graph(hostile)))  # noqa: S314  # our own drawing
    assert "</title><script>" in "".join(drawing.itertext())


def test_the_page_of_nothing_says_so() -> None:
    assert "No model, tool, prompt or data store was found." in inventory_page(Inventory(), "demo")


def test_a_drawing_of_many_tools_counts_the_rest() -> None:
    tools = tuple(ToolUse(f"tool {number:03}", Place("a.py", number), "x", "", False, ()) for number in range(1, 200))
    drawing = str(inventory_graph(Inventory(tools=tools)))
    assert drawing.count("<rect") == MOST
    assert f"and {200 - MOST} more" in drawing


def test_secrets_in_prompts_and_commands_are_hidden(tmp_path: Path) -> None:
    key = "sk-proj-" + "Ab3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3gH5jK7mN9"
    found = inventory(None, [read_document("mcp.json", SERVERS.replace("notes.js", f"--api-key={key}"))])
    assert key not in found.servers[0].command
