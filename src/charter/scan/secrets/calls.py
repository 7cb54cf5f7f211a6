"""Secrets that stand in a call without a name: ``jwt.encode(claims, "secret")``, ``Client("key")``."""

import re
from collections.abc import Iterator

from charter.scan.secrets import judge, looks
from charter.scan.secrets.secret import Secret
from charter.scan.secrets.view import View

_QUOTED = r"[bB]?(?P<quote>[\"'`])(?P<value>[^\"'`\n]{3,300})(?P=quote)"
_SIGNING_CALLS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("jwt.encode(", re.compile(r"[^()\n]{1,80}(?:\([^()\n]{0,80}\))?[^()\n]{0,40},\s*" + _QUOTED + r"\s*[,)]")),
    ("jwt.decode(", re.compile(r"[^()\n,]{1,80},\s*" + _QUOTED + r"\s*[,)]")),
    ("jwt.sign(", re.compile(r"(?:\{[^{}]{0,300}\}|[^()\n,{}]{1,80}),\s*" + _QUOTED + r"\s*[,)]")),
    ("jwt.verify(", re.compile(r"[^()\n,]{1,80},\s*" + _QUOTED + r"\s*[,)]")),
    ("Fernet(", re.compile(r"\s*" + _QUOTED + r"\s*\)")),
    ("hmac.new(", re.compile(r"\s*" + _QUOTED + r"\s*,")),
    ("createHmac(", re.compile(r"\s*[\"'`]\w+[\"'`],\s*" + _QUOTED + r"\s*\)")),
    ("AES.new(", re.compile(r"\s*" + _QUOTED + r"\s*,")),
    ("session({", re.compile(r"[^{}]{0,200}?\bsecret:\s*" + _QUOTED)),
    ("expressjwt({", re.compile(r"[^{}]{0,200}?\bsecret:\s*" + _QUOTED)),
    ("cookieParser(", re.compile(r"\s*" + _QUOTED + r"\s*\)")),
)
_KEY_VARIABLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("jwt.encode(", re.compile(r"[^()\n,]{1,80},\s*(?P<name>\w+)\s*[,)]")),
    ("jwt.decode(", re.compile(r"[^()\n,]{1,80},\s*(?P<name>\w+)\s*[,)]")),
    ("jwt.sign(", re.compile(r"(?:\{[^{}]{0,300}\}|[^()\n,{}]{1,80}),\s*(?P<name>\w+)\s*[,)]")),
    ("jwt.verify(", re.compile(r"[^()\n,]{1,80},\s*(?P<name>\w+)\s*[,)]")),
    ("Fernet(", re.compile(r"\s*(?P<name>\w+)\s*\)")),
    ("hmac.new(", re.compile(r"\s*(?P<name>\w+)(?:\.encode\([^()]*\))?\s*,")),
    ("AES.new(", re.compile(r"\s*(?P<name>\w+)(?:\.encode\([^()]*\))?\s*,")),
    ("createHmac(", re.compile(r"\s*[\"'`]\w+[\"'`],\s*(?P<name>\w+)\s*\)")),
)
_ENCODED = re.compile(r"\s*" + _QUOTED + r"\s*\)")
_LOGIN = re.compile(r"\s*[\w.@+\"'-]{1,80}\s*,\s*" + _QUOTED + r"\s*\)")
_BASIC = re.compile(r"\s*[\"'][\w.@+-]{1,80}[\"']\s*,\s*" + _QUOTED + r"\s*,?\s*\)")
_CLIENT = re.compile(
    r"(?:Client(?:V2)?|API|Api|SDK|OpenAI|Anthropic|Mistral|Cohere|Groq|Pinecone|Translator|Search|login|set_api_key|setApiKey"
    r"|configure|from_api_key|init)\(\s*(?:key\s*=\s*)?[\"'](?P<value>[A-Za-z0-9_.:+/=-]{28,200})[\"']\s*[,)]"
)
_CLIENT_ENDS = (
    "lient(",
    "PI(",
    "pi(",
    "AI(",
    "thropic(",
    "istral(",
    "ohere(",
    "roq(",
    "ranslator(",
    "login(",
    "_key(",
    "Key(",
)


