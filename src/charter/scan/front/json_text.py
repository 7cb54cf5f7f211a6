"""JSON as it is written by hand: with comments, trailing commas, single quotes and keys without quotes."""

import json
import re
from typing import Any

from charter.scan.front.located import Builder, DocumentError, Lines

_TOKEN = re.compile(
    r"""
    (?P<space>[\s\ufeff]+|//[^\n]*|\#[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)
    | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<mark>[{}\[\],:])
    | (?P<word>[^\s{}\[\],:"']+)
    """,
    re.VERBOSE | re.DOTALL,
)
_WORDS = {"true": True, "false": False, "null": None}
_MAX_DIGITS = 300


def read_json(text: str) -> tuple[Any, Lines]:
    """
    The data and the line of every key and item. Several values one after another are a list (JSON Lines).

    Raises:
        DocumentError: the brackets do not match, or something stands where nothing can.
    """
    reader = _Reader()
    line, at = 1, 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise DocumentError(line, "a quote or a comment is not closed")
        if token.lastgroup != "space":
            reader.take(token.lastgroup or "", token[0], line)
        line += text.count("\n", at, token.end())
        at = token.end()
    if reader.depth:
        raise DocumentError(line, "it ends within a bracket")
    return reader.result()


class _Reader(Builder):
    def take(self, kind: str, token: str, line: int) -> None:
        if kind == "mark":
            self._mark(token, line)
            return
        value = _string(token) if kind == "string" else _word(token)
        if self.key_waits():
            self.key(value if kind == "string" else token, line)
        else:
            self.scalar(value, line)

    def _mark(self, mark: str, line: int) -> None:
        if mark in "{[":
            if self.key_waits():
                raise DocumentError(line, f"{mark!r} stands where a key must")
            self.begin({} if mark == "{" else [], line)
        elif mark in "}]" and (not self.depth or isinstance(self.end(), dict) is not (mark == "}")):
            raise DocumentError(line, f"{mark!r} closes nothing")


def _string(token: str) -> str:
    body = token[1:-1]
    if "\\" not in body:
        return body
    try:
        return str(json.loads(f'"{body}"' if token[0] == '"' else json.dumps(body), strict=False))
    except ValueError:
        return body


def _word(token: str) -> Any:
    if token in _WORDS:
        return _WORDS[token]
    if len(token) <= _MAX_DIGITS:
        for read in (int, float):
            try:
                return read(token)
            except ValueError:
                continue
    return token
