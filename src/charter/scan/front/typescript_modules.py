"""Imports and exports, of ES modules and of CommonJS."""

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.typescript_tree import Lowering, bare, parts, unescape

REQUIRED = 'require("{}")'
"""The local name of a module that is required within an expression."""


def _string(low: Lowering, node: Node | None) -> str | None:
    if node is None or node.type != "string":
        return None
    return unescape(low.text(node)[1:-1])


def required_module(low: Lowering, node: Node) -> str | None:
    """ "x" of ``require("x")``."""
    return _called_with_module(low, bare(node), ("identifier", "require"))


def dynamic_import(low: Lowering, node: Node) -> str | None:
    """ "x" of ``await import("x")``."""
    node = bare(node)
    inner = parts(node) if node.type == "await_expression" else []
    return _called_with_module(low, bare(inner[0]), ("import", "import")) if inner else None


def _called_with_module(low: Lowering, node: Node, called: tuple[str, str]) -> str | None:
    if node.type != "call_expression":
        return None
    name, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if name is None or given is None or (name.type, low.text(name)) != called:
        return None
    inner = parts(given)
    return _string(low, inner[0]) if len(inner) == 1 else None


def declared_import(low: Lowering, name: Node, value: Node) -> ir.Import | None:
    """``const x = require("m")`` and ``const { a, b: c } = await import("m")``."""
    module = required_module(low, value) or dynamic_import(low, value)
    if module is None:
        return None
    at = low.between(name, value)
    if name.type == "identifier":
        return ir.Import(at, module, local=low.text(name))
    if name.type != "object_pattern":
        return None
    names: list[ir.Alias] = []
    for part in parts(name):
        if part.type == "shorthand_property_identifier_pattern":
            names.append(ir.Alias(low.text(part), low.text(part)))
            continue
        key, local = part.child_by_field_name("key"), part.child_by_field_name("value")
        if part.type != "pair_pattern" or key is None or local is None or local.type != "identifier":
            return None
        names.append(ir.Alias(low.text(key), low.text(local)))
    return ir.Import(at, module, tuple(names))


def import_statement(low: Lowering, node: Node) -> ir.Block:
    """``import`` in all its forms."""
    at = low.span(node)
    required = next((child for child in node.children if child.type == "import_require_clause"), None)
    module = _string(low, node.child_by_field_name("source") or (required and required.child_by_field_name("source")))
    if module is None:
        return ()
    if required is not None:
        local = next((low.text(part) for part in parts(required) if part.type == "identifier"), "")
        return (ir.Import(at, module, local=local),)
    names: list[ir.Alias] = []
    whole = ""
    clause = next((child for child in node.children if child.type == "import_clause"), None)
    for part in parts(clause) if clause is not None else ():
        if part.type == "identifier":
            names.append(ir.Alias("default", low.text(part)))
        elif part.type == "namespace_import" and parts(part):
            whole = low.text(parts(part)[0])
        elif part.type == "named_imports":
            names += [_alias(low, specifier) for specifier in parts(part)]
    found: list[ir.Statement] = []
    if names or not whole:
        found.append(ir.Import(at, module, tuple(names)))
    if whole:
        found.append(ir.Import(at, module, local=whole))
    return tuple(found)


def _alias(low: Lowering, specifier: Node) -> ir.Alias:
    name, alias = specifier.child_by_field_name("name"), specifier.child_by_field_name("alias")
    first = _name(low, name) if name is not None else low.text(specifier)
    return ir.Alias(first, _name(low, alias) if alias is not None else first)


def _name(low: Lowering, node: Node) -> str:
    return _string(low, node) or low.text(node)


def passed_on(low: Lowering, node: Node) -> ir.Block:
    """``export { a as b }``, ``export … from "m"``, ``export * as n from "m"``."""
    at = low.span(node)
    module = _string(low, node.child_by_field_name("source")) or ""
    for child in node.named_children:
        if child.type == "export_clause":
            return (ir.Export(at, tuple([_alias(low, part) for part in parts(child)]), module),)
        if child.type == "namespace_export" and parts(child):
            name = low.text(parts(child)[0])
            return ir.Import(at, module, local=name), ir.Export(at, (ir.Alias(name, name),))
    return (ir.Export(at, (ir.Alias("*", "*"),), module),) if module else ()


def commonjs_export(at: ir.Span, targets: tuple[ir.Expr, ...], value: ir.Expr) -> ir.Block:
    """What an assignment to ``module.exports`` or ``exports.a`` exports; nothing for any other."""
    found: list[ir.Statement] = []
    for target in targets:
        if isinstance(target, ir.Name) and target.id.startswith("exports."):
            found.append(ir.Export(at, (ir.Alias(target.id, target.id.removeprefix("exports.")),)))
        elif isinstance(target, ir.Name) and target.id == "module.exports":
            found.extend(_exported_value(at, value))
        elif isinstance(target, ir.Attr) and isinstance(target.base, ir.Name) and target.base.id == "module.exports":
            name = f"exports.{target.name}"
            found.append(ir.Assign(at, (ir.Name(target.at, name),), target))
            found.append(ir.Export(at, (ir.Alias(name, target.name),)))
    return tuple(found)


def _exported_value(at: ir.Span, value: ir.Expr) -> ir.Block:
    aliases = [ir.Alias("module.exports", "default")]
    found: list[ir.Statement] = []
    for entry in value.entries if isinstance(value, ir.Record) else ():
        if isinstance(entry.key, ir.Const) and isinstance(entry.key.value, str):
            name = entry.key.value
            if isinstance(entry.value, ir.Name):
                aliases.append(ir.Alias(entry.value.id, name))
            else:
                found.append(ir.Assign(entry.value.at, (ir.Name(entry.key.at, f"exports.{name}"),), entry.value))
                aliases.append(ir.Alias(f"exports.{name}", name))
        elif module := _required(entry.value) if entry.key is None else "":
            found.append(ir.Export(at, (ir.Alias("*", "*"),), module))
    if module := _required(value):
        found.append(ir.Export(at, (ir.Alias("*", "*"), ir.Alias("default", "default")), module))
        return tuple(found)
    return (*found, ir.Export(at, tuple(aliases)))


def _required(value: ir.Expr) -> str:
    start, end = REQUIRED.split("{}")
    if isinstance(value, ir.Name) and value.id.startswith(start):
        return value.id[len(start) : -len(end)]
    return ""
