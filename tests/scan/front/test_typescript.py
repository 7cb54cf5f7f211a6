"""JavaScript and TypeScript, lowered."""

import pytest
from tests.scan.front.shape import shape

from charter.scan import ir
from charter.scan.front.typescript import lower_typescript


def lowered(text: str, path: str = "app.tsx") -> str:
    """All statements of a text that parses."""
    module = lower_typescript(path, text)
    assert module.broken == ()
    return " ; ".join(shape(statement) for statement in module.body)


def expression(text: str, path: str = "app.tsx") -> str:
    """The expression that a text is."""
    return lowered(f"({text})", path).removeprefix("Evaluate(value=").removesuffix(")")


def spans(text: str) -> dict[str, tuple[int, int, int, int]]:
    """The place of each name and attribute of a text."""
    nodes = list(ir.walk(lower_typescript("app.ts", text).body))
    found = {node.id: tuple(node.at) for node in nodes if isinstance(node, ir.Name)}
    return found | {f".{node.name}": tuple(node.name_at) for node in nodes if isinstance(node, ir.Attr)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(a, ...b)", "Call(func=f, args=(Arg(value=a) Arg(value=b, spread=*)))"),
        ("new A(b)", "Call(func=A, args=(Arg(value=b)), new=True)"),
        ("new A", "Call(func=A, new=True)"),
        ("a?.b?.[c]?.(d)", "Call(func=Index(base=Attr(base=a, name=b), key=c), args=(Arg(value=d)))"),
        ("f<T>(a as B)!", "Call(func=f, args=(Arg(value=a)))"),
        ("a satisfies B", "a"),
        ("await f()", "Await(value=Call(func=f))"),
        ("this.a", "Attr(base=this, name=a)"),
        ("this.#a", "Attr(base=this, name=#a)"),
        ("import.meta.env", "Attr(base=import.meta, name=env)"),
        ("[1, , ...b]", "Sequence(items=(1 None Spread(value=b)))"),
        ("{a, 'b': c, [d]: e, ...f, 1: g}",
         "Record(entries=(Entry(key='a', value=a) Entry(key='b', value=c) Entry(key=d, value=e) Entry(value=f) "
         "Entry(key=1, value=g)))"),
        ("{run() {}}", "Record(entries=(Entry(key='run', value=Lambda(function=Function(name=run)))))"),
        ("a === b && !(c ?? d)",
         "Binary(op=and, left=Binary(op===, left=a, right=b), "
         "right=Unary(op=not, value=Binary(op=??, left=c, right=d)))"),
        ("a instanceof B", "Binary(op=instanceof, left=a, right=B)"),
        ("a ? b : c", "Conditional(test=a, then=b, other=c)"),
        ("f(a = b)", "Call(func=f, args=(Arg(value=Bind(target=a, value=b))))"),
        ("(0, a.b)(c)", "Call(func=Attr(base=a, name=b), args=(Arg(value=c)))"),
        ("f((a(), b))", "Call(func=f, args=(Arg(value=Opaque(parts=(Call(func=a) b)))))"),
        ("async x => x", "Lambda(function=Function(params=(Param(name=x)), body=(Return(value=x))))"),
        ("function* g() { yield* a }", "Lambda(function=Function(name=g, body=(Evaluate(value=Yield(value=a, "
                                       "many=True))), is_generator=True))"),
        ("typeof a", "Unary(op=typeof, value=a)"),
    ],
)  # fmt: skip
def test_expressions(text: str, expected: str) -> None:
    assert expression(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"'a\n\x41\u0042\u{43}\'\0'", "a\nABC'\0"),
        (r"'\ud83d\ude00'", "\U0001f600"),
        (r"'\ud83d'", "\ufffd"),
        ("'a\\\nb'", "ab"),
        ("`plain`", "plain"),
        ("``", ""),
        ("null", None),
        ("undefined", None),
        ("void 0", None),
        ("true", True),
        ("1_000", 1000),
        ("0xff", 255),
        ("0b11n", 3),
        ("-1.5e3", -1500.0),
        ("/^[a-z]+$/i", "/^[a-z]+$/i"),
    ],
)
def test_constants(text: str, value: object) -> None:
    statement = lower_typescript("a.ts", f"({text})").body[0]
    assert isinstance(statement, ir.Evaluate)
    assert isinstance(statement.value, ir.Const)
    assert statement.value.value == value


def test_a_number_of_more_digits_than_python_reads_stays_text() -> None:
    digits = "9" * 6000
    assert expression(digits) == repr(digits)


