"""Passwords in addresses: ``postgresql://user:password@host/db``, and in the fields of connection strings."""

import re
from collections.abc import Iterator

from charter.scan.findings import Confidence, Severity
from charter.scan.secrets import looks
from charter.scan.secrets.secret import Secret
from charter.scan.secrets.view import View
from charter.scan.secrets.wordlist import words

RULE = "secrets/password-in-url"

_URL = re.compile(
    r"://(?P<user>[^\s:/@\"'`<>\\?#,;|]{0,80}):(?P<password>[^\s/@\"'`<>\\?#]{1,120})@(?P<host>\[?[\w.:-]{1,120}|\S{0,3})"
)
_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,40}$")
_FIELD = re.compile(
    r"(?i)(?:server|data source|host)\s*=[^\"'\n]{1,200}?(?:password|pwd)\s*=\s*(?P<password>[^;\s\"']{4,80})"
)
_LOCAL = re.compile(
    r"^(?:localhost|127\.|0\.0\.0\.0|\[?::1|host\.docker\.internal|example|.*\.example\b|.*example\.(?:com|org|net)"
    r"|.*\.(?:test|invalid|local|localhost)$|\W|\w*host(?:name)?(?::|$)|.*your|1\.2\.3\.4"
    r"|(?:server|ip|my\w*|proxy\w*|foo|bar|domain|user|addr\w*)(?::|$))",
    re.IGNORECASE,
)
_WORDS = words(
    "password passwd pass pwd secret user username name admin root guest test testing tester example token key "
    "apikey api_key access_token hunter2 tiger postgres postgresql mysql mongo mongodb redis rabbitmq default "
    "changeme foo bar baz pw p w x xx xxx pa55 pass123 password123 123 1234 12345 123456 docker dev app db oauth2 "
    "x-oauth-basic x-access-token passw0rd s3cret p@ss qwerty letmein minio minioadmin neo4j abc abc123"
)


def find(view: View) -> Iterator[Secret]:
    """Every password in an address or a connection string."""
    at = view.text.find("://")
    while at >= 0:
        found = _URL.match(view.text, at)
        if found is not None:
            secret = _in_url(view, found)
            if secret is not None:
                yield secret
        at = view.text.find("://", at + 3)
    for field in _fields(view):
        value = field["password"]
        if looks.is_strong_password(value) and not _is_stand_in(view, value, field.start("password")):
            yield Secret(*field.span("password"), RULE, "the password of a connection string", "high", "medium")


def _fields(view: View) -> Iterator[re.Match[str]]:
    """Connection strings of ``;``-separated fields; only lines with such a field are looked at."""
    for word in ("password=", "pwd="):
        at = view.lower.find(word)
        while at >= 0:
            start, end = view.line_at(at)
            found = (
                _FIELD.search(view.text, max(start, at - 240), min(end, at + 120))
                if view.text[at - 1] in "; "
                else None
            )
            if found is not None:
                yield found
            at = view.lower.find(word, at + len(word))


def _in_url(view: View, found: re.Match[str]) -> Secret | None:
    scheme = _SCHEME.search(view.text, max(0, found.start() - 42), found.start())
    if scheme is None:
        return None
    user, password, host = found["user"], found["password"], found["host"]
    if _is_stand_in(view, password, found.start()) or looks.is_interpolated(user) or "{" in user or "$" in user:
        return None
    drawn = looks.is_random(password, 10)
    cautious = (
        view.kind in ("prose", "sample")
        or view.in_comment(found.start())
        or (len(user) > 3 and looks.is_stand_in(user))
    )
    if not drawn and (cautious or _LOCAL.match(host) or password.lower() == user.lower()):
        return None
    strong = looks.is_strong_password(password)
    if not drawn and not strong and "." not in host:
        return None  # One word to reach another container: what everybody's compose file holds.
    return _secret(found, scheme.group(), "high" if (drawn or strong) and not cautious else "medium")


def _secret(found: re.Match[str], scheme: str, confidence: Confidence) -> Secret:
    severity: Severity = "critical" if confidence == "high" else "high"
    what = f"the password of a {scheme} address"
    return Secret(*found.span("password"), RULE, what, severity, confidence, "DATABASE_URL")


def _is_stand_in(view: View, password: str, at: int) -> bool:
    """Whether the password is put in at run time, stands for a real one, or is a word that everybody uses."""
    if view.is_test or view.kind == "lock" or re.search(r"[{}$%()\[\]*]", password) or view.is_marked(at, at):
        return True
    return password.lower() in _WORDS or looks.is_placeholder(password) or looks.is_name(password)
