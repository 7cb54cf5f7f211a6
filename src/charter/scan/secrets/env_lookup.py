"""The look-up in the environment that can stand where a secret stands: what ``--fix`` writes."""

import re

from charter.scan.secrets.secret import Secret
from charter.scan.secrets.view import View

_IMPORTS_OS = re.compile(r"^import os\b(?!\.)", re.MULTILINE)
_ASSIGNS_ENVIRON = re.compile(
    r"(?:environ\s*\[[^\]]*\]\s*=|setdefault\(.*,|getenv\(.*,|environ\.get\(.*,|process\.env\.\w+\s*=)\s*$"
)
_USABLE = re.compile(r"^[A-Z][A-Z0-9_]{2,60}$")
_MAY_FOLLOW = re.compile(r"\s*(?:[,)\]};#]|//|$)")
_MAY_PRECEDE = re.compile(r"(?:[=(,\[:]|=>)\s*$")


def lookup(view: View, secret: Secret) -> tuple[int, int, str] | None:
    """
    Where the literal stands and what to write there, or None where that could break the code.

    Only a literal that is the secret and nothing else is replaced; in Python, only where ``os`` is imported already.
    """
    start, end = secret.start - 1, secret.end + 1
    text = view.text
    if start < 0 or end > len(text) or not _USABLE.match(secret.env):
        return None
    if text[start] not in "\"'" or text[end - 1] != text[start] or "\n" in text[start:end]:
        return None
    before = view.before(start, 200)
    if not _MAY_PRECEDE.search(before) or _ASSIGNS_ENVIRON.search(before) or view.in_comment(start):
        return None
    if not _MAY_FOLLOW.match(text, end, view.line_at(end)[1]):
        return None
    return _written(view, secret, start, end)


def _written(view: View, secret: Secret, start: int, end: int) -> tuple[int, int, str] | None:
    if view.path.endswith(".py") and _IMPORTS_OS.search(view.text):
        return start, end, f'os.environ["{secret.env}"]'
    if view.path.endswith((".js", ".mjs", ".cjs")):
        return start, end, f"process.env.{secret.env}"
    if view.path.endswith((".ts", ".mts", ".cts")):
        return start, end, f"process.env.{secret.env}!"
    return None
