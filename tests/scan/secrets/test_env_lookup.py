import pytest

from charter.scan.secrets import find_secrets

from .made_up import Draw

draw = Draw(23)


def _fixed(path: str, text: str) -> str:
    (finding,) = find_secrets(path, text)
    lines = text.splitlines()
    for edit in finding.edits:
        line = lines[edit.place.line - 1]
        assert edit.place.line == edit.place.end_line
        lines[edit.place.line - 1] = line[: edit.place.column - 1] + edit.text + line[edit.place.end_column - 1 :]
    return "\n".join(lines)


def test_a_look_up_takes_the_literal_s_place() -> None:
    key = draw.openai()
    assert _fixed("a.py", f'import os\nclient = OpenAI(api_key="{key}")') == (
        'import os\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])'
    )
    assert _fixed("a.ts", f"const c = new OpenAI({{ apiKey: '{key}' }});") == (
        "const c = new OpenAI({ apiKey: process.env.OPENAI_API_KEY! });"
    )
    assert (
        _fixed("a.py", 'import os\nDB_PASSWORD = "Tr0ub4dor&3"') == 'import os\nDB_PASSWORD = os.environ["DB_PASSWORD"]'
    )


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", 'client = OpenAI(api_key="{}")'),
        ("a.py", 'import os\nos.environ["OPENAI_API_KEY"] = "{}"'),
        ("a.py", 'import os\nheaders = {{"Authorization": "Bearer {}"}}'),
        ("a.py", 'import os\nkey = "{}".strip()'),
        ("a.py", 'import os\n# api_key = "{}"'),
        (".env", "OPENAI_API_KEY={}"),
        ("a.tsx", "const c = new OpenAI({{ apiKey: '{}' }});"),
    ],
)
def test_nothing_is_offered_where_it_could_break_the_code(path: str, line: str) -> None:
    text = line.format(draw.openai())
    assert _fixed(path, text) == text
