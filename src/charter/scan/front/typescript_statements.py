"""Statements of JavaScript and TypeScript."""

from tree_sitter import Node

from charter.scan import ir
from charter.scan.front.typescript_classes import class_definition, enum
from charter.scan.front.typescript_expressions import augmented_operator
from charter.scan.front.typescript_functions import function, named_value
from charter.scan.front.typescript_modules import commonjs_export, declared_import, import_statement, passed_on
from charter.scan.front.typescript_patterns import names_in, target
from charter.scan.front.typescript_switch import switch
from charter.scan.front.typescript_tree import Lowering, LowerStatement, bare, parts
from charter.scan.front.typescript_types import annotation, named_type

_FUNCTIONS = frozenset({"function_declaration", "generator_function_declaration"})
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration"})


def block(low: Lowering, node: Node) -> ir.Block:
    """Statements in a row; functions stand first, as they may be called before the line that defines them."""
    first: list[ir.Statement] = []
    rest: list[ir.Statement] = []
    for child in node.named_children:
        declared = child.child_by_field_name("declaration") if child.type == "export_statement" else child
        hoisted = declared is not None and declared.type in _FUNCTIONS
        (first if hoisted else rest).extend(low.statement(child))
    return (*first, *rest)


def _body(low: Lowering, node: Node | None) -> ir.Block:
    """The body of an ``if`` or a loop, with or without braces."""
    return low.statement(node) if node is not None else ()


def _nothing(low: Lowering, node: Node) -> ir.Block:
    return ()


def _expression_statement(low: Lowering, node: Node) -> ir.Block:
    return tuple([lowered for part in parts(node) for lowered in _evaluated(low, part)])


def _evaluated(low: Lowering, node: Node) -> ir.Block:
    node = bare(node)
    if node.type == "assignment_expression":
        return _assignment(low, node)
    if node.type in {"augmented_assignment_expression", "update_expression"}:
        return _augmented(low, node)
    if node.type == "sequence_expression":
        return tuple([lowered for part in parts(node) for lowered in _evaluated(low, part)])
    if node.type == "internal_module":
        return _namespace(low, node)
    return (ir.Evaluate(low.span(node), low.expression(node)),)


def _assignment(low: Lowering, node: Node) -> ir.Block:
    """``a = b = value`` has two targets."""
    at = low.span(node)
    targets: list[ir.Expr] = []
    left: Node | None = None
    while node.type == "assignment_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            break
        targets.append(target(low, left))
        node = bare(right)
    if left is None or not targets:
        return (ir.Evaluate(at, low.expression(node)),)
    value = named_value(low, node, left)
    return (ir.Assign(at, tuple(targets), value), *commonjs_export(at, tuple(targets), value))


def _augmented(low: Lowering, node: Node) -> ir.Block:
    at = low.span(node)
    if node.type == "update_expression":
        changed = node.child_by_field_name("argument")
        return (ir.Assign(at, (target(low, changed),), ir.Const(at, 1), op="+"),) if changed is not None else ()
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return ()
    return (ir.Assign(at, (target(low, left),), low.expression(right), op=augmented_operator(node, low)),)


def _declaration(low: Lowering, node: Node) -> ir.Block:
    found: list[ir.Statement] = []
    for child in parts(node):
        name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
        if name is None:
            continue
        imported = declared_import(low, name, value) if value is not None else None
        if imported is not None:
            found.append(imported)
            continue
        lowered = named_value(low, value, name) if value is not None else None
        typed = annotation(low, child.child_by_field_name("type"))
        found.append(ir.Assign(low.span(child), (target(low, name),), lowered, typed, declares=True))
    return tuple(found)


def _if(low: Lowering, node: Node) -> ir.Block:
    test = node.child_by_field_name("condition")
    alternative = node.child_by_field_name("alternative")
    if test is None:
        return ()
    then = _body(low, node.child_by_field_name("consequence"))
    other = tuple([s for part in (parts(alternative) if alternative is not None else ()) for s in low.statement(part)])
    return (ir.If(low.span(node), low.expression(test), then, other),)


def _for(low: Lowering, node: Node) -> ir.Block:
    """The C-style loop: its initialisation, and a ``while`` with the step at the end."""
    at = low.span(node)
    start, step = node.child_by_field_name("initializer"), node.child_by_field_name("increment")
    test = next((bare(n) for n in node.children_by_field_name("condition") if n.is_named), None)
    before = low.statement(start) if start is not None and start.is_named else ()
    body = _body(low, node.child_by_field_name("body"))
    after = _evaluated(low, step) if step is not None else ()
    if test is not None and test.type == "expression_statement":
        test = next(iter(parts(test)), None)
    always = test is None or test.type == "empty_statement"
    condition = ir.Const(at, value=True) if always or test is None else low.expression(test)
    return (*before, ir.While(at, condition, (*body, *after)))


def _for_in(low: Lowering, node: Node) -> ir.Block:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    token = node.child_by_field_name("operator")
    if left is None or right is None:
        return ()
    keys = token is not None and low.text(token) == "in"
    body = _body(low, node.child_by_field_name("body"))
    return (ir.For(low.span(node), target(low, left), low.expression(right), body, keys=keys),)


def _while(low: Lowering, node: Node) -> ir.Block:
    test = node.child_by_field_name("condition")
    if test is None:
        return ()
    body = _body(low, node.child_by_field_name("body"))
    return (ir.While(low.span(node), low.expression(test), body, first=node.type == "do_statement"),)


