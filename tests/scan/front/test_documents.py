"""Configuration with the line of every key and item."""

import pytest

from charter.scan.front.documents import DocumentError, read_document


def test_json_as_it_is_written_by_hand() -> None:
    text = """// servers
{
  "mcpServers": {
    'shell': {"command": "bash", args: ["-c", 'run \\'x\\'',],}, /* all
    of them */
  },
  "n": -1.5, "on": true, "off": null # the end
}"""
    document = read_document(".mcp.json", text)
    assert document.data == {
        "mcpServers": {"shell": {"command": "bash", "args": ["-c", "run \\'x\\'"]}},
        "n": -1.5,
        "on": True,
        "off": None,
    }
    assert document.lines["mcpServers",] == 3
    assert document.lines["mcpServers", "shell", "args", 1] == 4
    assert document.lines["off",] == 7


def test_json_escapes() -> None:
    assert read_document("a.json", r'{"a": "\u00e9\n\"x\""}').data == {"a": 'é\n"x"'}


def test_json_lines_are_a_list() -> None:
    document = read_document("a.json", '{"a": 1}\n{"b": 2}\n')
    assert document.data == [{"a": 1}, {"b": 2}]
    assert document.lines[1, "b"] == 2


def test_yaml_with_tags_aliases_and_merges() -> None:
    text = """
base: &base
  role: !Ref Agent
  tools: [shell, yes, 1_000, .5, "no"]
agent:
  <<: *base
  role: other
same: *base
"""
    document = read_document("agents.yaml", text)
    base = {"role": "Agent", "tools": ["shell", True, 1000, 0.5, "no"]}
    assert document.data == {"base": base, "agent": {"role": "other", "tools": base["tools"]}, "same": base}
    assert document.lines["base", "tools", 2] == 4
    assert document.lines["agent", "role"] == 7
    assert document.lines["same", "tools", 0] == 8


def test_yaml_of_several_documents_is_a_list() -> None:
    document = read_document("a.yml", "a: 1\n---\nb:\n  - c\n")
    assert document.data == [{"a": 1}, {"b": ["c"]}]
    assert document.lines[1, "b", 0] == 4


def test_yaml_makes_no_object() -> None:
    assert read_document("a.yaml", "!!python/object/apply:os.system ['true']").data == ["true"]


def test_toml() -> None:
    text = "a.b = 1\n[tool.x]\nlist = [\n  1,\n]\n[[server]]\nname = 'one'\n[[server]]\n'na me' = 'two'\n"
    text += "[server.env]\nK = 1"
    document = read_document("charter.toml", text)
    assert document.data["server"][1] == {"na me": "two", "env": {"K": 1}}
    assert document.lines["a", "b"] == 1
    assert document.lines["tool", "x", "list"] == 3
    assert document.lines["server", 0, "name"] == 7
    assert document.lines["server", 1, "na me"] == 9
    assert document.lines["server", 1, "env", "K"] == 11


def test_every_way_has_a_line() -> None:
    for path, text in (
        ("a.toml", "x = [[1], {y = 2}]"),
        ("a.yaml", "a: &a {b: [1]}\nc: [*a, *a]"),
        ("a.json", "[[{}]]"),
    ):
        document = read_document(path, text)
        waiting: list[tuple[tuple[str | int, ...], object]] = [((), document.data)]
        while waiting:
            way, value = waiting.pop()
            assert document.lines[way] >= 1
            if isinstance(value, dict | list):
                items = value.items() if isinstance(value, dict) else enumerate(value)
                waiting += [((*way, key), inner) for key, inner in items]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.json", '{\n"a": "b', 2),
        ("a.json", "{\n]", 2),
        ("a.json", "[1,\n2", 2),
        ("a.json", "", 1),
        ("a.json", "\n" + "[" * 50_000, 2),
        ("a.yaml", "a: 1\n\tb: 2", 2),
        ("a.yaml", "[" * 50_000, 1),
        ("a.yaml", "a: *b", 1),
        ("a.yaml", "\0", 1),
        ("a.toml", "a = 1\nb = ", 2),
        ("a.toml", "a = " + "[" * 50_000, 1),
    ],
)
def test_what_cannot_be_read_says_where(path: str, text: str, line: int) -> None:
    if text == "a: *b":  # an alias of nothing is nothing
        assert read_document(path, text).data == {"a": None}
        return
    with pytest.raises(DocumentError) as caught:
        read_document(path, text)
    assert caught.value.line == line
    assert "\n" not in str(caught.value)


def test_aliases_of_aliases_are_bounded() -> None:
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in range(9):
        text += f"a{level + 1}: &a{level + 1} [{', '.join([f'*a{level}'] * 10)}]\n"
    with pytest.raises(DocumentError, match="values"):
        read_document("a.yaml", text)
