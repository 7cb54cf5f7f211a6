"""Hiding secrets in what is shown: terminal, reports, caches, fingerprints."""

import re
from collections.abc import Iterator

from charter.scan.secrets import calls, looks, named, private_keys, provider_keys, urls
from charter.scan.secrets.formats import FORMATS
from charter.scan.secrets.named import Named
from charter.scan.secrets.view import View

HIDDEN = "[hidden]"

_STARTS = tuple(sorted({form.start for form in FORMATS}, key=len, reverse=True))
_KEY_BODY = re.compile(r"^([ \t]*[\"'+]?)[A-Za-z0-9+/]{56,}={0,2}(?=\\n|[\"'\s]|$)", re.MULTILINE)
_URL_PASSWORD = re.compile(r"(://[^\s:/@\"'<>]{0,80}:)([^\s/@\"'<>{}$]{3,120})(?=@)")


def hide(value: str) -> str:
    """What stands for a secret: the letters by which its service is known, and as many lines as it had."""
    if "PRIVATE KEY" in value:
        first, *others = value.split("\n")
        return "\n".join([first.split("\\n")[0][:40] + HIDDEN, *(HIDDEN for _ in others)])
    start = next((start for start in _STARTS if value.startswith(start)), "")
    return start + HIDDEN


def redact(text: str) -> str:
    """
    The text with every secret hidden; what is in doubt is hidden, for a report is read by more people than the code.

    It may be a few lines out of a file. Lines stay lines, and redacting twice changes nothing.
    """
    spans = sorted(_spans(text))
    pieces, at = [], 0
    for start, end in spans:
        if start >= at:
            pieces += [text[at:start], hide(text[start:end])]
            at = end
    shown = "".join(pieces) + text[at:]
    shown = _URL_PASSWORD.sub(lambda found: found[1] + HIDDEN, shown) if "://" in shown else shown
    return _KEY_BODY.sub(rf"\1{HIDDEN}", shown)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    code, config = View("shown", text), View("shown.env", text)
    for secret in (*private_keys.find(code), *provider_keys.find(code), *urls.find(code), *calls.find(code)):
        yield secret.start, secret.end
    for value in (*named.find(code), *named.find(config)):
        if _is_hidden(value):
            yield value.start, value.end


def _is_hidden(value: Named) -> bool:
    """Whether a value with a credential's name is hidden: all but names, numbers and what is put in later."""
    if HIDDEN in value.value or looks.is_interpolated(value.value) or looks.is_name(value.value):
        return False
    if value.meaning == "token" or value.link == "bare":
        return looks.is_random(value.value, 12) or looks.is_strong_password(value.value)
    return len(value.value) >= 4
