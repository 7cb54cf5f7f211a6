"""Python that ast refuses."""

import ast
import random
from pathlib import Path

import pytest
from tests.scan.front.shape import shape

from charter.scan import ir
from charter.scan.front.python import lower_python


def refused(text: str) -> ir.Module:
    """A module of a text that ast does not read."""
    with pytest.raises((SyntaxError, ValueError)):
        ast.parse(text)
    return lower_python("app.py", text)


def called(module: ir.Module) -> list[str]:
    """The names of the functions that a module calls."""
    calls = [node for node in ir.walk(module) if isinstance(node, ir.Call)]
    return [call.func.id if isinstance(call.func, ir.Name) else shape(call.func) for call in calls]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('print "a", b', "Evaluate(value=Call(func=print, args=(Arg(value='a') Arg(value=b))))"),
        ("exec code in names", "Evaluate(value=Call(func=exec, args=(Arg(value=code) Arg(value=names))))"),
        ("raise E, 'x'", "Raise(value=Sequence(items=(E 'x'), kind=tuple))"),
        ("x = ur'a\\n' + 0777L", "Assign(targets=(x), value=Binary(op=+, left='a\\\\n', right=511))"),
        ("if a <> b: c", "If(test=Binary(op=!=, left=a, right=b), then=(Evaluate(value=c)))"),
        ("try: a\nexcept E, e: b", "Try(body=(Evaluate(value=a)), handlers=(Handler(type=E, target=e, "
                                   "body=(Evaluate(value=b)))))"),
        ("def f(a, (b, c)): pass", "Define(function=Function(name=f, params=(Param(name=a) "
                                   "Param(pattern=Sequence(items=(b c), kind=tuple)))))"),
    ],
)  # fmt: skip
def test_python_2_is_read_whole(text: str, expected: str) -> None:
    module = refused(text)
    assert module.broken == ()
    assert [shape(statement) for statement in module.body] == [expected]


def test_python_2_prints_to_a_file() -> None:
    module = refused("print >>f, a\nprint a")
    assert shape(module.body[0]) == "Evaluate(value=Call(func=print, args=(Arg(value=f, name=file) Arg(value=a))))"


def test_both_sides_of_a_merge_are_read() -> None:
    text = "<<<<<<< HEAD\nrun(ours)\n=======\nrun(theirs)\n>>>>>>> other\nafter()"
    module = refused(text)
    assert called(module) == ["run", "run", "after"]
    assert [span.line for span in module.broken] == [1, 3, 5]


def test_half_a_file_is_read_up_to_its_end() -> None:
    text = (
        "import os\nclass A:\n    @tool\n    def run(self, command):\n        os.system(command)\n        other([1, 2"
    )
    module = refused(text)
    function = next(node for node in ir.walk(module) if isinstance(node, ir.Function))
    assert function.name == "run"
    assert shape(function.decorators) == "(tool)"
    assert called(module) == ["Attr(base=os, name=system)"]
    assert [span.line for span in module.broken] == [6]


def test_one_bad_line_costs_no_other() -> None:
    module = refused("def f(a):\n    x = (1 +\n    g(a)\n\ndef h(b):\n    return eval(b)\n")
    assert "eval" in called(module)
    assert module.broken
    assert module.broken[0].line in (2, 3)


def test_a_nul_is_broken_and_what_follows_is_read() -> None:
    module = refused("a \0 b\neval(c)")
    assert called(module) == ["eval"]
    assert module.broken[0].line == 1


@pytest.mark.parametrize(
    "text", ["(" * 10_000, "(" * 10_000 + "x" + ")" * 10_000, "[" * 5000, "f(" * 3000 + ")" * 3000]
)
def test_deep_brackets_are_said_to_be_broken(text: str) -> None:
    module = refused(f"before()\n{text}\n")
    assert module.broken
    assert module.broken[0].line <= 2


def test_deep_blocks_are_read_down_to_a_bound() -> None:
    text = "\n".join(" " * depth + "if x:" for depth in range(300)) + "\n" + " " * 300 + "deepest()\nafter()"
    module = refused(text)
    assert called(module) == ["after"]
    assert module.broken[-1].end_line >= 300


def test_a_surrogate_is_read() -> None:
    module = refused("x = '\ud800'\neval(x)")
    assert called(module) == ["eval"]


def test_no_mutation_of_real_code_makes_it_raise() -> None:
    text = (Path(__file__).parents[3] / "src/charter/scan/front/python.py").read_text("utf-8")
    chance = random.Random(0)
    for _ in range(150):
        start = chance.randrange(len(text))
        stretch = text[start : start + chance.randrange(1, 3000)]
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(stretch) + 1)
            stretch = (
                stretch[:at]
                + chance.choice(['"""', "(", "]", "\n", "\t", "def ", "{", "f'", "\\", "é", "\0", ":"])
                + stretch[at:]
            )
        module = lower_python("app.py", stretch)
        last = len(module.lines)
        assert all(
            1 <= node.at.line <= node.at.end_line <= last for node in ir.walk(module) if isinstance(node, ir.Node)
        )
