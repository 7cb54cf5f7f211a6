"""A Flask view that puts a model's text between tags answers with it as a page; plain text and JSON are none."""

import pytest

from .programs import check

_VIEW = """
from flask import Flask, escape
app = Flask(__name__)
@app.post("/ask")
def view():
    answer = ask()
"""


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ('return f"<p>{answer}</p>"  # hit html', 'return {"reply": answer}'),
        ('return "<h1>Answer</h1>" + answer  # hit html', "return answer"),
        ('return f"<p>{answer}</p>"  # hit html', 'return f"<p>{escape(answer)}</p>"'),
    ],
)
def test_a_view_that_answers_with_a_page(line: str, safe: str) -> None:
    check(f"{_VIEW}    {line}\n", f"{_VIEW}    {safe}\n")
