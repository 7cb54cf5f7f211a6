"""The values of literals, from their text."""

from charter.scan import ir
from charter.scan.front.lines import across

_MAX_DIGITS = 300


def merged(parts: list[ir.Expr]) -> tuple[ir.Expr, ...]:
    """Parts of a text, with neighbours that are constants made one and empty ones left out."""
    made: list[ir.Expr] = []
    for part in parts:
        match (made[-1] if made else None), part:
            case ir.Const(value=str() as first), ir.Const(value=str() as second):
                made[-1] = ir.Const(across(made[-1].at, part.at), first + second)
            case ir.Const(value=bytes() as start), ir.Const(value=bytes() as end):
                made[-1] = ir.Const(across(made[-1].at, part.at), start + end)
            case _, ir.Const(value=""):
                pass
            case _:
                made.append(part)
    return tuple(made)


def content(text: str, flags: str) -> str:
    """The text that a string's source stands for; ``flags`` are the letters before its quote."""
    if "f" in flags or "t" in flags:
        text = text.replace("{{", "{").replace("}}", "}")
    if "r" in flags or "\\" not in text:
        return text
    try:
        return text.encode("latin-1", "backslashreplace").decode("unicode-escape")
    except UnicodeDecodeError:
        return text


def number_of(text: str) -> int | float | None:
    """A number, in Python 2's spelling too; None for what is none, or too long."""
    text = text.replace("_", "").rstrip("lL")
    if len(text) > _MAX_DIGITS:
        return None
    for read in (lambda: int(text, 0), lambda: int(text, 8), lambda: float(text)):
        try:
            return read()
        except ValueError:
            continue
    return None
