import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.scan.secrets import find_secrets, redact

from .made_up import Draw

draw = Draw(29)
PIECES = [
    *(
        'password = "',
        "'",
        '"',
        "`",
        "\\",
        "://",
        "u:p@",
        "-----BEGIN ",
        "PRIVATE KEY-----",
        "eyJ",
        ".",
        "api_key",
        "=",
    ),
    *("sk-", "ghp_", "\n", "\r", "\0", "\u202e", "\u0130", "\ud800", "Bearer ", "os.getenv(", ",", ")", "{", "}", "${"),
    *("Abc1", ":", "=", "jwt.encode(", "Fernet(", "auth=(", ".login(", "password=", "; ", '"""', "#", "   "),
]
WRITTEN = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=30)), max_size=30)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=30)), max_size=30),
    st.sampled_from(["a.py", ".env", "a.ts"]),
)
def test_any_text_is_read_and_redaction_settles(pieces: list[str], path: str) -> None:
    text = "".join(pieces)
    for finding in find_secrets(path, text):
        assert 1 <= finding.place.line <= text.count("\n") + 1
        assert finding.fingerprint
    assert redact(redact(text)) == redact(text)
    assert redact(text).count("\n") == text.count("\n")


def test_places_are_right_beside_letters_that_grow_in_lower_case() -> None:
    grows = "\u0130"
    text = f'# {grows * 50}\nname = "{grows}{grows}"; api_key = "{draw(32)}"\n'
    (finding,) = find_secrets("app.py", text)
    line = text.splitlines()[1]
    assert line[: finding.place.column - 1].endswith('api_key = "')


@pytest.mark.parametrize(
    "piece", ['key="', "password: ", "://", "-----BEGIN RSA PRIVATE KEY-----", "eyJ.eyJ.", '"""', "jwt.encode("]
)
def test_nothing_but_beginnings(piece: str) -> None:
    assert isinstance(find_secrets("app.py", piece * (300_000 // len(piece))), tuple)


def test_many_secrets_in_one_line_are_all_found() -> None:
    fresh = Draw(5)
    keys = [fresh.openai() for _ in range(500)]
    found = find_secrets("keys.json", "[" + ", ".join(f'"{key}"' for key in keys) + "]")
    assert len(found) == len(keys)
    assert all(key not in finding.snippet for key, finding in zip(keys, found, strict=True))
