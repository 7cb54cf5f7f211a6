"""Pages: what a template prints as it is, whoever renders it, is a place where the model's text must not arrive."""

import pytest

from charter.scan.engine import analyse
from charter.scan.fact_base import load_facts
from charter.scan.front import lower
from charter.scan.front.jinja import read_template

from .programs import files_of

_PAGES = {
    "templates/answer.html": "<h1>{{ title }}</h1>\n<p>{{ answer|safe }}</p>\n",
    "templates/whole.html": "{% include 'answer.html' %}\n",
    "templates/escaped.html": "<p>{{ answer }}</p>\n",
}
_RENDERS = {
    "flask": "from flask import render_template\nrender_template({page!r}, title='x', answer=ask())\n",
    "flask with a record": "from flask import render_template\nrender_template({page!r}, **{{'answer': ask()}})\n",
    "starlette": (
        "from fastapi.templating import Jinja2Templates\n"
        "templates = Jinja2Templates(directory='templates')\n"
        "templates.TemplateResponse({page!r}, {{'answer': ask()}})\n"
    ),
    "django": (
        "from django.shortcuts import render\ndef page(request):\n"
        "    return render(request, {page!r}, {{'answer': ask()}})\n"
    ),
    "jinja": (
        "from jinja2 import Environment\nenv = Environment(autoescape=True)\n"
        "template = env.get_template({page!r})\ntemplate.render(answer=ask())\n"
    ),
}


def _pages_hit(program: str) -> list[tuple[str, int, str]]:
    modules = {path: lower(path, text) for path, text in files_of(program, "app.py").items()}
    templates = {path: read_template(path, text) for path, text in _PAGES.items()}
    found = analyse(modules, load_facts(), templates).flows
    return [(flow.place.path, flow.place.line, flow.kind) for flow in found if flow.kind == "html"]


@pytest.mark.parametrize("how", _RENDERS)
@pytest.mark.parametrize("page", ["answer.html", "whole.html"])
def test_a_variable_that_the_template_does_not_escape(how: str, page: str) -> None:
    assert _pages_hit(_RENDERS[how].format(page=page)) == [("templates/answer.html", 2, "html")]


@pytest.mark.parametrize("how", _RENDERS)
def test_a_variable_that_the_template_escapes(how: str) -> None:
    assert _pages_hit(_RENDERS[how].format(page="escaped.html")) == []


def test_another_variable_of_the_template() -> None:
    program = "from flask import render_template\nrender_template('answer.html', title=ask(), answer='x')\n"
    assert _pages_hit(program) == []
