"""Files of code by their suffix, notebooks among them."""

import json

import pytest
from tests.scan.front.shape import shape

from charter.scan import ir
from charter.scan.front import lower
from charter.scan.front.located import DocumentError
from charter.scan.front.notebook import notebook_source


def notebook(*cells: list[str] | str, language: str = "python", indent: int | None = 1) -> str:
    """A notebook's file; the first cell is a heading."""
    made = [{"cell_type": "markdown", "source": ["# eval(no)"]}]
    made += [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells]
    return json.dumps({"cells": made, "metadata": {"kernelspec": {"language": language}}}, indent=indent)


@pytest.mark.parametrize("suffix", ["py", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"])
def test_each_suffix_has_a_reader(suffix: str) -> None:
    module = lower(f"src/app.{suffix}", "run(name)")
    assert module.path == f"src/app.{suffix}"
    assert module.language == ("python" if suffix == "py" else "typescript")
    assert [shape(statement) for statement in module.body] == ["Evaluate(value=Call(func=run, args=(Arg(value=name))))"]


def test_a_finding_in_a_notebook_stands_where_its_file_has_it() -> None:
    text = notebook(["import os\n", "answer = ask()\n"], ["\n", "eval(answer)"])
    module = lower("a.ipynb", text)
    call = next(node for node in ir.walk(module) if isinstance(node, ir.Call) and shape(node.func) == "eval")
    assert "eval(answer)" in text.split("\n")[call.at.line - 1]
    assert module.lines[call.at.line - 1] == "eval(answer)"
    assert module.broken == ()


def test_a_notebook_on_one_line_is_read_cell_by_cell() -> None:
    assert notebook_source(notebook(["a = 1\n", "b"], "c\nd", indent=None)) == "# cell 1\na = 1\nb\n# cell 2\nc\nd"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%pip install x", "pass"),
        ("    %cd x", "    pass"),
        ("x = %env HOME", "x = None"),
        ("%time f(x)", "f(x)"),
        ("!ls {folder}", 'get_ipython().system(f"ls {folder}")'),
        ("x = !cat $name", 'x = get_ipython().getoutput(f"cat {name}")'),
        ("!echo 'a'", "get_ipython().system(\"echo 'a'\")"),
        ("f?", ""),
        ("a = b % c", "a = b % c"),
        ("if a != b: pass", "if a != b: pass"),
        ("  % (a, b)", "  % (a, b)"),
    ],
)
def test_magics(line: str, expected: str) -> None:
    assert notebook_source(notebook([line])).strip("\n") == expected


def test_a_text_that_looks_like_a_magic_stays() -> None:
    cell = ["s = '''\n", "%not this\n", "'''\n", "%this\n"]
    assert notebook_source(notebook(cell)).strip("\n").split("\n") == ["s = '''", "%not this", "'''", "pass"]


@pytest.mark.parametrize(("magic", "kept"), [("%%bash", False), ("%%writefile a.py", False), ("%%time", True)])
def test_cells_of_another_language_are_left_out(magic: str, kept: bool) -> None:
    assert ("eval(x)" in notebook_source(notebook([f"{magic}\n", "eval(x)\n"]))) is kept


def test_a_notebook_of_another_language_has_no_code() -> None:
    assert notebook_source(notebook(["eval(x)"], language="R")).strip() == ""


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"cells": 3}', "not json"])
def test_what_is_no_notebook_is_broken(text: str) -> None:
    with pytest.raises(DocumentError):
        notebook_source(text)
    module = lower("a.ipynb", text)
    assert module.body == ()
    assert module.broken
