"""Private keys in PEM form: the header with a body behind it, not the header alone, which parsers hold."""

import re
from collections.abc import Iterator

from charter.scan.secrets import looks
from charter.scan.secrets.secret import Secret
from charter.scan.secrets.view import View

RULE = "secrets/private-key"

_HEADER = "PRIVATE KEY"
_BLOCK = re.compile(
    r"-----BEGIN (?P<kind>(?:[A-Z0-9]+ ){0,2})PRIVATE KEY(?: BLOCK)?-----"
    r"(?P<body>(?:[A-Za-z0-9+/=\s]|\\[nr]|[\"'`,+.:#>-](?!---)|[A-Z][\w-]+: [^\n]{1,80}){40,20000})"
    r"(?:-----END [A-Z0-9 ]{0,30}-----)?"
)
_VALUE_OPENS = re.compile(r"[=(,\[:]\s*[rbRBfF]{0,2}(?:\"\"\"|\'\'\')\s*$")
_LINE = re.compile(r"[A-Za-z0-9+/=]{24,}")


def find(view: View) -> Iterator[Secret]:
    """Every private key that a text holds."""
    at = view.text.find(_HEADER)
    while at >= 0:
        found = _BLOCK.match(view.text, max(0, view.text.rfind("-----BEGIN", 0, at)))
        if found and found.start() <= at < found.end() and _has_body(found["body"]):
            secret = _judge(view, found)
            if secret is not None:
                yield secret
        at = view.text.find(_HEADER, max(at + len(_HEADER), found.end() if found else 0))


def _has_body(body: str) -> bool:
    drawn = "".join(_LINE.findall(body.replace("\\n", "\n").replace("\\r", "\n")))
    return (
        len(drawn) >= 60 and looks.entropy(drawn[:400]) > 4 and "..." not in body and not looks.is_made_up(drawn[:64])
    )


def _judge(view: View, found: re.Match[str]) -> Secret | None:
    if view.is_test or view.is_marked(found.start(), found.start()):
        return None
    what = f"a private key ({found['kind'].strip() or 'PKCS 8'})"
    shown = view.in_comment(found.start()) and not _VALUE_OPENS.search(
        view.text, max(0, found.start() - 60), found.start()
    )
    quiet = shown or view.kind in ("prose", "sample", "lock")
    encrypted = "ENCRYPTED" in found["kind"] or "Proc-Type: 4,ENCRYPTED" in found["body"]
    if encrypted:
        return Secret(found.start(), found.end(), RULE, what + ", under a pass phrase", "medium", "medium")
    return Secret(found.start(), found.end(), RULE, what, "high" if quiet else "critical", "low" if quiet else "high")
