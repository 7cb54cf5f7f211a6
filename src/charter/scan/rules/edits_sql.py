"""The fix for values within a query's words: bound parameters."""

import re

from charter.scan import ir
from charter.scan.analysis import Analysis, Flow
from charter.scan.findings import Edit
from charter.scan.rules.snippets import place_of, source_of
from charter.scan.rules.written_text import written_text

_MARKS = (("sqlite3", "?"), ("psycopg", "%s"), ("pymysql", "%s"), ("MySQLdb", "%s"), ("mysql.connector", "%s"))
"""How a driver marks a parameter, by a part of the sink's path."""
_BEFORE_VALUE = re.compile(r"(=|<|>|\bLIKE)\s*$", re.IGNORECASE)
"""After these stands a value, and never the name of a table or column."""


def with_parameters(analysis: Analysis, flow: Flow) -> tuple[Edit, ...]:
    """``execute(f"… WHERE a = '{x}'")`` becomes ``execute("… WHERE a = ?", (x,))``."""
    module, call = analysis.modules.get(flow.call.path), flow.node
    mark = next((mark for part, mark in _MARKS if part in flow.sink), "")
    if not module or not mark or not isinstance(call, ir.Call) or len(call.args) != 1 or call.args[0].name:
        return ()
    query = call.args[0].value
    text = written_text(source_of(module, query.at))
    if not text or not text.values or any("%" in word for word in text.words):
        return ()
    words = list(text.words)
    for number in range(len(text.values)):
        if words[number].endswith("'") and words[number + 1].startswith("'"):
            words[number], words[number + 1] = words[number][:-1], words[number + 1][1:]
        if not _BEFORE_VALUE.search(words[number]):
            return ()
    bound = ", ".join(text.values) + ("," if len(text.values) == 1 else "")
    return (Edit(place_of(module.path, query.at), f"{text.quote}{mark.join(words)}{text.quote}, ({bound})"),)
