"""Where in an HTML page one is, as far as it decides whether escaping suffices."""

import re

_MARKUP = re.compile(r"<(?P<end>/?)(?P<name>script|style)\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"\s(?P<name>[\w:@.-]+)\s*=\s*(?:\"(?P<double>[^\"]*)|'(?P<single>[^']*)|(?P<bare>[^\s\"'<>]*))\Z"
)
_LOOK_BACK = 600


class Page:
    """A page that is read from its beginning on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._within = ""
        """The element whose content is no HTML: a script or a style sheet."""
        self._is_open = False
        """Its own tag has ended."""

    def advance(self, to: int) -> None:
        """Goes on to a place further down."""
        begun = self._at
        for tag in _MARKUP.finditer(self._text, self._at, to):
            name = tag["name"].lower()
            if self._within == "" and not tag["end"]:
                self._within, self._is_open, begun = name, False, tag.end()
            elif name == self._within and tag["end"]:
                self._within = ""
        if self._within and not self._is_open:
            self._is_open = self._text.find(">", begun, to) >= 0
        self._at = to

    def is_hostile(self) -> bool:
        """Whether escaped text can do harm here: in a script, an event handler, or an attribute without quotes."""
        if self._within and self._is_open:
            return True
        opened = self._text.rfind("<", max(0, self._at - _LOOK_BACK), self._at)
        if opened < 0 or not self._text[opened + 1].isalpha() or self._text.find(">", opened, self._at) >= 0:
            return False
        attribute = _ATTRIBUTE.search(self._text, opened, self._at)
        if attribute is None:
            return False
        return attribute["bare"] is not None or attribute["name"].lower().startswith("on")
