"""Python, lowered from ast."""

import sysconfig
from pathlib import Path

import pytest
from tests.scan.front.shape import shape

from charter.scan import ir
from charter.scan.front.python import lower_python
from charter.scan.front.python_broken import lower_broken


def lowered(text: str) -> str:
    """The one statement of a text."""
    module = lower_python("app.py", text)
    assert module.broken == ()
    assert len(module.body) == 1, shape(module.body)
    return shape(module.body[0])


def expression(text: str) -> str:
    """The expression that a text is."""
    return lowered(text).removeprefix("Evaluate(value=").removesuffix(")")


def spans(text: str) -> dict[str, tuple[int, int, int, int]]:
    """The place of each name and attribute of a text."""
    nodes = list(ir.walk(lower_python("app.py", text).body))
    found = {node.id: tuple(node.at) for node in nodes if isinstance(node, ir.Name)}
    return found | {f".{node.name}": tuple(node.name_at) for node in nodes if isinstance(node, ir.Attr)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(a, *b, c=1, **d)", "Call(func=f, args=(Arg(value=a) Arg(value=b, spread=*) Arg(value=1, name=c) "
                               "Arg(value=d, spread=**)))"),
        ("a.b[0]", "Index(base=Attr(base=a, name=b), key=0)"),
        ("a[f(x):]", "Index(base=a, bounds=(Call(func=f, args=(Arg(value=x)))))"),
        ("{'k': v, **rest}", "Record(entries=(Entry(key='k', value=v) Entry(value=rest)))"),
        ("f'x {a} y'", "Text(parts=('x ' a ' y'))"),
        ("f'{a!r}'", "Text(parts=(Call(func=repr, args=(Arg(value=a)))))"),
        ("f'{a:d}'", "Text(parts=(Call(func=format, args=(Arg(value=a) Arg(value='d')))))"),
        ("f('a' 'b')", "Call(func=f, args=(Arg(value='ab')))"),
        ("-1", "-1"),
        ("a < b < c", "Binary(op=and, left=Binary(op=<, left=a, right=b), right=Binary(op=<, left=b, right=c))"),
        ("a and b or not c", "Binary(op=or, left=Binary(op=and, left=a, right=b), right=Unary(op=not, value=c))"),
        ("a if b else c", "Conditional(test=b, then=a, other=c)"),
        ("[x for x in y if z]", "Comprehension(kind=list, element=x, "
                                "clauses=(Clause(target=x, iterable=y, tests=(z))))"),
        ("{k: v for k, v in y}", "Comprehension(kind=dict, key=k, element=v, "
                                 "clauses=(Clause(target=Sequence(items=(k v), kind=tuple), iterable=y)))"),
        ("lambda a, b=1: a", "Lambda(function=Function(params=(Param(name=a) Param(name=b, default=1)), "
                             "body=(Return(value=a))))"),
        ("(n := f())", "Bind(target=n, value=Call(func=f))"),
        ("...", "Opaque()"),
    ],
)  # fmt: skip
def test_expressions(text: str, expected: str) -> None:
    assert expression(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = b, *c = d", "Assign(targets=(a Sequence(items=(b Spread(value=c)), kind=tuple)), value=d)"),
        ("a: int", "Assign(targets=(a), annotation=int)"),
        ("a += 1", "Assign(targets=(a), value=1, op=+)"),
        ("assert a, b", "If(test=Unary(op=not, value=a), then=(Raise(value=b)))"),
        ("del a.b", "Evaluate(value=Unary(op=delete, value=Attr(base=a, name=b)))"),
        ("import a.b", "Import(module=a.b, local=a)"),
        ("import a.b as c", "Import(module=a.b, local=c)"),
        ("from ..a import b as c", "Import(module=a, names=(Alias(name=b, local=c)), level=2)"),
        ("from a import *", "Import(module=a, names=(Alias(name=*, local=*)))"),
        ("if a:\n b\nelif c:\n d\nelse:\n e", "If(test=a, then=(Evaluate(value=b)), other=(If(test=c, "
                                               "then=(Evaluate(value=d)), other=(Evaluate(value=e)))))"),
        ("for a in b:\n break\nelse:\n c", "For(target=a, iterable=b, body=(Break()), other=(Evaluate(value=c)))"),
        ("while a:\n continue", "While(test=a, body=(Continue()))"),
        ("with a as b, c:\n d", "With(items=((a b) (c None)), body=(Evaluate(value=d)))"),
        ("raise a from b()", "Raise(value=Opaque(parts=(a Call(func=b))))"),
        ("async def f(a, /, *, b):\n yield a", "Define(function=Function(name=f, params=(Param(name=a) "
         "Param(name=b, kind=keyword)), body=(Evaluate(value=Yield(value=a))), is_generator=True))"),
        ("@d\nclass A(B, m=C):\n 'doc'\n x = 1", "DefineClass(definition=Class(name=A, bases=(B), "
         "body=(Assign(targets=(x), value=1)), keywords=(Arg(value=C, name=m)), decorators=(d), doc=doc))"),
        ("try:\n a\nexcept E as e:\n b\nfinally:\n c", "Try(body=(Evaluate(value=a)), handlers=(Handler(type=E, "
         "target=e, body=(Evaluate(value=b)))), final=(Evaluate(value=c)))"),
    ],
)  # fmt: skip
def test_statements(text: str, expected: str) -> None:
    assert lowered(text) == expected