def test_template_literals_keep_their_parts_and_tag() -> None:
    assert expression("`a ${b}\\n${c}`") == "Text(parts=('a ' b '\\n' c))"
    assert expression("sql`x ${a}`") == "Text(parts=('x ' a), tag=sql)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("const a: B = c", "Assign(targets=(a), value=c, annotation=B, declares=True)"),
        ("let a", "Assign(targets=(a), declares=True)"),
        ("a = b = c", "Assign(targets=(a b), value=c)"),
        ("a += b", "Assign(targets=(a), value=b, op=+)"),
        ("a ??= b", "Assign(targets=(a), value=b, op=??)"),
        ("i++", "Assign(targets=(i), value=1, op=+)"),
        ("const {a, b: {c = 1}, ...d} = e",
         "Assign(targets=(Record(entries=(Entry(key='a', value=a) Entry(key='b', "
         "value=Record(entries=(Entry(key='c', value=Bind(target=c, value=1))))) Entry(value=d)))), value=e, "
         "declares=True)"),
        ("const [a, , b = 1, ...c] = d",
         "Assign(targets=(Sequence(items=(a Opaque() Bind(target=b, value=1) Spread(value=c)))), value=d, "
         "declares=True)"),
        ("({a: b.c} = d)", "Assign(targets=(Record(entries=(Entry(key='a', value=Attr(base=b, name=c))))), value=d)"),
        ("if (a) b(); else if (c) d()",
         "If(test=a, then=(Evaluate(value=Call(func=b))), other=(If(test=c, then=(Evaluate(value=Call(func=d))))))"),
        ("for (const a of b) c(a)",
         "For(target=a, iterable=b, body=(Evaluate(value=Call(func=c, args=(Arg(value=a))))))"),
        ("for (const a in b) {}", "For(target=a, iterable=b, keys=True)"),
        ("for (let i = 0; i < 2; i++) f()",
         "Assign(targets=(i), value=0, declares=True) ; While(test=Binary(op=<, left=i, right=2), "
         "body=(Evaluate(value=Call(func=f)) Assign(targets=(i), value=1, op=+)))"),
        ("for (;;) { break }", "While(test=True, body=(Break()))"),
        ("do { f() } while (a)", "While(test=a, body=(Evaluate(value=Call(func=f))), first=True)"),
        ("try { a() } catch ({message}) { b() } finally { c() }",
         "Try(body=(Evaluate(value=Call(func=a))), handlers=(Handler(target=Record(entries=(Entry(key='message', "
         "value=message))), body=(Evaluate(value=Call(func=b))))), final=(Evaluate(value=Call(func=c))))"),
        ("throw a", "Raise(value=a)"),
        ("a: while (b) { continue a }", "While(test=b, body=(Continue()))"),
        ("type A = B<C>['d'] | 'e'",
         "NamedType(name=A, value=Binary(op=|, left=Index(base=Index(base=B, key=C), key='d'), right='e'))"),
        ("interface A extends B { c: D[]; e(): F }",
         "NamedType(name=A, value=Record(entries=(Entry(value=B) Entry(key='c', value=Index(base=Array, key=D)) "
         "Entry(key='e', value=Opaque()))))"),
        ("enum A { B, C = 'c', D = 4, E }",
         "DefineClass(definition=Class(name=A, bases=(Enum), body=(Assign(targets=(B), value=0) "
         "Assign(targets=(C), value='c') Assign(targets=(D), value=4) Assign(targets=(E), value=5))))"),
        ("namespace A { export const b = 1 }",
         "Assign(targets=(b), value=1, declares=True) ; "
         "Assign(targets=(A), value=Record(entries=(Entry(key='b', value=b))), declares=True)"),
        ("declare module 'x' { function f(): void }", ""),
    ],
)  # fmt: skip
def test_statements(text: str, expected: str) -> None:
    assert lowered(text) == expected


def test_functions_may_be_called_before_the_line_that_defines_them() -> None:
    text = "main();\nexport async function main(a: B, {c}: D = {}, ...rest: string[]): Promise<E> {}"
    assert lowered(text) == (
        "Define(function=Function(name=main, params=(Param(name=a, annotation=B) "
        "Param(annotation=D, default=Record(), pattern=Record(entries=(Entry(key='c', value=c)))) "
        "Param(name=rest, kind=*, annotation=Index(base=Array, key=string))), "
        "returns=Index(base=Promise, key=E))) ; "
        "Export(names=(Alias(name=main, local=main))) ; Evaluate(value=Call(func=main))"
    )


