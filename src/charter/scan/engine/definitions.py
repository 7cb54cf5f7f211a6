"""Functions, classes, imports and exports: what their names mean from there on."""

from charter.scan import ir
from charter.scan.engine import access
from charter.scan.engine.entries import class_methods, decorate, directed, exported
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.program import ClassInfo, FunctionInfo
from charter.scan.engine.state import State
from charter.scan.engine.types import value_of_type as typed
from charter.scan.engine.values import UNKNOWN, Cls, Ext, Fn, Mod, Ref, Value, join, of


def define_function(it: Interpreter, frame: Frame, node: ir.Function) -> None:
    """``def``: the name is the function, whatever its decorators wrap around it."""
    info = it.program.function(node, frame.module, frame.info, None, is_lambda=False)
    first = info.id not in it.collected.functions
    it.collected.functions[info.id] = info
    value = of(Fn(info.id))
    if first:
        directed(it, frame, info)
    if first or frame.info is None:
        value = _decorated(it, frame, info, value)
    held = frame.state.env.get(node.name)
    is_overload = held is not None and frame.module.node.language == "typescript" and not node.body
    if not is_overload:
        frame.state.env[node.name] = value


def _decorated(it: Interpreter, frame: Frame, info: FunctionInfo, value: Value) -> Value:
    """What decorators of the scanned code and of libraries make of a function."""
    return decorate(it, frame, info, value)


def define_class(it: Interpreter, frame: Frame, node: ir.Class, outer: str = "") -> Value:
    """``class``: its bases, methods and attributes."""
    info = it.program.cls(node, frame.module, outer, frame.info)
    bases: list[Ref] = []
    for base in node.bases:
        inner = base.base if isinstance(base, ir.Index) else base
        bases += [ref for ref in it.parts.evaluate(it, frame, inner).refs if isinstance(ref, Cls | Ext)]
    it.program.derive(info, tuple(bases))
    value = of(Cls(info.id))
    _run_class_body(it, frame, info)

    class_methods(it, frame, info)
    return value


def _run_class_body(it: Interpreter, frame: Frame, info: ClassInfo) -> None:
    """Methods are registered; the rest runs with the class's own variables."""
    inner = Frame(frame.module, frame.info, State({}, frame.state.heap), parent=frame, depth=frame.depth)
    inner.state.env[info.node.name] = of(Cls(info.id))
    for statement in info.node.body:
        if isinstance(statement, ir.Define):
            method = it.program.function(statement.function, frame.module, frame.info, info, is_lambda=False)
            if method.node.name not in info.methods or method.node.kind != "set":
                info.methods[method.node.name] = method
            it.collected.functions[method.id] = method
            inner.state.env[method.node.name] = of(Fn(method.id))
            _decorated(it, inner, method, of(Fn(method.id)))
        elif isinstance(statement, ir.DefineClass):
            nested = define_class(it, inner, statement.definition, info.qualname)
            inner.state.env[statement.definition.name] = nested
            info.attributes[statement.definition.name] = nested
        elif isinstance(statement, ir.Assign) and isinstance(statement.value, ir.Lambda):
            _define_field(it, inner, info, statement, statement.value.function)
        elif isinstance(statement, ir.Assign):
            _run_field(it, inner, info, statement)
        else:
            it.parts.run_block(it, inner, (statement,))
    frame.state.heap = inner.state.heap


def _define_field(it: Interpreter, inner: Frame, info: ClassInfo, statement: ir.Assign, function: ir.Function) -> None:
    """``handle = async () => …`` in a class is a method in all but name."""
    method = it.program.function(function, inner.module, inner.info, info, is_lambda=False)
    it.collected.functions[method.id] = method
    for target in statement.targets:
        if isinstance(target, ir.Name):
            info.methods[target.id] = method
            inner.state.env[target.id] = of(Fn(method.id))


def _run_field(it: Interpreter, inner: Frame, info: ClassInfo, statement: ir.Assign) -> None:
    it.parts.run_block(it, inner, (statement,))
    for target in statement.targets:
        if isinstance(target, ir.Name):
            value = it.share(inner, inner.state.env.get(target.id, UNKNOWN))
            if statement.annotation is not None:
                info.annotations[target.id] = statement.annotation
                kind = it.share(inner, typed(it, inner, statement.annotation))
                if kind.refs:
                    value = join(kind, value) if value.refs or value.taints else kind
            info.attributes[target.id] = value


def import_names(it: Interpreter, frame: Frame, node: ir.Import) -> None:
    """``import``: scanned modules are themselves, others are known by path."""
    language = frame.module.node.language
    path = it.program.index.resolve(frame.module.path, node.module, node.level, language)
    if not node.names:
        _import_module(it, frame, node, path)
        return
    for alias in node.names:
        if alias.name == "*":
            _import_all(it, frame, path)
            continue
        value: Value | None = None
        if path is not None and path != frame.module.path:
            value = access.of_module(it, frame, path, alias.name)
        if value is None and language == "python" and node.level and not node.module and path is None:
            beside = it.program.index.resolve(frame.module.path, alias.name, node.level, language)
            value = of(Mod(beside)) if beside else None
        if value is None and language == "python":
            inner = it.program.index.resolve(
                frame.module.path, f"{node.module}.{alias.name}".lstrip("."), node.level, language
            )
            value = of(Mod(inner)) if inner else None
        frame.state.env[alias.local] = value if value is not None else of(Ext(outside_path(node, alias.name)))


def _import_module(it: Interpreter, frame: Frame, node: ir.Import, path: str | None) -> None:
    if not node.local:
        if path is not None:
            it.module(path)
        return
    first = node.module.split(".")[0]
    if frame.module.node.language == "python" and node.local == first and "." in node.module:
        path = it.program.index.resolve(frame.module.path, first, 0, "python")
        frame.state.env[node.local] = of(Mod(path)) if path else of(Ext(first))
        return
    if path is not None:
        it.module(path)
    frame.state.env[node.local] = of(Mod(path)) if path is not None else of(Ext(outside_path(node, "")))


def outside_path(node: ir.Import, name: str) -> str:
    """The access path of what is imported from outside; relative modules that are not there are ``its.…``."""
    relative = node.level or node.module.startswith((".", "@/", "~/"))
    module = f"its.{node.module.strip('./@~').replace('/', '.')}".rstrip(".") if relative else node.module
    return f"{module}.{name}" if name else module


def _import_all(it: Interpreter, frame: Frame, path: str | None) -> None:
    if path is None or path == frame.module.path:
        return
    info = it.module(path)
    for name, value in info.env.items():
        if not name.startswith("_"):
            frame.state.env.setdefault(name, value)


def export(it: Interpreter, frame: Frame, node: ir.Export) -> None:
    """JavaScript's ``export``."""
    info = frame.module
    if node.module:
        path = it.program.index.resolve(info.path, node.module, 0, "typescript")
        for alias in node.names:
            if path is not None:
                info.passed_on.append((path, alias.name, alias.local))
            elif alias.name != "*":
                frame.state.env[f" {alias.local}"] = of(Ext(outside_path(ir.Import(node.at, node.module), alias.name)))
                info.exports[alias.local] = f" {alias.local}"
        return
    for alias in node.names:
        info.exports[alias.local] = alias.name
        value = frame.state.env.get(alias.name)
        if value is not None:
            exported(it, frame, alias.local, value)
