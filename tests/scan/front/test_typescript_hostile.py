"""JavaScript and TypeScript that is broken, deep or strange: never an exception, and what is not read is said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.scan import ir
from charter.scan.front.typescript import lower_typescript
from charter.scan.front.typescript_tree import MAX_DEPTH

WHOLE = """
import OpenAI, { type ClientOptions } from "openai";
export class Agent<T extends object> extends Base implements Tool {
  constructor(private readonly client: OpenAI) { super(); }
  @tool() async run({ topic = "x", ...rest }: Input, ...more: string[]): Promise<string | undefined> {
    for (const each of more) { switch (each) { case "a": if (rest) break; exec(`ls ${each}`); default: return; } }
    const view = (<div dangerouslySetInnerHTML={{ __html: topic }} {...rest}>hi {topic}</div>);
    module.exports = { view, ...require("./more") };
    return (await this.client.chat.completions.create({ messages: [{ role: "system", content: "a" + topic }] }))!.x;
  }
}
"""


def called(module: ir.Module) -> list[str]:
    """The plain names that are called."""
    return [node.func.id for node in ir.walk(module) if isinstance(node, ir.Call) and isinstance(node.func, ir.Name)]


def depth(module: ir.Module) -> int:
    """How deep the nodes nest."""
    waiting: list[tuple[object, int]] = [(statement, 1) for statement in module.body]
    deepest = 0
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + isinstance(child, ir.Node)) for child in ir.children(node))
    return deepest


@pytest.mark.parametrize("path", ["a.ts", "a.tsx", "a.js"])
@pytest.mark.parametrize(
    "nested",
    [
        "x = " + "[" * 5000 + "]" * 5000,
        "f(" * 5000 + ")" * 5000,
        "x = a" + ".b()" * 5000,
        "x = a" + "-b" * 5000,
        "{" * 5000 + "}" * 5000,
        "if (a) {}" + " else if (b) { f() }" * 2000,
        "x = " + "!" * 5000 + "a",
        "x = " + "a => " * 5000 + "1",
        "let " + "[" * 3000 + "a" + "]" * 3000 + " = x",
        "x = " + "`${" * 3000 + "1" + "}`" * 3000,
    ],
)
def test_what_nests_too_deeply_is_recorded_and_the_rest_is_read(path: str, nested: str) -> None:
    module = lower_typescript(path, f"{nested};\nafter(1);")
    assert module.broken
    assert called(module)[-1] == "after"
    assert depth(module) < 4 * MAX_DEPTH


@pytest.mark.parametrize(
    "long",
    ["x = " + "(" * 10000 + "1" + ")" * 10000, "x = 'a'" + " + b" * 10000, "x = a" + " && b" * 3000,
     "x = y" + " as A" * 3000, "type A = " + " | ".join(f"'{n}'" for n in range(3000))],
)  # fmt: skip
def test_what_is_only_long_is_read_whole(long: str) -> None:
    module = lower_typescript("a.ts", long)
    assert module.broken == ()
    assert depth(module) < 40


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("function f(a) {\n  const x = 1;\n  run(a", [3]),
        ("class A {\n  m(y) {\n    run(y);\n", [4]),
        ("export async function POST(req) {\n  run({ a: [`x ${req", [2]),
    ],
)
def test_a_file_that_was_cut_off_keeps_its_shape(text: str, lines: list[int]) -> None:
    module = lower_typescript("a.ts", text)
    assert [span.line for span in module.broken] == lines
    function = next(node for node in ir.walk(module) if isinstance(node, ir.Function))
    assert len(function.params) == 1
    assert called(module) == ["run"]
    assert any(isinstance(node, ir.Call) for node in ir.walk(function))


def test_merge_markers_are_recorded_and_both_sides_read() -> None:
    text = "a(1);\n<<<<<<< HEAD\nb(2);\n=======\nc(3);\n>>>>>>> other\nd(4);\n"
    module = lower_typescript("a.js", text)
    assert called(module) == ["a", "b", "c", "d"]
    assert [(span.line, span.end_line) for span in module.broken] == [(2, 2), (4, 4), (6, 6)]


def test_around_a_broken_stretch_everything_is_read() -> None:
    text = "class A {\n  m() { a() }\n  %%%\n  n() { b() }\n}\nc();\nlet d = = 1;\ne();"
    module = lower_typescript("a.ts", text)
    assert called(module) == ["a", "b", "c", "e"]
    assert {span.line for span in module.broken} == {3, 7}


def test_types_in_javascript_are_read() -> None:
    text = "// @flow\nimport type { A } from 'm';\nexport function f(a: A, b?: string): Promise<void> { run(a) }"
    module = lower_typescript("a.js", text)
    assert module.broken == ()
    assert called(module) == ["run"]


@pytest.mark.parametrize(
    "text",
    [
        "f<typeof import('./m')>(a)",
        "let a: import('m').Name[] = b",
        "export type * from 'm'",
        "const A = styled.div<{ a: boolean }>`color: red`",
        "const a = <p title='a&b=c'>create & edit</p>",
    ],
)
def test_syntax_that_the_grammar_does_not_know_is_no_error(text: str) -> None:
    assert lower_typescript("a.tsx", text).broken == ()


@pytest.mark.parametrize(
    "text",
    ["", "\ufeffa", "a\0b; run(\0c)", "\ud800", "\u202erun(a)", "\x1b[31m", "'" * 999, "`" * 999, "<" * 9999, "/*",
     "#!x", "case 1:", "}" * 99, "@a " * 999 + "class X{}", "\u2028a", "switch (a) { case 1: }", "module.exports = {",
     "<a", "0x", "`${", "export", "import", "export default", "const {a:", "for (", "x?.", "class { [", "({get a",
     "import('", "1__0"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["a.ts", "a.tsx", "a.jsx"])
def test_strange_text_makes_nothing_raise(path: str, text: str) -> None:
    module = lower_typescript(path, text)
    assert all(1 <= span.line <= span.end_line <= len(module.lines) for span in module.broken)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, len(WHOLE)),
    st.integers(0, 40),
    st.text(alphabet="(){}[]<>`'\"$=;:,.?!&|@#/\\ \n\0aé\ud800", max_size=12),
)
def test_mutations_make_nothing_raise(at: int, removed: int, put: str) -> None:
    module = lower_typescript("a.tsx", WHOLE[:at] + put + WHOLE[at + removed :])
    assert all(1 <= span.line <= span.end_line <= len(module.lines) for span in module.broken)
    assert sum(1 for _ in ir.walk(module)) > 0


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(WHOLE)), st.sampled_from(["a.ts", "a.tsx", "a.js"]))
def test_truncations_make_nothing_raise(end: int, path: str) -> None:
    module = lower_typescript(path, WHOLE[:end])
    assert module.path == path