@pytest.mark.parametrize("text", ["const run = () => 1", "x = {run: () => 1}", "class A { run = () => 1 }"])
def test_a_function_without_a_name_takes_that_of_its_place(text: str) -> None:
    functions = [node for node in ir.walk(lower_typescript("a.ts", text).body) if isinstance(node, ir.Function)]
    assert [function.name for function in functions] == ["run"]
    assert functions[0].name_at.column == text.index("run") + 1


def test_classes() -> None:
    text = """
    @injectable()
    export class A extends B implements C.D<E> {
      static #count = 0;
      @Field() f: F;
      constructor(private readonly client: G, plain: H) { super() }
      get value() { return 1 }
      static async make() {}
      @Post('x') run(@Body() body: Dto) {}
    }
    """
    definition = next(node for node in ir.walk(lower_typescript("a.ts", text).body) if isinstance(node, ir.Class))
    assert definition.name == "A"
    assert shape(definition.bases) == "(B Attr(base=C, name=D))"
    assert shape(definition.decorators) == "(Call(func=injectable))"
    methods = {s.function.name: s.function for s in definition.body if isinstance(s, ir.Define)}
    assert {name: method.kind for name, method in methods.items()} == {
        "__init__": "plain", "value": "get", "make": "static", "run": "plain",
    }  # fmt: skip
    assert shape(methods["__init__"].body[0]) == "Assign(targets=(Attr(base=this, name=client)), value=client)"
    assert shape(methods["run"].params) == ("(Param(name=body, annotation=Dto, default=Call(func=Body)))")
    fields = [shape(s) for s in definition.body if isinstance(s, ir.Assign)]
    assert fields == [
        "Assign(targets=(#count), value=0)",
        "Assign(targets=(f), annotation=F)",
        "Assign(targets=(client), annotation=G)",
    ]


def test_jsx() -> None:
    text = "<Card.Body html={a} on b='&lt;' {...c}>Hi {d}<br/>{/* no */}<>{...e}</></Card.Body>"
    assert expression(text) == (
        "Element(tag=Attr(base=Card, name=Body), props=Record(entries=(Entry(key='html', value=a) "
        "Entry(key='on', value=True) Entry(key='b', value='<') Entry(value=c))), children=('Hi' d "
        "Element(tag='br', props=Record()) Element(tag='', props=Record(), children=(Spread(value=e)))))"
    )


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ("case 1: case 2: a(); break; default: b()", "1,2: a | _: b"),
        ("case 1: a(); case 2: b(); break; case 3: c()", "1: a b | 2: b | 3: c"),
        ("default: a(); break; case 1: b()", "_: a | 1: b"),
        ("case 1: return; case 2: b()", "1: | 2: b"),
        ("case 1: default: a()", "_: a"),
        ("case 1: { a(); break } case 2: b()", "1: a | 2: b"),
    ],
)
def test_a_case_holds_all_that_runs(cases: str, expected: str) -> None:
    statement = lower_typescript("a.ts", f"switch (x) {{ {cases} }}").body[0]
    assert isinstance(statement, ir.Match)
    told = []
    for case in statement.cases:
        patterns = "_" if case.patterns is None else ",".join(shape(pattern) for pattern in case.patterns)
        called = [shape(node.func) for node in ir.walk(case.body) if isinstance(node, ir.Call)]
        told.append(" ".join([f"{patterns}:", *called]))
        assert not any(isinstance(node, ir.Break) for node in ir.walk(case.body))
    assert " | ".join(told) == expected


def test_a_break_within_a_case_leaves_the_switch_and_not_the_loop() -> None:
    text = "for (;;) { switch (x) { case 1: if (a) break; b(); break; case 2: while (c) { break } } d() }"
    loop = lower_typescript("a.ts", text).body[0]
    assert isinstance(loop, ir.While)
    match = loop.body[0]
    assert isinstance(match, ir.Match)
    assert shape(match.cases[0].body) == "(If(test=a, other=(Evaluate(value=Call(func=b)))))"
    assert shape(match.cases[1].body) == "(While(test=c, body=(Break())))"


def test_places_count_characters() -> None:
    assert spans("é = '😀'; f(ü.name)") == {
        "é": (1, 1, 1, 2), "f": (1, 10, 1, 11), "ü": (1, 12, 1, 13), ".name": (1, 14, 1, 18),
    }  # fmt: skip
    assert spans("a;\r\n  b")["b"] == (2, 3, 2, 4)
    assert spans("a;\r  b")["b"] == (2, 3, 2, 4)
