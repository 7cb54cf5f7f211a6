"""The fix for others' text in a system message: a message of the role ``user`` beside it."""

from charter.scan import ir
from charter.scan.analysis import Analysis, Flow
from charter.scan.findings import Edit, Place
from charter.scan.rules.snippets import place_of, source_of
from charter.scan.rules.written_text import WrittenText, written_text


def to_user_role(analysis: Analysis, flow: Flow) -> tuple[Edit, ...]:
    """
    Edits for the two plain cases: a content that *is* the text gets the role ``user``, and a content of words that end
    with the text is split in two messages. Everything else needs a person.
    """
    module = analysis.modules.get(flow.place.path)
    found = module and _message_at(module, flow.place)
    if not module or not found:
        return ()
    record, in_list = found
    role, content = record.entries
    if _is_source(flow, content.value):
        quote = source_of(module, role.value.at)[:1]
        return (Edit(place_of(module.path, role.value.at), f"{quote}user{quote}"),)
    text = written_text(source_of(module, content.value.at))
    if not text or not in_list or len(text.values) != 1 or not text.words[0].strip() or text.words[1]:
        return ()
    return (_split(module, record, text),)


def _message_at(module: ir.Module, place: Place) -> tuple[ir.Record, bool] | None:
    """The message of constant role whose content stands there (role first, no more in it); if in a list."""
    listed: set[int] = set()
    for node in ir.walk(module.body):
        if isinstance(node, ir.Sequence) and node.kind == "list":
            listed.update(id(item) for item in node.items)
        if isinstance(node, ir.Record) and len(node.entries) == 2:
            role, content = node.entries
            names = [entry.key.value if isinstance(entry.key, ir.Const) else None for entry in (role, content)]
            if names == ["role", "content"] and place_of(module.path, content.value.at) == place:
                return (node, id(node) in listed) if isinstance(role.value, ir.Const) else None
    return None


def _is_source(flow: Flow, value: ir.Expr) -> bool:
    """The value is the labelled text itself, read where it is used."""
    if isinstance(value, ir.Text | ir.Binary) or not flow.steps:
        return False
    start, place = flow.steps[0].place, flow.place
    return (
        start.path == place.path
        and (place.line, place.column) <= (start.line, start.column)
        and (
            start.end_line,
            start.end_column,
        )
        <= (place.end_line, place.end_column)
    )


def _split(module: ir.Module, record: ir.Record, text: WrittenText) -> Edit:
    """Ends the message after its constant words, and begins one of the user."""
    role, content = record.entries
    quote = source_of(module, role.value.at)[:1]
    user = f"{{{_key(module, role)}: {quote}user{quote}, {_key(module, content)}: {text.values[0]}"
    # The brace that closed the message closes the user's.
    return Edit(place_of(module.path, content.value.at), f"{text.quote}{text.words[0]}{text.quote}}}, {user}")


def _key(module: ir.Module, entry: ir.Entry) -> str:
    return source_of(module, entry.key.at) if entry.key else ""
