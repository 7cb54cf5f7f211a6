"""Python, lowered from the standard library's syntax tree."""

import ast
import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from charter.scan import ir
from charter.scan.front.chains import if_chain
from charter.scan.front.lines import first_line, split_lines
from charter.scan.front.python_broken import lower_broken
from charter.scan.front.python_expressions import (
    EXPRESSIONS,
    OPERATORS,
    Context,
    kind_of_method,
    lower_all,
    lower_expression,
    lower_parameters,
)


def lower_python(path: str, text: str) -> ir.Module:
    """A file of Python. What ``ast`` refuses (Python 2, merge markers, newer syntax) is read by tree-sitter instead."""
    text = text.removeprefix("\ufeff")
    lines = split_lines(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        context = Context(lines, text.isascii())
        return ir.Module(path, "python", _block(tree.body, context, documented=True), lines=lines)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return lower_broken(path, text)


def _block(nodes: Sequence[ast.stmt], context: Context, *, documented: bool = False) -> ir.Block:
    """Statements; with ``documented`` the docstring, which its owner has in words, is left out."""
    made: list[ir.Statement] = []
    for node in nodes[1:] if documented and _doc(nodes) is not None else nodes:
        lowered = _STATEMENTS[type(node)](node, context)
        if type(lowered) is tuple:
            made.extend(lowered)
        else:
            made.append(lowered)  # type: ignore[arg-type]  # narrowed by type() for speed
    return tuple(made)


def _doc(body: Sequence[ast.stmt]) -> str | None:
    match body:
        case [ast.Expr(value=ast.Constant(value=str(doc))), *_]:
            return doc
    return None


def _optional(node: ast.expr | None, context: Context) -> ir.Expr | None:
    return None if node is None else EXPRESSIONS[type(node)](node, context)


def _assign(node: ast.Assign, context: Context) -> ir.Statement:
    return ir.Assign(context.at(node), lower_all(node.targets, context), lower_expression(node.value, context))


def _annotated(node: ast.AnnAssign, context: Context) -> ir.Statement:
    target, annotation = lower_expression(node.target, context), lower_expression(node.annotation, context)
    return ir.Assign(context.at(node), (target,), _optional(node.value, context), annotation)


def _augmented(node: ast.AugAssign, context: Context) -> ir.Statement:
    target, value = lower_expression(node.target, context), lower_expression(node.value, context)
    return ir.Assign(context.at(node), (target,), value, op=OPERATORS[type(node.op)])


def _evaluate(node: ast.Expr, context: Context) -> ir.Statement:
    return ir.Evaluate(context.at(node), lower_expression(node.value, context))


def _if(node: ast.If, context: Context) -> ir.Statement:
    branches = [node]
    while len(branches[-1].orelse) == 1 and isinstance(branches[-1].orelse[0], ast.If):
        branches.append(branches[-1].orelse[0])
    other = _block(branches[-1].orelse, context)
    tested = [(context.at(each), lower_expression(each.test, context), _block(each.body, context)) for each in branches]
    return if_chain(tested, other)


def _for(node: ast.For | ast.AsyncFor, context: Context) -> ir.Statement:
    target, iterable = lower_expression(node.target, context), lower_expression(node.iter, context)
    return ir.For(context.at(node), target, iterable, _block(node.body, context), _block(node.orelse, context))


def _while(node: ast.While, context: Context) -> ir.Statement:
    test = lower_expression(node.test, context)
    return ir.While(context.at(node), test, _block(node.body, context), _block(node.orelse, context))


def _try(node: ast.Try, context: Context) -> ir.Statement:
    body = _block(node.body, context)
    handlers = tuple([_handler(each, context) for each in node.handlers])
    other, final = _block(node.orelse, context), _block(node.finalbody, context)
    return ir.Try(context.at(node), body, handlers, other, final)


def _handler(node: ast.ExceptHandler, context: Context) -> ir.Handler:
    target = None if node.name is None else ir.Name(first_line(context.at(node), context.lines), node.name)
    return ir.Handler(_optional(node.type, context), target, _block(node.body, context))


def _with(node: ast.With | ast.AsyncWith, context: Context) -> ir.Statement:
    items = [
        (lower_expression(item.context_expr, context), _optional(item.optional_vars, context)) for item in node.items
    ]
    return ir.With(context.at(node), tuple(items), _block(node.body, context))


def _match(node: ast.Match, context: Context) -> ir.Statement:
    subject = lower_expression(node.subject, context)
    return ir.Match(context.at(node), subject, tuple([_case(each, context) for each in node.cases]))


def _case(node: ast.match_case, context: Context) -> ir.Case:
    binds: list[ir.Name] = []
    patterns = _patterns(node.pattern, binds, context)
    return ir.Case(patterns, tuple(binds), _optional(node.guard, context), _block(node.body, context))


def _patterns(node: ast.pattern, binds: list[ir.Name], context: Context) -> tuple[ir.Expr, ...] | None:
    """The values that a pattern admits, None for shapes; the names that it binds are added to ``binds``."""
    match node:
        case ast.MatchValue():
            return (lower_expression(node.value, context),)
        case ast.MatchSingleton():
            return (ir.Const(context.at(node), node.value),)
        case ast.MatchAs():
            inner = None if node.pattern is None else _patterns(node.pattern, binds, context)
            if node.name is not None:
                binds.append(ir.Name(context.at(node), node.name))
            return inner
        case ast.MatchOr():
            parts = [_patterns(each, binds, context) for each in node.patterns]
            known = [part for part in parts if part is not None]
            return tuple([value for part in known for value in part]) if len(known) == len(parts) else None
    bound = getattr(node, "name", None) or getattr(node, "rest", None)
    if bound is not None:
        binds.append(ir.Name(context.at(node), bound))
    for each in (*getattr(node, "patterns", ()), *getattr(node, "kwd_patterns", ())):
        _patterns(each, binds, context)
    return None


def _return(node: ast.Return, context: Context) -> ir.Statement:
    return ir.Return(context.at(node), _optional(node.value, context))


def _raise(node: ast.Raise, context: Context) -> ir.Statement:
    value = _optional(node.exc, context)
    if value is not None and isinstance(node.cause, ast.Call):
        value = ir.Opaque(value.at, (value, lower_expression(node.cause, context)))
    return ir.Raise(context.at(node), value)


def _assert(node: ast.Assert, context: Context) -> ir.Statement:
    """``assert test, message`` is ``if not test: raise message``, so that it guards what follows."""
    at, test = context.at(node), lower_expression(node.test, context)
    refused = ir.Raise(at, _optional(node.msg, context))
    return ir.If(at, ir.Unary(test.at, "not", test), (refused,))


def _delete(node: ast.Delete, context: Context) -> ir.Block:
    at = context.at(node)
    return tuple([ir.Evaluate(at, ir.Unary(at, "delete", lower_expression(each, context))) for each in node.targets])


def _global(node: ast.Global, context: Context) -> ir.Statement:
    return ir.Scope(context.at(node), tuple(node.names), "global")


def _nonlocal(node: ast.Nonlocal, context: Context) -> ir.Statement:
    return ir.Scope(context.at(node), tuple(node.names), "nonlocal")


def _break(node: ast.Break, context: Context) -> ir.Statement:
    return ir.Break(context.at(node))


def _continue(node: ast.Continue, context: Context) -> ir.Statement:
    return ir.Continue(context.at(node))


def _pass(node: ast.Pass, context: Context) -> ir.Block:
    return ()


def _import(node: ast.Import, context: Context) -> ir.Block:
    at = context.at(node)
    return tuple([ir.Import(at, each.name, (), each.asname or each.name.partition(".")[0]) for each in node.names])


def _import_from(node: ast.ImportFrom, context: Context) -> ir.Statement:
    names = tuple([ir.Alias(each.name, each.asname or each.name) for each in node.names])
    return ir.Import(context.at(node), node.module or "", names, level=node.level)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, context: Context) -> ir.Statement:
    at, keyword = context.at(node), 9 if type(node) is ast.AsyncFunctionDef else 3
    decorators, params = lower_all(node.decorator_list, context), lower_parameters(node.args, context)
    outer, context.is_generator = context.is_generator, False
    body = _block(node.body, context, documented=True)
    is_generator, context.is_generator = context.is_generator, outer
    function = ir.Function(
        at,
        node.name,
        params,
        body,
        _name_at(node, at, keyword, context),
        decorators,
        _optional(node.returns, context),
        _doc(node.body) or "",
        is_generator,
        kind_of_method(decorators),
    )
    return ir.Define(at, function)


