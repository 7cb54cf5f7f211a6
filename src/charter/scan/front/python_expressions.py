"""Expressions of Python's own syntax tree, lowered.

Speed decides the shape here: plain functions found by the type of the node, and no object that is not part of the
result. What differs between files stands in a Context.
"""

import ast
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

from charter.scan import ir
from charter.scan.front.chains import balanced
from charter.scan.front.lines import Columns, across, first_line

MAX_DEPTH = 200
"""Expressions deeper than that are left to the reader for broken files, which lists what it leaves out."""
_SPAN = ir.Span
_tuple_new = tuple.__new__

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.BitOr: "|", ast.BitAnd: "&", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>", ast.MatMult: "@",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in",
    ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not", ast.And: "and", ast.Or: "or", ast.Not: "not",
    ast.USub: "-", ast.UAdd: "+", ast.Invert: "~",
}  # fmt: skip


class Context:
    """What lowering has to know of the file."""

    __slots__ = ("at", "depth", "is_generator", "lines")

    def __init__(self, lines: tuple[str, ...], ascii_only: bool) -> None:
        self.lines = lines
        self.at: Callable[[Any], ir.Span] = _narrow if ascii_only else _wide(Columns(lines))
        self.depth = 0
        """Of those expressions that can nest without a bracket, how many are open."""
        self.is_generator = False
        """A ``yield`` stands in the function being lowered."""

    def deeper(self) -> None:
        """One more is open."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise RecursionError


Lower: TypeAlias = Callable[[Any, Context], ir.Expr]


def _narrow(node: Any) -> ir.Span:
    where = (node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)
    return _tuple_new(_SPAN, where)


def _wide(columns: Columns) -> Callable[[Any], ir.Span]:
    def at(node: Any) -> ir.Span:
        return columns.span(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)

    return at


def lower_expression(node: ast.expr, context: Context) -> ir.Expr:
    """Any expression."""
    return EXPRESSIONS[type(node)](node, context)


def lower_all(nodes: Sequence[ast.expr], context: Context) -> tuple[ir.Expr, ...]:
    """Several, in their order."""
    return tuple([EXPRESSIONS[type(node)](node, context) for node in nodes]) if nodes else ()


def _constant(node: ast.Constant, context: Context) -> ir.Expr:
    value = node.value
    if isinstance(value, complex) or value is ...:
        return ir.Opaque(context.at(node))
    return ir.Const(context.at(node), value)


def _name(node: ast.Name, context: Context) -> ir.Expr:
    return ir.Name(context.at(node), node.id)


def _attribute(node: ast.Attribute, context: Context) -> ir.Expr:
    base = node.value
    context.deeper()
    lowered = EXPRESSIONS[type(base)](base, context)
    context.depth -= 1
    at, name = context.at(node), node.attr
    name_at = _tuple_new(_SPAN, (at[2], max(1, at[3] - len(name)), at[2], at[3]))
    return ir.Attr(at, lowered, name, name_at)


def _call(node: ast.Call, context: Context) -> ir.Expr:
    context.deeper()
    func = EXPRESSIONS[type(node.func)](node.func, context)
    context.depth -= 1
    arguments = []
    for value in node.args:
        if type(value) is ast.Starred:
            arguments.append(ir.Arg(lower_expression(value.value, context), None, "*"))
        else:
            arguments.append(ir.Arg(EXPRESSIONS[type(value)](value, context)))
    for keyword in node.keywords:
        value = keyword.value
        name = keyword.arg
        arguments.append(ir.Arg(EXPRESSIONS[type(value)](value, context), name, "" if name is not None else "**"))
    return ir.Call(context.at(node), func, tuple(arguments))


def _subscript(node: ast.Subscript, context: Context) -> ir.Expr:
    context.deeper()
    base, key = lower_expression(node.value, context), node.slice
    context.depth -= 1
    if isinstance(key, ast.Slice):
        return ir.Index(context.at(node), base, None, _bounds(key, context))
    return ir.Index(context.at(node), base, lower_expression(key, context))


def _bounds(node: ast.Slice, context: Context) -> tuple[ir.Expr, ...]:
    return lower_all([bound for bound in (node.lower, node.upper, node.step) if bound is not None], context)


def _slice(node: ast.Slice, context: Context) -> ir.Expr:
    return ir.Opaque(context.at(node), _bounds(node, context))


def _dict(node: ast.Dict, context: Context) -> ir.Expr:
    entries = [
        ir.Entry(None if key is None else lower_expression(key, context), lower_expression(value, context))
        for key, value in zip(node.keys, node.values, strict=True)
    ]
    return ir.Record(context.at(node), tuple(entries))


def _list(node: ast.List, context: Context) -> ir.Expr:
    return ir.Sequence(context.at(node), lower_all(node.elts, context))


def _tuple(node: ast.Tuple, context: Context) -> ir.Expr:
    return ir.Sequence(context.at(node), lower_all(node.elts, context), "tuple")


def _set(node: ast.Set, context: Context) -> ir.Expr:
    return ir.Sequence(context.at(node), lower_all(node.elts, context), "set")


def _starred(node: ast.Starred, context: Context) -> ir.Expr:
    return ir.Spread(context.at(node), lower_expression(node.value, context))


def _joined(node: Any, context: Context) -> ir.Expr:
    return ir.Text(context.at(node), lower_all(node.values, context))


def _formatted(node: Any, context: Context) -> ir.Expr:
    """``{value!r:spec}`` is ``format(repr(value), spec)``: what these calls do to text, the engine knows."""
    made, at = lower_expression(node.value, context), context.at(node.value)
    if node.conversion == ord("r"):
        made = ir.Call(at, ir.Name(at, "repr"), (ir.Arg(made),))
    if node.format_spec is not None:
        spec = _format_spec(node.format_spec, context)
        made = ir.Call(at, ir.Name(at, "format"), (ir.Arg(made), ir.Arg(spec)))
    return made


def _format_spec(node: ast.JoinedStr, context: Context) -> ir.Expr:
    match node.values:
        case [ast.Constant(value=str()) as only]:
            return _constant(only, context)
    return _joined(node, context)


def _binary(node: ast.BinOp, context: Context) -> ir.Expr:
    op, left = OPERATORS[type(node.op)], node.left
    if type(left) is ast.BinOp and type(left.op) is type(node.op) and op in "+|&":
        return balanced(op, [lower_expression(each, context) for each in _chain(node)])
    context.deeper()
    first, second = lower_expression(left, context), lower_expression(node.right, context)
    context.depth -= 1
    return ir.Binary(context.at(node), op, first, second)


def _chain(node: ast.BinOp) -> list[ast.expr]:
    """The operands of ``a + b + c``, in order."""
    kind, operands = type(node.op), []
    this: ast.expr = node
    while isinstance(this, ast.BinOp) and type(this.op) is kind:
        operands.append(this.right)
        this = this.left
    operands.append(this)
    operands.reverse()
    return operands


def _boolean(node: ast.BoolOp, context: Context) -> ir.Expr:
    return balanced(OPERATORS[type(node.op)], lower_all(node.values, context))


def _compare(node: ast.Compare, context: Context) -> ir.Expr:
    left = lower_expression(node.left, context)
    if len(node.ops) == 1:
        right = lower_expression(node.comparators[0], context)
        return ir.Binary(context.at(node), OPERATORS[type(node.ops[0])], left, right)
    links: list[ir.Expr] = []
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = lower_expression(comparator, context)
        links.append(ir.Binary(across(left.at, right.at), OPERATORS[type(op)], left, right))
        left = right
    return balanced("and", links)


def _unary(node: ast.UnaryOp, context: Context) -> ir.Expr:
    context.deeper()
    value = lower_expression(node.operand, context)
    context.depth -= 1
    if type(node.op) is ast.USub and type(value) is ir.Const and type(value.value) in (int, float):
        return ir.Const(context.at(node), -value.value)  # type: ignore[operator]  # narrowed by type() for speed
    return ir.Unary(context.at(node), OPERATORS[type(node.op)], value)


def _conditional(node: ast.IfExp, context: Context) -> ir.Expr:
    context.deeper()
    test, then, other = lower_all((node.test, node.body, node.orelse), context)
    context.depth -= 1
    return ir.Conditional(context.at(node), test, then, other)


def _await(node: ast.Await, context: Context) -> ir.Expr:
    return ir.Await(context.at(node), lower_expression(node.value, context))


def _yield(node: ast.Yield, context: Context) -> ir.Expr:
    context.is_generator = True
    return ir.Yield(context.at(node), None if node.value is None else lower_expression(node.value, context))


def _yield_from(node: ast.YieldFrom, context: Context) -> ir.Expr:
    context.is_generator = True
    return ir.Yield(context.at(node), lower_expression(node.value, context), many=True)


def _walrus(node: ast.NamedExpr, context: Context) -> ir.Expr:
    return ir.Bind(context.at(node), lower_expression(node.target, context), lower_expression(node.value, context))


def _lambda(node: ast.Lambda, context: Context) -> ir.Expr:
    at, params = context.at(node), lower_parameters(node.args, context)
    outer, context.is_generator = context.is_generator, False
    context.deeper()
    body = ir.Return(context.at(node.body), lower_expression(node.body, context))
    context.depth -= 1
    is_generator, context.is_generator = context.is_generator, outer
    name_at = first_line(at, context.lines)
    return ir.Lambda(at, ir.Function(at, "", params, (body,), name_at, is_generator=is_generator))


def _comprehension(kind: Any) -> Lower:
    def lower(node: Any, context: Context) -> ir.Expr:
        clauses = tuple([_clause(each, context) for each in node.generators])
        if kind == "dict":
            key, element = lower_expression(node.key, context), lower_expression(node.value, context)
            return ir.Comprehension(context.at(node), kind, key, element, clauses)
        return ir.Comprehension(context.at(node), kind, None, lower_expression(node.elt, context), clauses)

    return lower


def _clause(node: ast.comprehension, context: Context) -> ir.Clause:
    target, iterable = lower_expression(node.target, context), lower_expression(node.iter, context)
    return ir.Clause(target, iterable, lower_all(node.ifs, context))


def lower_parameters(node: ast.arguments, context: Context) -> tuple[ir.Param, ...]:
    """The parameters of a function, in the order of the source."""
    plain = node.posonlyargs + node.args
    bare = len(plain) - len(node.defaults)
    params = [_param(each, "plain", None, context) for each in plain[:bare]]
    params += [_param(each, "plain", value, context) for each, value in zip(plain[bare:], node.defaults, strict=True)]
    if node.vararg is not None:
        params.append(_param(node.vararg, "*", None, context))
    for each, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        params.append(_param(each, "keyword", default, context))
    if node.kwarg is not None:
        params.append(_param(node.kwarg, "**", None, context))
    return tuple(params)


def _param(node: ast.arg, kind: Any, default: ast.expr | None, context: Context) -> ir.Param:
    annotation = None if node.annotation is None else lower_expression(node.annotation, context)
    value = None if default is None else lower_expression(default, context)
    return ir.Param(context.at(node), node.arg, kind, annotation, value)


def kind_of_method(decorators: Sequence[ir.Expr]) -> Literal["plain", "static", "class", "get", "set"]:
    """What its decorators make of a method."""
    for decorator in decorators:
        match decorator:
            case ir.Name(id="staticmethod"):
                return "static"
            case ir.Name(id="classmethod"):
                return "class"
            case ir.Name(id=name) | ir.Attr(name=name) if name in _GETTERS:
                return "get"
            case ir.Attr(name="setter"):
                return "set"
    return "plain"


_GETTERS = frozenset({"property", "cached_property", "abstractproperty", "computed_field", "hybrid_property"})

EXPRESSIONS: dict[type[ast.AST], Lower] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Dict: _dict,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Set: _set,
    ast.Starred: _starred,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.UnaryOp: _unary,
    ast.IfExp: _conditional,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.NamedExpr: _walrus,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension("list"),
    ast.SetComp: _comprehension("set"),
    ast.DictComp: _comprehension("dict"),
    ast.GeneratorExp: _comprehension("generator"),
}
for _newer, _lower in (("TemplateStr", _joined), ("Interpolation", _formatted)):
    # Template strings came with Python 3.14.
    if _kind := getattr(ast, _newer, None):
        EXPRESSIONS[_kind] = _lower
