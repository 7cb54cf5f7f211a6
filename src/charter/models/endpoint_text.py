"""What a server says, made fit for a message of one line and for a record."""

import os

from charter.terminal import neutral


def one_line(text: str, longest: int = 300) -> str:
    """``text`` on one line, with control characters visible, and cut where it is too long."""
    line = neutral(" ".join(text.split()))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def error_text(data: object, raw: bytes) -> str:
    """What an HTTP error's body says went wrong: the usual fields of its JSON, else its text unless that is a page."""
    if isinstance(data, dict):
        for name in ("error", "detail", "message"):
            found = data.get(name)
            if isinstance(found, dict):
                found = found.get("message")
            if found:
                return found if isinstance(found, str) else str(found)
    text = raw[:2000].decode("utf-8", "replace").strip()
    return "" if text.startswith("<") else text


def root_cause(error: BaseException) -> str:
    """What went wrong at the bottom of a connection's error, for the layers above it say little."""
    while deeper := error.__cause__ or error.__context__:
        error = deeper.exceptions[0] if isinstance(deeper, BaseExceptionGroup) else deeper
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno).lower()
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def whole(text: str) -> str:
    """``text`` without lone surrogates, which JSON can carry but no file and no tokenizer takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
