"""Fixes change what they must, in a form that still parses, and leave alone what a person has to judge."""

import ast

import pytest

from .code import analysed, found, mended

ASK = """
from openai import OpenAI

client = OpenAI()


def ask(prompt):
    return client.responses.create(model="gpt-4o", input=prompt).output_text

"""
WEB = "from flask import request\nfrom openai import OpenAI\nclient = OpenAI()\n\n\ndef answer():\n"


def mend(rule: str, text: str) -> str:
    findings = found(rule, analysed(app=text))
    assert len(findings) == 1
    changed = mended(text, findings[0].edits)
    ast.parse(changed)
    assert changed == text or not found(rule, analysed(app=changed))
    return changed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[{"role": "system", "content": request.json["q"]}]',
            '[{"role": "user", "content": request.json["q"]}]',
        ),
        (
            "[{'role': 'system', 'content': f\"You help with {request.json['q']}\"}]",
            "[{'role': 'system', 'content': \"You help with \"}, {'role': 'user', 'content': request.json['q']}]",
        ),
    ],
)
def test_a_users_text_moves_to_the_users_role(before: str, after: str) -> None:
    call = "    return client.chat.completions.create(model='gpt-4o', messages=%s)\n"
    assert mend("injection/user-text-in-system-prompt", WEB + call % before) == WEB + call % after


@pytest.mark.parametrize(
    "messages",
    [
        "[{'role': 'system', 'content': f\"{request.json['q']} is what you know.\"}]",
        "[{'role': 'system', 'content': 'You help with ' + request.json['q']}]",
        "[{'role': 'system', 'content': f\"You help with {request.json['q']!r}\"}]",
        "[{'content': request.json['q'], 'role': 'system'}]",
    ],
)
def test_other_system_messages_are_left_to_a_person(messages: str) -> None:
    text = WEB + f"    return client.chat.completions.create(model='gpt-4o', messages={messages})\n"
    assert mend("injection/user-text-in-system-prompt", text) == text


@pytest.mark.parametrize(
    ("rule", "imports", "before", "after"),
    [
        (
            "output/shell-command",
            "import subprocess",
            "name = ask(q)\n    subprocess.run(f'git show {name}', shell=True, check=True)",
            'name = ask(q)\n    subprocess.run(["git", "show", name], shell=False, check=True)',
        ),
        (
            "output/sql-query",
            "import sqlite3",
            "sqlite3.connect('a.db').execute(f\"SELECT a FROM t WHERE b = '{ask(q)}'\")",
            "sqlite3.connect('a.db').execute(\"SELECT a FROM t WHERE b = ?\", (ask(q),))",
        ),
        (
            "output/deserialization",
            "import yaml",
            "return yaml.load(ask(q), Loader=yaml.Loader)",
            "return yaml.safe_load(ask(q))",
        ),
        (
            "output/unescaped-html",
            "import streamlit as st",
            "st.markdown(ask(q), unsafe_allow_html=True)",
            "st.markdown(ask(q), unsafe_allow_html=False)",
        ),
    ],
)
def test_output_is_mended_where_that_is_safe(rule: str, imports: str, before: str, after: str) -> None:
    head = f"{imports}\n{ASK}\ndef act(q):\n    "
    assert mend(rule, f"{head}{before}\n") == f"{head}{after}\n"


def test_escape_is_imported_where_it_is_not() -> None:
    text = f"from markupsafe import Markup\n{ASK}\ndef act(q):\n    return Markup(ask(q))\n"
    changed = mend("output/unescaped-html", text)
    assert changed == "from markupsafe import escape\n" + text.replace("return Markup", "return escape")


@pytest.mark.parametrize(
    ("rule", "imports", "line"),
    [
        ("output/shell-command", "import subprocess", "subprocess.run(f'git show {ask(q)} | head', shell=True)"),
        ("output/shell-command", "import subprocess", "subprocess.run(f'cat logs/{ask(q)}', shell=True)"),
        ("output/shell-command", "import subprocess", "subprocess.run(ask(q), shell=True)"),
        ("output/sql-query", "import sqlite3", "sqlite3.connect('a.db').execute(f'SELECT * FROM {ask(q)}')"),
        (
            "output/sql-query",
            "import sqlite3",
            "sqlite3.connect('a.db').execute(f\"SELECT a FROM t LIKE '%{ask(q)}'\")",
        ),
        ("output/unescaped-html", "from markupsafe import Markup", "return Markup(f'<b>{ask(q)}</b>')"),
    ],
)
def test_output_that_a_person_must_judge_is_left_alone(rule: str, imports: str, line: str) -> None:
    text = f"{imports}\n{ASK}\ndef act(q):\n    {line}\n"
    assert mend(rule, text) == text
