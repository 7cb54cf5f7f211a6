"""Addresses put together from parts: text behind a host that is fixed does not choose where a request goes."""

import re

from charter.scan.engine.values import Taints, Value, cleared
from charter.scan.facts import SinkKind

_ADDRESS: frozenset[SinkKind] = frozenset({"url", "redirect"})
_HOSTED = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*://[^/?#]+[/?#]|/[^/\\])", re.IGNORECASE)
_LONGEST = 300


class Host:
    """Reads a text part by part, until it is known that its host is nobody's."""

    __slots__ = ("_begun", "_fixed", "_open")

    def __init__(self) -> None:
        self._begun = ""
        """What is known of the beginning."""
        self._open = False
        """It began with something that is not known, and not labelled."""
        self._fixed: bool | None = None

    def then(self, part: Value, taints: Taints) -> Taints:
        """What the next part carries: no address where the host stands before it."""
        if self._fixed is None:
            self._read(part, taints)
        return cleared(taints, _ADDRESS) if self._fixed and taints else taints

    def _read(self, part: Value, taints: Taints) -> None:
        if taints:
            self._fixed = False
            return
        known = part.constant()
        if isinstance(known, str | int) and not isinstance(known, bool):
            text = str(known)[:_LONGEST]
            if self._open:
                self._fixed = True if any(mark in text for mark in "/?#") else None
            else:
                self._begun += text
                self._fixed = True if _HOSTED.match(self._begun) else None
        else:
            self._open = True
