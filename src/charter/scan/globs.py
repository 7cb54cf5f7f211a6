"""Patterns of paths, as a ``.gitignore`` has them."""

import re
from collections.abc import Iterable


class Globs:
    """A set of patterns: ``*.gen.ts``, ``/docs/``, ``tests/**/fixtures``; a later ``!pattern`` takes a match back."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._rules = [
            (not pattern.startswith("!"), pattern.rstrip().endswith("/"), _compile(pattern.lstrip("!")))
            for pattern in patterns
            if pattern.strip()
        ]

    def match(self, path: str, folder: bool = False) -> bool:
        """Whether the last pattern that fits ``path`` (with ``/``, relative to the root) is one that takes it."""
        verdict = False
        for takes, folders_only, pattern in self._rules:
            if (folder or not folders_only) and pattern.fullmatch(path):
                verdict = takes
        return verdict


def _compile(pattern: str) -> re.Pattern[str]:
    body = pattern.strip().rstrip("/")
    anchored = "/" in body
    parts = re.split(r"(/\*\*/|\*\*/|/\*\*|\*|\?|\[[^\]/]+\])", body.lstrip("/"))
    written = "".join(_part(part) for part in parts)
    return re.compile(written if anchored else f"(?:.*/)?{written}", re.DOTALL)


_WILD = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "/**": "/.*", "*": "[^/]*", "?": "[^/]"}


def _part(part: str) -> str:
    if part in _WILD:
        return _WILD[part]
    if len(part) > 2 and part[0] == "[" and part[-1] == "]":
        inner = part[1:-1].replace("\\", "\\\\").replace("[", "\\[")
        return f"[^{inner[1:]}/]" if inner[0] in "!^" else f"[{inner}]"
    return re.escape(part)
