"""Reads a page as strictly as a validator would, and keeps what tests ask about."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"link", "meta", "input", "br", "img"}
SVG_EMPTY = {"line", "rect", "circle", "polygon", "polyline"}
CLOSES_P = {
    "div",
    "p",
    "ul",
    "ol",
    "dl",
    "table",
    "section",
    "details",
    "form",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "figure",
}
PARENTS = {
    "li": {"ul", "ol"},
    "dt": {"div"},
    "dd": {"div"},
    "tr": {"thead", "tbody"},
    "td": {"tr"},
    "th": {"tr"},
    "caption": {"table"},
    "summary": {"details"},
    "option": {"select"},
    "figcaption": {"figure"},
    "main": {"body"},
}


@dataclass
class Element:
    """A start tag."""

    tag: str
    attributes: dict[str, str]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All the text inside."""
        return "".join(self.parts)


@dataclass
class Document:
    """What was read."""

    elements: list[Element] = field(default_factory=list)

    def all(self, tag: str, css: str = "") -> list[Element]:
        """The elements of that tag, and of that class where one is given."""
        return [
            one
            for one in self.elements
            if one.tag == tag and (not css or css in one.attributes.get("class", "").split())
        ]

    @property
    def ids(self) -> list[str]:
        return [one.attributes["id"] for one in self.elements if "id" in one.attributes]

    @property
    def text(self) -> str:
        return self.elements[0].text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.document = Document()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        inside = self.open[-1].tag if self.open else ""
        assert tag not in PARENTS or inside in PARENTS[tag], f"<{tag}> in <{inside}> at {self.getpos()}"
        assert not (tag in CLOSES_P and any(one.tag == "p" for one in self.open)), f"<{tag}> in <p> at {self.getpos()}"
        self.document.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SVG_EMPTY, f"<{tag}/> is no HTML"
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing at {self.getpos()}"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}> at {self.getpos()}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        assert not data.strip() or self.open, f"text outside of the document: {data[:60]!r}"
        for element in self.open:
            element.parts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data[:60]!r}")

    def handle_decl(self, decl: str) -> None:
        assert decl == "doctype html"
        assert not self.document.elements


def read(html: str) -> Document:
    """The page; AssertionError where it is not well-formed."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"never closed: {[one.tag for one in reader.open]}"
    return reader.document
