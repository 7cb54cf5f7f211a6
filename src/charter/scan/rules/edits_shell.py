"""The fix for a command put together as text: a list, without a shell."""

import re

from charter.scan import ir
from charter.scan.analysis import Analysis, Flow
from charter.scan.findings import Edit
from charter.scan.rules.snippets import place_of, source_of
from charter.scan.rules.written_text import written_text

_PLAIN_WORDS = re.compile(r"[\w./:=@%+, -]*")
"""Words that mean the same with and without a shell."""


def without_shell(analysis: Analysis, flow: Flow) -> tuple[Edit, ...]:
    """``run(f"git log {x}", shell=True)`` becomes ``run(["git", "log", x], shell=False)``."""
    module, call = analysis.modules.get(flow.call.path), flow.node
    if not module or module.language != "python" or not isinstance(call, ir.Call) or not call.args:
        return ()
    shell = [arg.value for arg in call.args if arg.name == "shell" and isinstance(arg.value, ir.Const)]
    command = call.args[0]
    if not shell or shell[0].value is not True or command.name or command.spread:
        return ()
    words = _words(source_of(module, command.value.at))
    if not words:
        return ()
    return (
        Edit(place_of(module.path, command.value.at), f"[{', '.join(words)}]"),
        Edit(place_of(module.path, shell[0].at), "False"),
    )


def _words(source: str) -> list[str]:
    """The arguments as expressions; none where a value is only part of a word, or a shell would read more in it."""
    text = written_text(source)
    if not text or not text.values or not all(map(_PLAIN_WORDS.fullmatch, text.words)):
        return []
    if not text.words[0].split() or any(value.strip("\"'") != value for value in text.values):
        return []
    inner = text.words[1:-1]
    if not text.words[0].endswith(" ") or not all(word[:1] == word[-1:] == " " for word in inner):
        return []
    if text.words[-1] and not text.words[-1].startswith(" "):
        return []
    words = []
    for constant, value in zip(text.words, (*text.values, ""), strict=True):
        words += [f'"{word}"' for word in constant.split()] + ([value] if value else [])
    return words
