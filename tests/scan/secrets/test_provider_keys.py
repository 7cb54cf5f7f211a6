import base64
import json

import pytest

from charter.scan.secrets import find_secrets

from .made_up import BASE64, HEX, LETTERS, UPPER32, WEB, Draw

draw = Draw()

KEYS = {
    "OpenAI": draw.openai(),
    "OpenAI project": draw.project_key(),
    "OpenAI service account": "sk-" + "svcacct-" + draw(120, WEB),
    "DeepSeek": "sk-" + draw(32, HEX),
    "Anthropic": "sk-" + "ant-api03-" + draw(93, WEB) + "AA",
    "OpenRouter": "sk-" + "or-v1-" + draw(64, HEX),
    "Groq": "gs" + "k_" + draw(52),
    "Hugging Face": "h" + "f_" + draw(34, LETTERS),
    "Replicate": "r" + "8_" + draw(37),
    "Pinecone": "pc" + "sk_" + draw(6) + "_" + draw(63),
    "LangSmith": "lsv" + "2_pt_" + draw(32, HEX) + "_" + draw(10, HEX),
    "NVIDIA": "nv" + "api-" + draw(64, WEB),
    "AWS": "AK" + "IA" + draw(16, UPPER32),
    "Google": "AI" + "za" + draw(35, WEB),
    "GitHub": draw.github(),
    "GitHub fine-grained": "github_" + "pat_" + draw(22) + "_" + draw(59),
    "GitLab": "gl" + "pat-" + draw(20, WEB),
    "Slack": "xo" + "xb-" + draw(12, "123456789") + "-" + draw(12, "123456789") + "-" + draw(24),
    "Stripe": "sk" + "_live_" + draw(24),
    "SendGrid": "S" + "G." + draw(22, WEB) + "." + draw(43, WEB),
    "Telegram": draw(10, "123456789") + ":A" + "A" + draw(33, WEB),
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("app.py", 'client = make("{}")'),
        ("app.ts", "const client = new Client({{ apiKey: '{}' }});"),
        (".env", "SOME_KEY={}"),
        ("config.yaml", "  key: {}  # ours"),
        ("app.py", "# used to be {}"),
    ],
)
def test_found_wherever_it_stands(key: str, path: str, line: str) -> None:
    text = "first\n" + line.format(key) + "\n"
    (finding,) = find_secrets(path, text)
    assert finding.rule == "secrets/provider-key"
    assert finding.category == "hardcoded-secret"
    assert finding.place.line == 2
    written = text.splitlines()[1][finding.place.column - 1 : finding.place.end_column - 1]
    assert written == key
    assert key[12:] not in finding.message + finding.snippet


def test_notebook() -> None:
    key = draw.openai()
    cell = {"cells": [{"source": ["import openai\n", f'openai.api_key = "{key}"\n', f"%env OPENAI_API_KEY={key}\n"]}]}
    found = find_secrets("a.ipynb", json.dumps(cell, indent=1))
    assert [finding.place.line for finding in found] == [6, 7]


def test_key_after_an_escaped_line_break_is_found() -> None:
    assert find_secrets("a.json", '{"text": "the key is\\n' + draw.openai() + '"}')


@pytest.mark.parametrize(
    "value",
    [
        "sk-" + "x" * 48,
        "sk-...",
        "sk-your-api-key-here",
        "sk-1234567890abcdef1234567890abcdef1234567890abcdef",
        "sk-abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl",
        "sk-" + "ab12" * 12,
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "hf_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "sk-fading-circle-with-many-dots-and-more",
        "sk-ant-api03-your-key-goes-here-your-key-goes-here-your-key-goes-here-your-key-goes-here-AA",
    ],
)
def test_made_up_keys_are_none(value: str) -> None:
    assert find_secrets("app.py", f'api_key = "{value}"\n') == ()


def test_a_key_does_not_begin_inside_a_word() -> None:
    assert find_secrets("app.py", f'job = "ta{draw.openai()}"\n') == ()


def test_a_wrong_check_lowers_the_confidence_and_clears_a_test() -> None:
    key = draw.github()
    wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
    assert [finding.confidence for finding in find_secrets("app.py", f'x = "{key}"')] == ["high"]
    assert [finding.confidence for finding in find_secrets("app.py", f'x = "{wrong}"')] == ["medium"]
    assert find_secrets("tests/test_app.py", f'x = "{wrong}"') == ()
    assert find_secrets("tests/test_app.py", f'x = "{key}"')


@pytest.mark.parametrize(
    "line",
    [
        'key = "{}"  # fake, for the docs',
        'key = "{}"  # pragma: allowlist secret',
        '# a made-up key\nkey = "{}"',
        'key = "{}"  # gitleaks:allow',
    ],
)
def test_what_is_marked_as_made_up_is_left_alone(line: str) -> None:
    assert find_secrets("app.py", line.format(draw.openai())) == ()


def test_fixtures_are_left_alone_and_tests_are_less_sure() -> None:
    line = f'key = "{draw.openai()}"\n'
    assert find_secrets("tests/fixtures/keys.py", line) == ()
    assert [finding.severity for finding in find_secrets("tests/test_keys.py", line)] == ["high"]
    assert [finding.severity for finding in find_secrets("keys.py", line)] == ["critical"]


def test_public_keys_of_web_apps_are_no_secrets() -> None:
    key = "AI" + "za" + draw(35, WEB)
    config = f'const firebaseConfig = {{ apiKey: "{key}", authDomain: "shop.firebaseapp.com" }};\n'
    assert find_secrets("app.ts", config) == ()
    assert find_secrets("app.ts", f'const pk = "pk_live_{draw(24)}";\n') == ()


def _token(claims: dict[str, str]) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "HS256"}, claims)
    ]
    return ".".join([*parts, draw(43, WEB)])


def test_tokens_by_what_they_claim() -> None:
    def found(claims: dict[str, str]) -> list[str]:
        return [each.severity for each in find_secrets("db.ts", f'createClient(url, "{_token(claims)}")')]

    assert found({"role": "service_role"}) == ["critical"]
    assert found({"sub": "alice"}) == ["high"]
    assert found({"role": "anon"}) == []
    assert found({"sub": "1234567890", "name": "John Doe"}) == []


def test_twilio_token_by_its_account() -> None:
    token = draw(32, HEX)
    text = f'from twilio.rest import Client\nclient = Client("AC{draw(32, HEX)}", "{token}")\n'
    (finding,) = find_secrets("sms.py", text)
    assert finding.place.line == 2
    assert token not in finding.snippet


def test_images_and_hashes_hold_no_keys() -> None:
    image = '"image/png": "' + draw(40_000, BASE64) + '"\n'
    lock = '"integrity": "sha512-' + draw(86, BASE64) + '=="\n'
    commit = f'COMMIT = "{draw(40, HEX)}"\nrequest_id = "{draw.uuid()}"\n'
    assert find_secrets("a.ipynb", image) == ()
    assert find_secrets("package-lock.json", lock) == ()
    assert find_secrets("version.py", commit) == ()
