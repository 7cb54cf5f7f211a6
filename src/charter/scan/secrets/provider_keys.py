"""Keys of known services, found by their shape wherever they stand: in code, comments, notebooks, prose."""

import base64
import binascii
import json
import re
from collections.abc import Iterator

from charter.scan.findings import Confidence, Severity
from charter.scan.secrets import looks
from charter.scan.secrets.formats import FORMATS, Format, crc_agrees
from charter.scan.secrets.secret import Secret
from charter.scan.secrets.view import View

RULE = "secrets/provider-key"

_BY_START: dict[str, list[Format]] = {}
for _each in FORMATS:
    _BY_START.setdefault(_each.start, []).append(_each)

_TELEGRAM = re.compile(r"(?<![\w:-])\d{8,10}:AA[\w-]{32,33}(?![\w-])")
_DISCORD = re.compile(r"(?<![\w.-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,38}(?![\w.-])")
_TWILIO = re.compile(r"AC[0-9a-f]{32}[\"'\s,;)]{1,4}.{0,120}?(?<![0-9a-zA-Z])([0-9a-f]{32})(?![0-9a-zA-Z])", re.DOTALL)
_JWT = re.compile(r"(?<![\w.-])eyJ[\w-]{10,1000}\.eyJ[\w-]{10,3000}\.[\w-]{20,700}(?![\w-])")
_FIREBASE = ("authdomain", "firebaseapp.com", "firebaseconfig", "messagingsenderid")


def find(view: View) -> Iterator[Secret]:
    """Every key of a known shape in a text."""
    for start, formats in _BY_START.items():
        at = view.text.find(start)
        while at >= 0:
            secret = _key_at(view, at, formats) if _begins(view.text, at) else None
            if secret is not None:
                yield secret
            at = view.text.find(start, secret.end if secret else at + len(start))
    yield from _without_start(view)


def _begins(text: str, at: int) -> bool:
    """Whether a key may begin here: not in the middle of a word, an escape such as ``\\n`` aside."""
    if at == 0:
        return True
    before = text[at - 1]
    if not (before.isalnum() or before in "_-+"):
        return True
    return before in "ntr" and at > 1 and text[at - 2] == "\\"


def _key_at(view: View, at: int, formats: list[Format]) -> Secret | None:
    for form in formats:
        found = form.rest.match(view.text, at + len(form.start))
        if found is None:
            continue
        verdict = _judge(view, form, at, found.end())
        if verdict is not None:
            severity, confidence = verdict
            return Secret(at, found.end(), RULE, form.what, severity, confidence, form.env)
    return None


def _judge(view: View, form: Format, start: int, end: int) -> tuple[Severity, Confidence] | None:
    """How bad it is and how sure we are; None where the key is made up."""
    key = view.text[start:end]
    body = key[len(form.start) :]
    if not _looks_drawn(body) or view.is_marked(start, end):
        return None
    if form.start == "AIza" and any(word in view.around(start, end) for word in _FIREBASE):
        return None  # A web app's Firebase key names the project; its rules, not the key, protect it.
    if form.check == "crc" and not crc_agrees(key):
        return None if view.is_test or view.kind == "prose" else (form.severity, "medium")
    if view.is_fixture:
        return None
    if view.is_test or view.kind in ("prose", "sample", "lock"):
        return ("high" if form.severity == "critical" else form.severity), "medium"
    return form.severity, "high"


def _looks_drawn(body: str) -> bool:
    """Whether the variable part is drawn at random rather than typed in as an example."""
    if looks.is_placeholder(body):
        return False
    longest = max(re.split(r"[^A-Za-z0-9+/=]", body), key=len)
    if len(longest) < 10 and len(body) < 30:
        return False
    letters = re.sub(r"[^A-Za-z0-9]", "", body)
    if len(letters) < 14 or looks.entropy(letters) < 2.7:
        return False
    spoken = sum(len(word) for word in looks.words_in(body) if len(word) > 4)
    return spoken * 5 < len(letters) * 3


def _without_start(view: View) -> Iterator[Secret]:
    """Keys that are known by their middle or by what stands before them."""
    text = view.text
    if ":AA" in text:
        yield from _plain(view, _TELEGRAM, "a Telegram bot token", "TELEGRAM_BOT_TOKEN", skip=11)
    if "iscord" in text or "DISCORD" in text:
        yield from _plain(view, _DISCORD, "a Discord bot token", "DISCORD_TOKEN")
    if "AC" in text and "wilio" in view.lower:
        yield from _plain(view, _TWILIO, "a Twilio auth token", "TWILIO_AUTH_TOKEN", group=1)
    if ".eyJ" in text:
        yield from _tokens(view)


def _plain(
    view: View, pattern: re.Pattern[str], what: str, env: str, *, skip: int = 0, group: int = 0
) -> Iterator[Secret]:
    for found in pattern.finditer(view.text):
        start, end = found.span(group)
        if view.is_fixture or view.is_marked(start, end) or not _looks_drawn(view.text[start + skip : end]):
            continue
        quiet = view.is_test or view.kind in ("prose", "sample", "lock")
        yield Secret(start, end, RULE, what, "high" if quiet else "critical", "medium" if quiet else "high", env)


def _tokens(view: View) -> Iterator[Secret]:
    """Signed tokens: those that open a service for everybody, not a page's examples, and no public ones."""
    for found in _JWT.finditer(view.text):
        if view.is_test or view.kind in ("prose", "sample", "lock") or view.is_marked(*found.span()):
            continue
        claims = _claims(found.group())
        if claims is None or claims.get("role") == "anon" or claims.get("sub") == "1234567890":
            continue
        role = str(claims.get("role", ""))
        severity: Severity = "critical" if role == "service_role" else "high"
        confidence: Confidence = "high" if role == "service_role" else "medium"
        yield Secret(*found.span(), RULE, "a signed access token (JWT)", severity, confidence, "ACCESS_TOKEN")


def _claims(token: str) -> dict[str, object] | None:
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None
