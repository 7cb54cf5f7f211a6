"""What a value looks like: drawn at random, put together from words, or standing in for a value to come."""

import math
import re
from collections import Counter
from itertools import pairwise

from charter.scan.secrets.wordlist import words

_PLACEHOLDER = re.compile(
    r"your|example|placeholder|change[-_ ]?(?:me|this|it)|replace|insert|dummy|redacted|removed|censored"
    r"|(?:secret|goes)[-_ ]?here|[-_ ]here$|enter[-_ ]|paste[-_ ]|put[-_ ]|to[-_ ]be[-_ ]"
    r"|not[-_ ]?(?:set|used|needed|real)"
    r"|no[-_ ]?key|required|optional|lorem|asdfgh|qwerty|xxxx|\*\*\*|\.\.\.|\u2026|###|___|----|deadbeef|cafebabe"
    r"|fake|mock(?!ing)|(?:^|[-_ .<(])(?:test|sample|todo|fixme|foo|bar|baz|none|null|undefined|empty|invalid|unused"
    r"|xxx|tbd|my)(?:[-_ .>)\d]|key|$)",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(r"^(?:phc_|pk_(?:live|test)_|pk\.eyJ)[\w.-]+$")
"""Keys that are made to stand in a page: they name a project, and open nothing."""
_INTERPOLATED = re.compile(r"\$\{|\$\(|\{\{|\{%|%\(|<[^<>]*>|\{[\w.!:()\[\]'\"-]*\}|^\$\w+$|^%\w+%$|^@\w|^%s$|^\[.*\]$")
_UUID = re.compile(r"^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$", re.IGNORECASE)
_HEX = re.compile(r"^(?:0x)?[0-9a-f]+$", re.IGNORECASE)
_TOKEN = re.compile(r"^[A-Za-z0-9+/=_.~:!@#$%^&*|-]+$")
_WORD = re.compile(r"[A-Za-z]{2,}")


def is_placeholder(value: str) -> bool:
    """Whether the value is no key: it says so itself, or its characters were typed rather than drawn."""
    return is_stand_in(value) or is_made_up(value)


def is_stand_in(value: str) -> bool:
    """Whether the value says itself that a real one is to be put in its place, or that it is none."""
    return bool(_PLACEHOLDER.search(value) or _PUBLISHED.match(value)) or len(set(value)) <= 2


def is_interpolated(value: str) -> bool:
    """Whether the value is put in at run time: ``${KEY}``, ``{{ key }}``, ``<key>``, ``{key}``."""
    return bool(_INTERPOLATED.search(value))


def is_made_up(value: str) -> bool:
    """
    Whether the characters were typed rather than drawn: most of them repeat or follow the one before ("abcdef123456"),
    few differ, or a short stretch is said again and again. Of 20 drawn at random from 62, one pair does so.
    """
    body = [character for character in value.lower() if character.isalnum()]
    if len(body) < 8:
        return len(set(body)) <= 2
    pairs = len(body) - 1
    near = sum(-1 <= ord(b) - ord(a) <= 1 for a, b in pairwise(body))
    if near * 2 > pairs or len(set(body)) * 4 <= min(len(body), 20):
        return True
    joined = "".join(body)
    return len(body) >= 12 and joined in (joined + joined)[1:-1]


def is_uuid(value: str) -> bool:
    """Whether it is a UUID, which names a thing more often than it opens one."""
    return _UUID.match(value) is not None


def is_hex(value: str) -> bool:
    """Whether all of it is hexadecimal."""
    return _HEX.match(value) is not None


def entropy(value: str) -> float:
    """Shannon's entropy in bits per character."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values()) if total else 0.0


def is_random(value: str, least: int = 16) -> bool:
    """
    Whether the value looks drawn at random: long enough, of two kinds of character or more, and changing kind about
    every second character, where words keep to theirs (after their first letter) for four or more.
    """
    if len(value) < least or not _TOKEN.match(value) or is_made_up(value):
        return False
    kinds = ["0" if c.isdigit() else "a" if c.islower() else "A" if c.isupper() else "-" for c in value]
    letters = [kind for kind in kinds if kind != "-"]
    if len(set(letters)) < 2 or len(letters) < 0.75 * len(value):
        return False
    runs = 1 + sum(a != b for a, b in pairwise(letters))
    hexadecimal = is_hex(value)
    if entropy(value) < (2.7 if hexadecimal else 3.2):
        return False
    spoken = sum(len(word) for word in words_in(value))
    return len(letters) / runs <= (4.5 if hexadecimal else 3.2) and spoken < 0.5 * len(value)


_PRONOUNCED = re.compile(r"^[A-Z]?[a-z]{3,}$|^[A-Z]{4,}$")
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
_CLUSTER = re.compile(r"[^aeiouy]{4}", re.IGNORECASE)
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def words_in(value: str) -> list[str]:
    """The stretches that read as words: four letters or more in one case, with vowels between."""
    return [
        part
        for part in _PARTS.findall(value)
        if len(part) >= 4 and _PRONOUNCED.match(part) and _VOWEL.search(part) and not _CLUSTER.search(part)
    ]


def is_strong_password(value: str) -> bool:
    """Whether a person may have made it as a password: letters with digits or signs, no sentence, no path, no call."""
    if not 6 <= len(value) <= 64 or re.search(r"\s", value) or is_stand_in(value) or is_interpolated(value):
        return False
    if not re.search(r"[A-Za-z]", value) or re.match(r"[./~]|\w+://|\w+\(|\W?\d+\.\d+", value):
        return False
    return bool(re.search(r"\d", value)) or (
        bool(re.search(r"[!@#$%^&*?+]", value)) and not re.match(r"^[#@$%&]|.*[:?!]$", value)
    )


_NAMING = words(
    "api app access auth authentication authorization aws azure bearer basic client code credential credentials "
    "db database default field file github google hash header http https id input jwt key keys label login name "
    "new oauth openai option param parameter pass passphrase passwd password path placeholder private prompt "
    "public pwd refresh secret secrets service session signing string text token tokens type user username value "
    "var variable x"
)


def is_name(value: str) -> bool:
    """Whether the value names a credential rather than being one: "OPENAI_API_KEY", "access-token", "type=password"."""
    if re.match(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$", value):
        return True
    parts = [part.lower() for part in _PARTS.findall(value)]
    return bool(parts) and not re.search(r"\d{2}", value) and all(part in _NAMING for part in parts)