def find(view: View) -> Iterator[Secret]:
    """Every literal that such a call takes as its secret."""
    if view.is_test or view.kind != "code":
        return
    for call, pattern in _SIGNING_CALLS:
        for found in _after(view, call, pattern):
            if not _is_harmless(view, found):
                yield _signing(found)
    yield from _variables(view)
    yield from _encoded(view)
    yield from _logins(view)
    if any(end in view.text for end in _CLIENT_ENDS):
        yield from _clients(view)


def _after(view: View, call: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The places where a pattern follows a call's opening; a plain search finds the call."""
    at = view.text.find(call)
    while at >= 0:
        found = pattern.match(view.text, at + len(call))
        if found is not None:
            yield found
        at = view.text.find(call, at + len(call))


def _variables(view: View) -> Iterator[Secret]:
    """The literal that a variable holds with which a call signs, where the file itself gives it one."""
    names = {found["name"] for call, pattern in _KEY_VARIABLES for found in _after(view, call, pattern)}
    for name in sorted(names):
        given = re.compile(
            rf"^[ \t]*(?:(?:export )?(?:const|let|var) )?{name}\s*(?::\s*\w+\s*)?=\s*{_QUOTED}", re.MULTILINE
        )
        for found in given.finditer(view.text):
            if not _is_harmless(view, found):
                yield _signing(found)


def _encoded(view: View) -> Iterator[Secret]:
    """``new TextEncoder().encode("...")`` where the line says that it is a secret."""
    for found in _after(view, "TextEncoder().encode(", _ENCODED):
        if re.search(r"secret|key", view.before(found.start()), re.IGNORECASE) and not _is_harmless(view, found):
            yield _signing(found)


def _logins(view: View) -> Iterator[Secret]:
    """A password as the second argument of ``login(...)``, and of the pair ``auth=("user", "...")``."""
    for call, pattern in ((".login(", _LOGIN), ("auth=(", _BASIC), ("basic_auth(", _BASIC)):
        for found in _after(view, call, pattern):
            value = found["value"]
            strong = looks.is_strong_password(value) or looks.is_random(value, 10)
            drawn = re.fullmatch(r"[a-z]{4}( ?[a-z]{4}){3}", value) is not None
            if (strong or drawn) and not looks.is_stand_in(value) and not _is_harmless(view, found):
                yield Secret(
                    *found.span("value"), judge.PASSWORD, "the password of a login", "high", "medium", "PASSWORD"
                )


def _is_harmless(view: View, found: re.Match[str]) -> bool:
    value = found["value"]
    if looks.is_interpolated(value) or (looks.is_name(value) and "_" in value and value.isupper()):
        return True
    return view.is_marked(*found.span("value")) or view.in_comment(found.start("value"))


def _signing(found: re.Match[str]) -> Secret:
    where = found.span("value")
    if looks.is_placeholder(found["value"]):
        what = "a stand-in for the signing key of a call"
        return Secret(*where, judge.SIGNING, what, "medium", "low", "SECRET_KEY")
    return Secret(*where, judge.SIGNING, "the signing key of a call", "high", "medium", "SECRET_KEY")


def _clients(view: View) -> Iterator[Secret]:
    """A client's first argument that looks drawn at random is its key."""
    for end in _CLIENT_ENDS:
        at = view.text.find(end)
        while at >= 0:
            found = _CLIENT.search(view.text, max(0, at - 16), at + 240)
            if found is not None and _opens(view, found):
                yield Secret(
                    *found.span("value"),
                    judge.CREDENTIAL,
                    "the key that a client is made with",
                    "high",
                    "medium",
                    "API_KEY",
                )
            at = view.text.find(end, at + len(end))


def _opens(view: View, found: re.Match[str]) -> bool:
    value = found["value"]
    if re.match(r"AC[0-9a-f]{32}$", value):
        return False  # Twilio's account: a name, not a key.
    if looks.is_placeholder(value) or looks.is_uuid(value) or not looks.is_random(value, 28):
        return False
    return not view.is_marked(*found.span("value")) and not view.in_comment(found.start())
