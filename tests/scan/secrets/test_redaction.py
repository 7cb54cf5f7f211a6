import pytest

from charter.scan.secrets import find_secrets, redact

from .made_up import HEX, Draw
from .test_named import CREDENTIALS, PASSWORDS, SIGNING

draw = Draw(19)


@pytest.mark.parametrize(("path", "text"), [*CREDENTIALS, *PASSWORDS, *SIGNING])
def test_nothing_found_is_shown(path: str, text: str) -> None:
    for finding in find_secrets(path, text):
        line = text.splitlines()[finding.place.line - 1]
        secret = line[finding.place.column - 1 : finding.place.end_column - 1]
        assert secret not in finding.message
        assert secret not in finding.snippet
        assert secret not in redact(text)
        assert redact(finding.snippet) == finding.snippet
    assert redact(redact(text)) == redact(text)


def test_lines_stay_lines() -> None:
    text = f'one\nKEY = """{draw.pem()}"""\nlast = "{draw.openai()}"\n'
    shown = redact(text)
    assert shown.count("\n") == text.count("\n")
    assert not any(line in shown for line in draw.pem().splitlines()[1:-1])
    assert shown.splitlines()[-1] == 'last = "sk-[hidden]"'


def test_the_middle_of_a_private_key_is_hidden() -> None:
    body = "\n".join(draw.pem().splitlines()[3:6])
    assert redact(body) == "[hidden]\n[hidden]\n[hidden]"


def test_addresses_keep_all_but_the_password() -> None:
    assert redact("postgresql://app:wonderland@db/app") == "postgresql://app:[hidden]@db/app"


@pytest.mark.parametrize(
    "text",
    [
        'api_key = os.environ["OPENAI_API_KEY"]',
        "for token in tokens:",
        "def ask(question: str, api_key: str) -> str:",
        'url = f"postgresql://{user}:{password}@{host}"',
        "",
    ],
)
def test_the_rest_is_shown_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_the_fingerprint_does_not_hang_on_the_secret_or_the_line() -> None:
    def fingerprint(text: str) -> str:
        return find_secrets("app.py", text)[0].fingerprint

    first = fingerprint(f'api_key = "{draw(32, HEX)}"\n')
    assert fingerprint(f'\n\napi_key =  "{draw(32, HEX)}"\n') == first
    assert fingerprint(f'other_key, api_key = "{draw(32, HEX)}"\n') != first


def test_the_snippet_of_an_endless_line_is_short() -> None:
    filler = "x = 1; " * 2000
    (finding,) = find_secrets("app.py", f'{filler}key = "{draw.openai()}"; {filler}')
    assert len(finding.snippet) < 500
