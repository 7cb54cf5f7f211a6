"""Values given to credential names: assignments, arguments, dict entries, defaults of look-ups, headers.

The search goes by word ("key", "secret", "pass") over the lower-case text, because a plain search is many times as fast
as one pattern over all of it; what stands around each hit is then read by small patterns.
"""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

from charter.scan.secrets.names import Meaning, meaning
from charter.scan.secrets.view import View

_STEMS = ("key", "secret", "token", "pass", "pwd", "authorization", "bearer", "credential")
_NAME_LETTERS = string.ascii_letters + string.digits + "_$-"
_NAME_REST = re.compile(r"[A-Za-z0-9_-]{0,40}")
_LINK = re.compile(
    r"""
    (?:\\?["'`])?[ \t]?\]?\)?!?                       # the end of a quoted name, of a subscript, of a look-up
    [ \t]*
    (?:
        (?P<typed>\??:[ \t]*[A-Za-z_][\w.\[\]|, ]{0,50}?[ \t]*=(?!=))
      | (?P<compared>={2,3})
      | (?P<set>:=|=>|=)
      | (?P<colon>:)
      | (?P<comma>,)
      | (?P<fallback>or\b|\|\||\?\?)
    )
    """,
    re.VERBOSE,
)
_VALUE = re.compile(
    r"""
    [ \t]*(?:\(?[ \t]*\r?\n[ \t]*)?\(?
    (?:(?:pydantic\.)?(?:SecretStr|SecretBytes|Field|Query|Header|Fernet|Buffer\.from|bytes|bytearray|b64decode|
       base64\.b64decode|new\ TextEncoder\(\)\.encode)\(\s*)?
    (?:default\s*=\s*)?
    (?P<prefix>[rRbBuUfF]{0,2})(?P<esc>\\?)(?P<quote>["'`])
    (?P<value>(?:(?!(?P=esc)(?P=quote))[^\n]){1,2000})
    (?P=esc)(?P=quote)
    (?P<after>[ \t]*(?:\+|%|\.\w+\(|\[)?)
    """,
    re.VERBOSE,
)
_BARE = re.compile(r"[ \t]*(?P<value>[^\s\"'`#;,(){}\[\]<>]{4,300})[ \t]*(?:[#;].*)?$", re.MULTILINE)
_SHELL_DEFAULT = re.compile(r"\s*[\"']?\$\{\w+:?-(?P<value>[^}\s\"']{4,200})\}")
_LOOKUP = re.compile(
    r"(?:getenv|environ\.get|environ\.setdefault|environ\.pop|env|env\.\w+|get_env\w*|getEnv\w*|config|config\.\w+|conf\.get"
    r"|get_config|settings\.get|\bget|\bgetOrDefault|setdefault|setenv|putenv|set|setHeader|header|add_header|append"
    r"|default|environ)\(\s*\\?[\"'`]$"
)
_OPTION = re.compile(r"(?:add_argument|option)\([^()\n]*[\"']-{0,2}$")
_OPTION_DEFAULT = re.compile(r"[^()]{0,200}?\bdefault")
_PAIR = re.compile(r"[(\[]\s*\\?[\"'`]$")


@dataclass(frozen=True, slots=True)
class Named:
    """A literal value given to a credential name."""

    name: str
    name_start: int
    meaning: Meaning
    value: str
    start: int
    end: int
    link: str
    """How: typed, set, colon, comma, fallback, compared, bare."""
    interpolated: bool
    """An f-string or a template: what stands in braces is put in at run time."""


def find(view: View) -> Iterator[Named]:
    """Every literal that is given to a credential name, each once."""
    seen: set[int] = set()
    for stem in _STEMS:
        at = view.lower.find(stem)
        while at >= 0:
            named = _at(view, at, at + len(stem))
            if named is not None and named.start not in seen:
                seen.add(named.start)
                yield named
            at = view.lower.find(stem, at + len(stem))


def _at(view: View, stem: int, stem_end: int) -> Named | None:
    rest = _NAME_REST.match(view.text, stem_end)
    end = rest.end() if rest else stem_end
    link = _LINK.match(view.text, end)
    if link is None:
        return None
    start = _name_start(view, stem)
    if link["comma"] and _OPTION.search(view.before(start, 60)):
        return _option_default(view, start, end)
    found = _VALUE.match(view.text, link.end())
    if found is None:
        bare = _unquoted(view, link)
        return _named(view, (start, end), "bare", bare) if bare else None
    return None if found["after"].strip() else _named(view, (start, end), link.lastgroup or "", found)


def _named(view: View, name_at: tuple[int, int], kind: str, found: re.Match[str]) -> Named | None:
    start, end = name_at
    name = view.text[start:end]
    means = meaning(name)
    if means is None or (kind == "comma" and not _takes_pair(view, start, means)):
        return None
    groups = found.groupdict()
    interpolated = "f" in (groups.get("prefix") or "").lower() or groups.get("quote") == "`"
    return Named(name, start, means, found["value"], *found.span("value"), kind, interpolated)


def _option_default(view: View, start: int, end: int) -> Named | None:
    """The default of a command's option: ``add_argument("--api-key", default="...")``."""
    default = _OPTION_DEFAULT.match(view.text, end)
    link = default and _LINK.match(view.text, default.end())
    found = link and link["set"] and _VALUE.match(view.text, link.end())
    return _named(view, (start, end), "set", found) if found else None


def _name_start(view: View, stem: int) -> int:
    before = view.text[max(0, stem - 60) : stem]
    start = stem - len(before) + len(before.rstrip(_NAME_LETTERS))
    while start < stem and view.text[start] in "-$":
        start += 1
    if start > 0 and view.text[start - 1] == "\\" and view.text[start] in "nrt":
        start += 1
    return start


def _unquoted(view: View, link: re.Match[str]) -> re.Match[str] | None:
    """A value without quotes, which only configuration has; and the default in ``${NAME:-default}``."""
    if view.kind not in ("config", "sample") or link.lastgroup not in ("set", "colon"):
        return None
    return _SHELL_DEFAULT.match(view.text, link.end()) or _BARE.match(view.text, link.end())


def _takes_pair(view: View, start: int, means: Meaning) -> bool:
    """Whether a name and a value with a comma between belong together: a look-up and its default, a header."""
    before = view.before(start, 60)
    return bool(_LOOKUP.search(before)) or (means == "header" and bool(_PAIR.search(before)))