def _try(low: Lowering, node: Node) -> ir.Block:
    handlers: tuple[ir.Handler, ...] = ()
    if (handler := node.child_by_field_name("handler")) is not None:
        bound = handler.child_by_field_name("parameter")
        caught = target(low, bound) if bound is not None else None
        handlers = (ir.Handler(None, caught, _body(low, handler.child_by_field_name("body"))),)
    last = node.child_by_field_name("finalizer")
    final = _body(low, last.child_by_field_name("body")) if last is not None else ()
    return (ir.Try(low.span(node), _body(low, node.child_by_field_name("body")), handlers, final=final),)


def _with(low: Lowering, node: Node) -> ir.Block:
    value = node.child_by_field_name("object")
    items = ((low.expression(value), None),) if value is not None else ()
    return (ir.With(low.span(node), items, _body(low, node.child_by_field_name("body"))),)


def _return(low: Lowering, node: Node) -> ir.Block:
    return (ir.Return(low.span(node), low.optional(next(iter(parts(node)), None))),)


def _throw(low: Lowering, node: Node) -> ir.Block:
    return (ir.Raise(low.span(node), low.optional(next(iter(parts(node)), None))),)


def _break(low: Lowering, node: Node) -> ir.Block:
    return (ir.Break(low.span(node)),)


def _continue(low: Lowering, node: Node) -> ir.Block:
    return (ir.Continue(low.span(node)),)


def _labelled(low: Lowering, node: Node) -> ir.Block:
    return _body(low, node.child_by_field_name("body"))


def _define(low: Lowering, node: Node) -> ir.Block:
    return (ir.Define(low.span(node), function(low, node)),)


def _define_class(low: Lowering, node: Node) -> ir.Block:
    return (ir.DefineClass(low.span(node), class_definition(low, node)),)


def _import_alias(low: Lowering, node: Node) -> ir.Block:
    """``import A = B.C``."""
    inner = parts(node)
    if len(inner) != 2:
        return ()
    return (ir.Assign(low.span(node), (target(low, inner[0]),), low.expression(inner[1]), declares=True),)


def _namespace(low: Lowering, node: Node) -> ir.Block:
    """``namespace A { export … }``: its statements, and A as a record of what it exports."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None or body is None or name.type == "string":
        return ()
    within: list[ir.Statement] = []
    entries: list[ir.Entry] = []
    for statement in block(low, body):
        if isinstance(statement, ir.Export):
            entries.extend(
                ir.Entry(ir.Const(statement.at, alias.local), ir.Name(statement.at, alias.name))
                for alias in statement.names
            )
        else:
            within.append(statement)
    at = low.span(name)
    root = low.text(name).split(".")[0]
    assigned = ir.Assign(at, (ir.Name(at, root),), ir.Record(at, tuple(entries)), declares=True)
    return (*within, assigned)


def _export(low: Lowering, node: Node) -> ir.Block:
    at = low.span(node)
    declared, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    tokens = {child.type for child in node.children if not child.is_named}
    if "=" in tokens and (inner := parts(node)):
        lowered = low.expression(inner[0])
        assigned = (ir.Name(at, "module.exports"),)
        return (ir.Assign(at, assigned, lowered), *commonjs_export(at, assigned, lowered))
    if declared is not None:
        return _exported_declaration(low, node, declared, default="default" in tokens)
    if value is not None:
        default = ir.Name(at, "default")
        return (ir.Assign(at, (default,), low.expression(value)), ir.Export(at, (ir.Alias("default", "default"),)))
    return passed_on(low, node)


def _exported_declaration(low: Lowering, node: Node, declared: Node, *, default: bool) -> ir.Block:
    at = low.span(node)
    if declared.type in _CLASSES:
        before = tuple([low.expression(p) for c in node.children if c.type == "decorator" for p in parts(c)])
        within: ir.Block = (ir.DefineClass(low.span(declared), class_definition(low, declared, before)),)
    else:
        within = low.statement(declared)
    names = [name for statement in within for name in _declared_names(statement)]
    if default:
        return (*within, ir.Export(at, tuple([ir.Alias(name, "default") for name in names])))
    return (*within, ir.Export(at, tuple([ir.Alias(name, name) for name in names])))


def _declared_names(statement: ir.Statement) -> list[str]:
    if isinstance(statement, ir.Define):
        return [statement.function.name]
    if isinstance(statement, ir.DefineClass):
        return [statement.definition.name]
    if isinstance(statement, ir.Assign) and statement.declares:
        return [name.id for each in statement.targets for name in names_in(each)]
    if isinstance(statement, ir.Import):
        return [alias.local for alias in statement.names] or [statement.local]
    return []


STATEMENTS: dict[str, LowerStatement] = {
    "statement_block": block,
    "program": block,
    "ERROR": block,
    "expression_statement": _expression_statement,
    "lexical_declaration": _declaration,
    "variable_declaration": _declaration,
    "using_declaration": _declaration,
    "if_statement": _if,
    "for_statement": _for,
    "for_in_statement": _for_in,
    "while_statement": _while,
    "do_statement": _while,
    "try_statement": _try,
    "with_statement": _with,
    "switch_statement": switch,
    "return_statement": _return,
    "throw_statement": _throw,
    "break_statement": _break,
    "continue_statement": _continue,
    "labeled_statement": _labelled,
    "function_declaration": _define,
    "generator_function_declaration": _define,
    "class_declaration": _define_class,
    "abstract_class_declaration": _define_class,
    "enum_declaration": enum,
    "interface_declaration": named_type,
    "type_alias_declaration": named_type,
    "import_statement": import_statement,
    "import_alias": _import_alias,
    "export_statement": _export,
    "internal_module": _namespace,
    "module": _namespace,
    "ambient_declaration": _nothing,
    "function_signature": _nothing,
    "empty_statement": _nothing,
    "debugger_statement": _nothing,
    "comment": _nothing,
    "html_comment": _nothing,
    "hash_bang_line": _nothing,
}
