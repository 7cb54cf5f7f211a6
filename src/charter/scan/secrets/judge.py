"""Whether a value given to a credential name is a credential, and how sure that is."""

import re

from charter.scan.findings import Confidence, Severity
from charter.scan.secrets import looks, names
from charter.scan.secrets.named import Named
from charter.scan.secrets.secret import Secret
from charter.scan.secrets.view import View
from charter.scan.secrets.wordlist import words

CREDENTIAL, PASSWORD, SIGNING = "secrets/hardcoded-credential", "secrets/hardcoded-password", "secrets/signing-key"

_SCHEME = re.compile(r"^(?:Bearer|Basic|Token|Bot|ApiKey|Api-Key|Key)\s+", re.IGNORECASE)
_CONNECTS = re.compile(
    r"connect\(|create_engine|mongoclient|redis\(|pool\(|createpool|createconnection|createclient|graphdatabase|basic_auth"
    r"|sessionmaker|login\(|paramiko|imaplib|smtplib|psycopg|pymysql|mysql\.connector|pyodbc|database\.url|url\.create"
)
_HAS_HOST = re.compile(r"[\"']?(?:host|hostname|server|dbname|database|db_host|db_user|db_name)[\"']?\s*[:=]")
_COMMON = words("password passwd pass secret test tests none null true false string str text user changeme")
_CREDENTIAL_UUIDS = re.compile(r"pinecone|heroku|tavily|exa_|deepl|mapbox|_key_id")
_ALGORITHM = re.compile(r"^(?:hs|rs|es|ps)\d{3}$|^(?:sha|md)-?\d+$", re.IGNORECASE)
_PASSWORD_HASH = re.compile(r"\$\w+\$|pbkdf2|\{SSHA|scrypt:|sha\d+[$:]")
_SLUG = re.compile(r"[-_ ]")


def judge(view: View, named: Named) -> Secret | None:
    """The secret in a named value, or None where there is none."""
    if _is_elsewhere(view, named) or _put_in_later(named) or view.is_marked(named.name_start, named.end):
        return None
    match named.meaning:
        case "header":
            return _header(named)
        case "password":
            return _password(view, named)
        case "signing":
            return _signing(view, named)
        case "key" | "token":
            return _key(view, named)


def _is_elsewhere(view: View, named: Named) -> bool:
    """Tests, prose and lock files hold examples; minified code has its words in its strings."""
    if view.is_test or view.kind in ("lock", "prose"):
        return True
    return named.meaning in ("password", "signing") and view.is_packed(named.start)


def _put_in_later(named: Named) -> bool:
    if named.interpolated and re.search(r"\$?\{", named.value):
        return True
    return looks.is_interpolated(named.value) and not (
        named.meaning == "signing" and named.link != "bare" and "<" in named.value
    )


def _secret(
    named: Named, rule: str, what: str, severity: Severity, confidence: Confidence, *, start: int | None = None
) -> Secret:
    env = "_".join(names.parts(named.name)).upper()
    begins = named.start if start is None else start
    return Secret(begins, named.end, rule, f"{what} '{named.name}'", severity, confidence, env)


def _header(named: Named) -> Secret | None:
    """``Authorization: Bearer ...``: the scheme is taken off before the rest is looked at."""
    scheme = _SCHEME.match(named.value)
    value = named.value[scheme.end() :] if scheme else named.value
    if looks.is_placeholder(value) or not (looks.is_random(value) or (scheme and _is_basic(value))):
        return None
    return _secret(named, CREDENTIAL, "a credential in the header", "high", "medium", start=named.end - len(value))


def _is_basic(value: str) -> bool:
    """Base64 of ``user:password``: short, but of mixed case throughout."""
    return len(value) >= 12 and re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", value) is not None and not looks.words_in(value)


def _key(view: View, named: Named) -> Secret | None:
    """What a service gives out looks drawn at random, or it would open nothing."""
    value = named.value
    weak_name = named.meaning == "token"
    if value.startswith("AIza") and len(value) == 39:
        return None  # Of a known shape, and judged by it.
    if looks.is_placeholder(value) or looks.is_name(value) or _ALGORITHM.match(value):
        return None
    if looks.is_uuid(value):
        near = view.around(named.name_start, named.end, 200)
        if weak_name or not _CREDENTIAL_UUIDS.search(near):
            return None
    elif not looks.is_random(value, 24 if weak_name else 20 if looks.is_hex(value) else 16):
        return None
    if weak_name and view.in_comment(named.name_start):
        return None
    return _secret(named, CREDENTIAL, "the credential", "high", "medium" if not weak_name else "low")


def _password(view: View, named: Named) -> Secret | None:
    """A made password anywhere in code; a plain word only where a connection is opened with it."""
    value = named.value
    if view.kind == "sample" or view.in_comment(named.name_start) or looks.is_name(value) or _hashed(value):
        return None
    if looks.is_strong_password(value):
        return _secret(named, PASSWORD, "the password", "high", "medium")
    if named.link in ("compared", "bare") or not _is_used_word(value) or not _connects(view, named):
        return None
    return _secret(named, PASSWORD, "the password", "medium", "low" if named.link == "colon" else "medium")


def _is_used_word(value: str) -> bool:
    """A word that is a password in use, though not a good one."""
    if value.lower() in _COMMON or looks.is_stand_in(value):
        return False
    return re.fullmatch(r"[A-Za-z0-9!@#$%^&*._-]{3,40}", value) is not None


def _connects(view: View, named: Named) -> bool:
    near = view.around(named.name_start, named.end, 160)
    return bool(_CONNECTS.search(near) or _HAS_HOST.search(near))


def _hashed(value: str) -> bool:
    """A password's hash (bcrypt, argon2, pbkdf2, crypt), a digest or an id, not the password."""
    digest = looks.is_hex(value) and len(value) in (32, 40, 64, 96, 128)
    return digest or looks.is_uuid(value) or _PASSWORD_HASH.match(value) is not None


def _signing(view: View, named: Named) -> Secret | None:
    """Whoever knows it can sign as the application, so that a word is as bad as a drawn key, and easier to guess."""
    value = named.value
    near = view.around(named.name_start, named.end, 120)
    if "access_key" in near or "accesskey" in near:
        return _key(view, named)
    if (looks.is_uuid(value) and named.link == "colon") or _ALGORITHM.match(value) or view.in_comment(named.name_start):
        return None
    if looks.is_random(value, 12) and not looks.is_placeholder(value):
        return None if view.kind == "sample" else _secret(named, SIGNING, "the signing key", "high", "medium")
    return _signing_word(view, named)


def _signing_word(view: View, named: Named) -> Secret | None:
    """A word in code; where it says that a real one is to take its place, it still signs until that is done."""
    value = named.value
    same = looks.is_name(value) and named.name.lower() == _SLUG.sub("_", value.lower())
    if view.kind != "code" or same or not _is_used(named):
        return None
    if not looks.is_stand_in(value) and not looks.is_interpolated(value):
        return _secret(named, SIGNING, "the signing key", "high", "medium")
    if names.is_surely_signing(named.name, view.before(named.name_start)):
        return _secret(named, SIGNING, "a stand-in for the signing key", "medium", "low")
    return None


def _is_used(named: Named) -> bool:
    """Whether a word given to the name signs anything: it is assigned, passed or a default, not a label."""
    value = named.value
    if named.link == "compared" or len(value) < 3 or re.match(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$", value):
        return False
    if named.link == "colon":
        return len(_SLUG.findall(value)) >= 2 and " " not in value and not looks.is_name(value)
    return not re.search(r"[/\\]|\.\w+$|^--?\w", value) and len(value) <= 200
