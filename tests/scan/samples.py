"""Made-up results and small projects that several tests of the scan share."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from charter.scan.findings import Edit, Finding, NotAnalysed, Place, Step
from charter.scan.result import Counts, RuleCrash, ScanResult
from charter.scan.rules import all_rules
from charter.scan.suppress import Note, Suppressed

HOSTILE = "\x1b[2J[red]\u202e<script>`*|@all\udc80"
APP = """import os

from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI()


def ask(topic):
    answer = client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "system", "content": f"You know all of {topic}"}, {"role": "user", "content": "hi"}],
    )
    return answer.choices[0].message.content


@app.route("/run", methods=["POST"])
def run():
    os.system(ask(request.json["topic"]))
    return "done"
"""
SHELL_LINE = 20
PROMPT_LINE = 13


def finding(**changes: Any) -> Finding:
    """A finding with a way of three steps, in a file ``app.py``."""
    steps = (
        Step(Place("app.py", 11, 14, 11, 36), "the model's answer", "source"),
        Step(Place("app.py", 20, 15, 20, 42), "returned by ask()", "return"),
        Step(Place("app.py", 20, 15, 20, 42), "reaches a shell", "sink"),
    )
    made = Finding(
        rule="output/shell-command",
        category="insecure-output",
        severity="critical",
        confidence="high",
        place=Place("app.py", 20, 15, 20, 42),
        message="A model's text reaches a shell.",
        steps=steps,
        related=(Step(Place("app.py", 10, 1, 10, 15), "the function"),),
        edits=(Edit(Place("app.py", 20, 15, 20, 42), "None"),),
        snippet='os.system(ask(request.json["topic"]))',
    )
    return replace(made, **changes)


def hostile() -> Finding:
    """A finding whose every text would like to be more than text."""
    return finding(
        rule="secrets/password",
        category="hardcoded-secret",
        severity="low",
        confidence="low",
        place=Place(f"a {HOSTILE}.py", 1, 1, 1, 5),
        message=f"It is bad. {HOSTILE}",
        steps=(Step(Place("gone.py", 900), HOSTILE, "source"), Step(Place("gone.py", 901), HOSTILE, "sink")),
        related=(),
        edits=(),
        snippet=HOSTILE,
    )


def result(root: Path, **changes: Any) -> ScanResult:
    """A result with one of everything; ``app.py`` is written below ``root``."""
    (root / "app.py").write_text(APP, encoding="utf-8")
    made = ScanResult(
        root=root,
        findings=(finding(), hostile()),
        suppressed=(Suppressed(finding(place=Place("app.py", 13, 1)), f"we know {HOSTILE}"),),
        known=(finding(place=Place("app.py", 12, 1)),),
        hidden=2,
        notes=(Note("app.py", 3, f"not needed {HOSTILE}"),),
        not_analysed=(
            NotAnalysed("big.json", "it is larger than 5 MB"),
            NotAnalysed("broken.py", f"line 3 does not parse {HOSTILE}", 3, partly=True),
        ),
        crashes=(RuleCrash("output/sql-query", "app.py", f"KeyError: {HOSTILE}"),),
        counts=Counts(3, 40, 1, 1, {"ignored by git": 4}),
        rules=tuple(rule.spec for rule in all_rules()),
        incomplete=True,
    )
    return replace(made, **changes)


def clean(root: Path) -> ScanResult:
    """A result without anything to say."""
    nothing: dict[str, Any] = dict.fromkeys(("findings", "suppressed", "known", "notes", "not_analysed", "crashes"), ())
    return result(root, **nothing, hidden=0, incomplete=False)
