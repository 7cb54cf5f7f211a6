"""Pages rendered from templates: a variable that its template prints as it is goes into the page as HTML."""

from collections.abc import Iterator, Mapping

from charter.scan import ir
from charter.scan.engine.args import Args
from charter.scan.engine.frame import Frame, SinkPoint
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.values import Said, Value, moved
from charter.scan.findings import Place, Step
from charter.scan.template import Template

_RENDERS = frozenset(
    {"render_template", "TemplateResponse", "render", "render_async", "render_to_string", "render_to_response",
     "generate", "generate_async", "template", "stream_template", "get_rendered"}
)  # fmt: skip
_LOADS = frozenset({"get_template", "select_template", "get_or_select_template"})
_NAMES = ("name", "template_name", "template", "template_name_or_list")
_MOST_INCLUDED = 40
PAGE = "page"


def loaded(it: Interpreter, path: str, args: Args) -> Value | None:
    """What ``get_template(name)`` gives remembers the name."""
    if not it.templates or path.rpartition(".")[2] not in _LOADS:
        return None
    names = {Said(name, PAGE) for name in _names(args)}
    return Value(refs=frozenset(names)) if names else None


def render(it: Interpreter, frame: Frame, path: str, node: ir.Call, args: Args, receiver: Value | None) -> None:
    """Labelled text in a variable that its template does not escape."""
    if not it.templates or path.rpartition(".")[2] not in _RENDERS:
        return
    names = _names(args)
    if receiver is not None:
        names += [ref.word for ref in receiver.refs if isinstance(ref, Said) and ref.kind == PAGE]
    unsafe: dict[str, tuple[str, int]] = {}
    for name in names:
        unsafe.update(_unsafe(it.templates, name, frame.module.path))
    if not unsafe:
        return
    for name, value, at in _given(it, frame, args, node):
        if name in unsafe:
            _reach(it, frame, name, value, it.place(frame, at), unsafe[name], node, path)


def _names(args: Args) -> list[str]:
    values = [*args.positional[:2], *(args.named[name] for name in _NAMES if name in args.named)]
    return [each for value in values for each in value.consts or () if isinstance(each, str) and each]


def _unsafe(templates: Mapping[str, Template], name: str, near: str) -> dict[str, tuple[str, int]]:
    """The variables that the template, or one that it includes, prints as they are; and where."""
    found: dict[str, tuple[str, int]] = {}
    waiting, seen = [name], {name}
    for this in waiting:
        template = _find(templates, this, near)
        if template is None:
            continue
        for variable, line in template.unsafe.items():
            found.setdefault(variable, (template.path, line))
        for each in template.includes:
            if each not in seen and len(seen) < _MOST_INCLUDED:
                seen.add(each)
                waiting.append(each)
    return found


def _find(templates: Mapping[str, Template], name: str, near: str) -> Template | None:
    """The template of a name; of several, the one nearest to the code."""
    wanted = f"/{name.lstrip('./')}"
    paths = [path for path in templates if f"/{path}".endswith(wanted)]
    return templates[max(paths, key=lambda path: (_shared(path, near), -len(path)))] if paths else None


def _shared(one: str, other: str) -> int:
    count = 0
    for mine, theirs in zip(one.split("/"), other.split("/"), strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _given(it: Interpreter, frame: Frame, args: Args, node: ir.Call) -> Iterator[tuple[str, Value, ir.Node]]:
    """The variables that the template sees."""
    for name, value in args.named.items():
        yield name, value, args.nodes.get(name, node)
    keyed = [(args.nodes.get(position, node), value) for position, value in enumerate(args.positional)]
    keyed += [(args.nodes.get(name, node), value) for name, value in args.named.items()]
    for at, value in keyed:
        for _, cell in it.cells(frame, value):
            if cell.kind == "record":
                yield from ((str(key), inner, at) for key, inner in cell.fields.items())


def _reach(
    it: Interpreter,
    frame: Frame,
    name: str,
    value: Value,
    at: Place,
    where: tuple[str, int],
    node: ir.Call,
    path: str,
) -> None:
    taints = it.collect(frame, value)
    if taints:
        place = Place(where[0], where[1], 1, where[1], 1)
        step = Step(at, f"given to the template as {name}", "call")
        point = SinkPoint("html", "puts it into the page as HTML", path, place, it.place(frame, node), frame.function)
        it.hit(frame, point, moved(taints, step))