def _class(node: ast.ClassDef, context: Context) -> ir.Statement:
    at = context.at(node)
    keywords = [
        ir.Arg(lower_expression(each.value, context), each.arg, "**" if each.arg is None else "")
        for each in node.keywords
    ]
    definition = ir.Class(
        at,
        node.name,
        lower_all(node.bases, context),
        _block(node.body, context, documented=True),
        _name_at(node, at, 5, context),
        tuple(keywords),
        lower_all(node.decorator_list, context),
        _doc(node.body) or "",
    )
    return ir.DefineClass(at, definition)


def _name_at(node: Any, at: ir.Span, keyword: int, context: Context) -> ir.Span:
    """Where the name of a definition stands: the tree does not say, it follows the keyword."""
    start = context.lines[at.line - 1].find(node.name, at.column - 1 + keyword) + 1
    if not start:  # a name that Unicode normalised, or one on the next line
        start = at.column
    return ir.Span(at.line, start, at.line, start + len(node.name))


def _type_alias(node: Any, context: Context) -> ir.Statement:
    return ir.NamedType(context.at(node), node.name.id, lower_expression(node.value, context))


_Lower: TypeAlias = Callable[[Any, Context], "ir.Statement | ir.Block"]

_STATEMENTS: dict[type[ast.AST], _Lower] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _evaluate,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Match: _match,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Delete: _delete,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Pass: _pass,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}
if hasattr(ast, "TypeAlias"):  # ``type X = …`` came with Python 3.12
    _STATEMENTS[ast.TypeAlias] = _type_alias
