"""A file as the detectors see it: its text, what kind of file it is, and what is written beside a stretch of it."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from charter.scan.secrets.wordlist import words

Kind: TypeAlias = Literal["code", "config", "prose", "sample", "lock"]
"""config: values may stand without quotes. sample: a template of a configuration. lock: what tools wrote."""

_CONFIG = words(
    ".json .jsonc .json5 .env .yaml .yml .ini .cfg .conf .config .properties .toml .sh .bash .zsh .ps1 .bat .cmd "
    ".tf .tfvars .hcl"
)
_PROSE = words(".md .mdx .rst .txt .adoc .html .htm .svg .csv .tsv .jsonl .po .log")
_LOCKS = words(
    "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml poetry.lock uv.lock pdm.lock pipfile.lock "
    "cargo.lock composer.lock gemfile.lock go.sum bun.lock flake.lock deno.lock tokenizer.json vocab.json"
)
_SAMPLE = re.compile(r"(?:^|[._-])(?:example|sample|template|tmpl|dist|default)s?(?:[._-]|$)", re.IGNORECASE)
_TEST_FOLDERS = words(
    "test tests testing __tests__ spec specs e2e fixtures __fixtures__ testdata test_data mocks __mocks__ "
    "cassettes snapshots __snapshots__"
)
_FIXTURES = words("fixtures __fixtures__ testdata test_data mocks __mocks__ cassettes snapshots")
_TEST_NAME = re.compile(r"^(?:tests?_.*|conftest|.*_tests?|.*\.(?:test|spec|stories|mock)|.*[_-]fixtures?)$")
_MARK = re.compile(
    r"\b(?:fake|dummy|mock(?:ed)?|fixtures?|placeholder|made[- ]up|not[- ](?:a[- ])?(?:real|valid|secret)"
    r"|not[- ]an?[- ]actual|allowlist secret|gitleaks:allow|detect-secrets|nosec|S10[567]|trufflehog:ignore"
    r"|revoked|expired key|safe to (?:commit|share))\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\s*(?:#|//|/?\*|--|;|>>>|\.\.\.|<!--)")
_TRIPLE = re.compile(r'"""|\'\'\'')


@dataclass(frozen=True)
class View:
    """One file's text, with what decides how a key-shaped stretch of it is to be read."""

    path: str
    text: str

    @cached_property
    def lower(self) -> str:
        """The text in lower case, character for character: U+0130 alone would become two."""
        return self.text.replace("\u0130", "I").lower()

    @cached_property
    def kind(self) -> Kind:
        """What kind of file it is, by its name."""
        name = PurePosixPath(self.path).name
        suffix = PurePosixPath(name).suffix.lower()
        if name.lower() in _LOCKS or suffix == ".map" or name.endswith((".min.js", ".min.css")):
            return "lock"
        if _SAMPLE.search(name) and suffix not in (".py", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".ipynb"):
            return "sample"
        if suffix in _PROSE:
            return "prose"
        if suffix in _CONFIG or name.startswith((".env", "Dockerfile", "Containerfile")) or suffix == ".dockerfile":
            return "config"
        return "code"

    @cached_property
    def is_test(self) -> bool:
        """The file is part of a test suite, by its folders or its name."""
        path = PurePosixPath(self.path)
        folders = any(part.lower() in _TEST_FOLDERS for part in path.parts[:-1])
        return folders or _TEST_NAME.match(path.stem.lower()) is not None

    @cached_property
    def is_fixture(self) -> bool:
        """The file stands in a folder of made-up data."""
        return any(part.lower() in _FIXTURES for part in PurePosixPath(self.path).parts[:-1])

    @cached_property
    def _breaks(self) -> list[int]:
        """Where lines end: looked up rather than searched for, so that a file of one endless line costs no more."""
        return [found.start() for found in re.finditer("\n", self.text)]

    def line_at(self, position: int) -> tuple[int, int]:
        """Where the line that holds a position starts and ends."""
        index = bisect_left(self._breaks, position)
        start = self._breaks[index - 1] + 1 if index else 0
        return start, self._breaks[index] if index < len(self._breaks) else len(self.text)

    def is_packed(self, position: int) -> bool:
        """The line is longer than people write: minified code, a page packed into one line."""
        start, end = self.line_at(position)
        return end - start > 3000

    def line_number(self, position: int) -> int:
        """Counted from 1."""
        return bisect_left(self._breaks, position) + 1

    def before(self, position: int, most: int = 80) -> str:
        """What stands left of a position on its line, cut to a few characters."""
        least = max(0, position - most)
        return self.text[max(least, self.text.rfind("\n", least, position) + 1) : position]

    def around(self, start: int, end: int, most: int = 400) -> str:
        """What stands on both sides of a stretch, in lower case."""
        return self.lower[max(0, start - most) : end + most]

    def is_marked(self, start: int, end: int) -> bool:
        """Its line, or a comment on the line above, says that the value is made up or was judged before."""
        first, last = self.line_at(start)
        beside = self.text[max(first, start - 200) : start] + " " + self.text[end : min(last, end + 200)]
        if _MARK.search(beside):
            return True
        above_start, above_end = self.line_at(first - 1) if first else (0, 0)
        above = self.text[above_start : min(above_end, above_start + 300)]
        return bool(_COMMENT.match(above) and _MARK.search(above))

    def in_comment(self, position: int) -> bool:
        """The line is a comment, or in Python stands in a triple-quoted text: an example more often than not."""
        first = self.line_at(position)[0]
        if _COMMENT.match(self.text, first, position):
            return True
        index = bisect_left(self._long_texts, (position,)) - 1
        return index >= 0 and position < self._long_texts[index][1]

    @cached_property
    def _long_texts(self) -> list[tuple[int, int]]:
        """Where Python's triple-quoted texts start and end."""
        if not self.path.endswith(".py"):
            return []
        spans: list[tuple[int, int]] = []
        opened: re.Match[str] | None = None
        for mark in _TRIPLE.finditer(self.text):
            if opened is None:
                opened = mark
            elif mark.group() == opened.group():
                spans.append((opened.start(), mark.start()))
                opened = None
        return spans if opened is None else [*spans, (opened.start(), len(self.text))]
