import json

import pytest

from charter.scan.secrets import find_secrets

from .made_up import Draw

draw = Draw(11)


@pytest.mark.parametrize("kind", ["RSA ", "EC ", "OPENSSH ", ""])
def test_found_with_its_body(kind: str) -> None:
    (finding,) = find_secrets("keys.py", f'KEY = """{draw.pem(kind)}"""\n')
    assert (finding.rule, finding.place.line, finding.severity) == ("secrets/private-key", 1, "critical")
    assert finding.place.end_line == 10


def test_service_account_in_json() -> None:
    account = {"type": "service_account", "private_key": draw.pem("") + "\n", "client_email": "a@b.iam"}
    (finding,) = find_secrets("account.json", json.dumps(account, indent=2))
    assert (finding.rule, finding.place.line) == ("secrets/private-key", 3)


def test_joined_strings_in_code() -> None:
    lines = "\n".join(f'    "{line}\\n"' for line in draw.pem().splitlines())
    assert [each.rule for each in find_secrets("k.py", f"KEY = (\n{lines}\n)\n")] == ["secrets/private-key"]


def test_encrypted_keys_are_less_severe() -> None:
    assert [each.severity for each in find_secrets("id.pem", draw.pem("ENCRYPTED "))] == ["medium"]


@pytest.mark.parametrize(
    "text",
    [
        'if text.startswith("-----BEGIN RSA PRIVATE KEY-----"):\n    load(text)\n',
        'KEY = "-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----"\n',
        "-----BEGIN RSA PRIVATE KEY-----\n" + ("A" * 64 + "\n") * 8 + "-----END RSA PRIVATE KEY-----\n",
    ],
)
def test_headers_and_stand_ins_are_no_keys(text: str) -> None:
    assert find_secrets("keys.py", text) == ()


def test_public_keys_are_no_secrets() -> None:
    assert find_secrets("keys.py", draw.pem("").replace("PRIVATE", "PUBLIC")) == ()


def test_keys_of_tests_are_left_alone() -> None:
    assert find_secrets("tests/data/server.pem", draw.pem()) == ()
