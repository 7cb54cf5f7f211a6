"""Templates, read without being rendered."""

import pytest

from charter.scan.front.jinja import read_template


def unsafe(text: str) -> dict[str, int]:
    """The variables that a template prints as they are, with their lines."""
    return dict(read_template("page.html", text).unsafe)


@pytest.mark.parametrize(
    "text",
    [
        "{{ a|safe }}",
        "{{- a.b | markdown | safe -}}",
        "{% autoescape false %}{{ a }}{% endautoescape %}",
        "{% autoescape off %}{{ a }}{% endautoescape %}",
        "<a href={{ a }}>",
        "<b title='x' onclick=\"go('{{ a }}')\">",
        "<script>let x = '{{ a }}';</script>",
        "<style>p { color: {{ a }} }</style>",
        "{% for x in a %}{{ x.text|safe }}{% endfor %}",
        "{% for k, v in a.items() %}{{ v|safe }}{% endfor %}",
        "{% set x = '<b>' ~ a %}{{ x|safe }}",
        "{% with x=a %}{{ x|safe }}{% endwith %}",
        "{% macro show(x) %}{{ x|safe }}{% endmacro %}{{ show(a) }}",
    ],
)
def test_what_is_printed_as_it_is(text: str) -> None:
    assert unsafe(f"<p>\n{text}") == {"a": 2}


@pytest.mark.parametrize(
    "text",
    [
        "{{ a }}",
        "<a href=\"{{ a }}\" title='{{ a }}'>{{ a }}</a>",
        "{{ a|e|safe }}",
        "<script>let x = {{ a|tojson|safe }};</script>",
        "<script src='{{ a }}'></script>{{ a }}",
        "{% autoescape false %}x{% endautoescape %}{{ a }}",
        "{% raw %}{{ a|safe }}{% endraw %}",
        "{# {{ a|safe }} #}",
        "{{ 'text'|safe if a else '' }}",
        "<p>1 < 2, x={{ a }}</p>",
    ],
)
def test_what_is_escaped(text: str) -> None:
    assert unsafe(text) == {}


def test_the_first_line_counts() -> None:
    assert unsafe("{{ a }}\n{{ b\n }}\n{{ a|safe }}\n{{ a|safe }}") == {"a": 4}


def test_each_variable_of_an_expression_is_told() -> None:
    text = "{{ name }}. {% if mode == 'x' %}{{ loop.index }} {{ f(x, key=y.z)[index] }}{% endif %}{{ 'd' }}"
    assert unsafe(f"{{% autoescape false %}}{text}{{% endautoescape %}}").keys() == {"name", "f", "x", "y"}


def test_included_templates_are_named() -> None:
    text = '{% extends "base.html" %}{% include \'part.html\' %}{% include ["a.html", "b.html"] %}'
    assert read_template("page.html", text).includes == ("base.html", "part.html", "a.html", "b.html")


@pytest.mark.parametrize(
    "text",
    [
        "{{" * 50_000,
        "{% raw %}" * 20_000,
        "{{ a|safe",
        "{% set x = x %}{{ x|safe }}",
        "<script>" * 20_000,
        '{{ "' * 9999,
    ],
)
def test_hostile_templates_end(text: str) -> None:
    assert read_template("page.html", text).path == "page.html"