def test_patterns_tell_the_values_they_admit_and_the_names_they_bind() -> None:
    text = """
match q:
    case "a" | A.B as k: pass
    case [x, *rest]: pass
    case {"a": z, **more} if t: pass
    case Foo(1, b=bb): pass
    case _: pass
"""
    match = lower_python("app.py", text).body[0]
    assert isinstance(match, ir.Match)
    told = [(None if case.patterns is None else shape(case.patterns), shape(case.binds)) for case in match.cases]
    assert told == [
        ("('a' Attr(base=A, name=B))", "(k)"),
        (None, "(x rest)"),
        (None, "(more z)"),
        (None, "(bb)"),
        (None, "()"),
    ]
    assert shape((match.cases[2].guard,)) == "(t)"


@pytest.mark.parametrize(
    ("decorator", "kind"),
    [
        ("staticmethod", "static"),
        ("classmethod", "class"),
        ("property", "get"),
        ("x.setter", "set"),
        ("other", "plain"),
    ],
)
def test_a_method_is_what_its_decorators_make_of_it(decorator: str, kind: str) -> None:
    module = lower_python("app.py", f"class A:\n    @{decorator}\n    def x(self): pass")
    functions = [node for node in ir.walk(module) if isinstance(node, ir.Function)]
    assert [function.kind for function in functions] == [kind]


def test_a_generator_within_a_function_does_not_make_it_one() -> None:
    module = lower_python("app.py", "def f():\n    def g():\n        yield 1\n    return lambda: (yield)")
    kinds = {node.name: node.is_generator for node in ir.walk(module) if isinstance(node, ir.Function)}
    assert kinds == {"f": False, "g": True, "": True}


def test_columns_count_characters() -> None:
    found = spans("s = 'äöü'; name(\n  '😀', other.thing)")
    assert found["name"] == (1, 12, 1, 16)
    assert found["other"] == (2, 8, 2, 13)
    assert found[".thing"] == (2, 14, 2, 19)


def test_the_name_of_a_definition_is_found() -> None:
    module = lower_python("app.py", "@d\nasync  def  föö(a): pass\nclass   Bär: pass")
    names = [node.name_at for node in ir.walk(module) if isinstance(node, ir.Function | ir.Class)]
    assert names == [ir.Span(2, 13, 2, 16), ir.Span(3, 9, 3, 12)]


def test_lines_break_where_the_parser_breaks_them() -> None:
    module = lower_python("app.py", "a = 'x\x0cy\u2028z'\r\nb = 1\rc = 2")
    assert module.lines == ("a = 'x\x0cy\u2028z'", "b = 1", "c = 2")
    assert [statement.at.line for statement in module.body] == [1, 2, 3]


def test_a_byte_order_mark_moves_no_column() -> None:
    assert spans("\ufeffname")["name"] == (1, 1, 1, 5)


@pytest.mark.parametrize(
    "text", [" + ".join(["a"] * 3000), "if a:\n  b\n" + "elif c:\n  d\n" * 900, " and ".join("ab" * 900)]
)
def test_long_chains_stay_shallow(text: str) -> None:
    module = lower_python("app.py", text)
    assert module.broken == ()
    assert _depth(module) < 60
    assert len([node for node in ir.walk(module) if isinstance(node, ir.Name)]) >= 1800


@pytest.mark.parametrize("text", ["a" + ".b" * 5000, "a" + "()" * 5000, "a" + "[0]" * 5000, "-" * 5000 + "a"])
def test_deep_chains_are_cut_and_said_to_be(text: str) -> None:
    module = lower_python("app.py", f"before()\n{text}\nafter()")
    assert module.broken[0].line == 2
    assert _depth(module) < 300
    calls = {node.func.id for node in ir.walk(module) if isinstance(node, ir.Call) and isinstance(node.func, ir.Name)}
    assert {"before", "after"} <= calls


def test_both_readers_give_the_same_form() -> None:
    folder = Path(sysconfig.get_path("stdlib"))
    for name in ("argparse.py", "contextlib.py", "dataclasses.py", "functools.py", "asyncio/tasks.py"):
        text = (folder / name).read_text("utf-8")
        first, second = lower_python(name, text), lower_broken(name, text)
        assert second.broken == ()
        for one, other in zip(first.body, second.body, strict=True):
            assert shape(one) == shape(other), (name, one.at)
            assert one.at[:3] == other.at[:3]


def _depth(module: ir.Module) -> int:
    deepest, waiting = 0, [(module, 0)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend((child, depth + 1) for child in ir.children(node))
    return deepest
