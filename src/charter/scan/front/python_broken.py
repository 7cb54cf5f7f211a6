"""
Python that ``ast`` refuses (Python 2, merge markers, newer syntax, half a file), lowered from tree-sitter's tree.

tree-sitter reads any text: what it can make nothing of it leaves aside and goes on behind. Those stretches are listed
in ``Module.broken``; whole statements and expressions within them are still lowered.
"""

import re
import warnings
from collections.abc import Callable
from typing import TypeAlias

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Tree

from charter.scan import ir
from charter.scan.front.chains import if_chain
from charter.scan.front.lines import first_line, split_lines
from charter.scan.front.python_expressions import kind_of_method
from charter.scan.front.python_tree_expressions import MAX_DEPTH, TreeExpressions, named, text_of
from charter.scan.front.python_tree_patterns import read_pattern

MAX_PARTS = 2000
_AT_MARGIN = re.compile(r"(?:def|class|async\s+def)\s+\w|@\w")
_LANGUAGE = Language(tree_sitter_python.language())


def lower_broken(path: str, text: str) -> ir.Module:
    """All that can be made out of a file; what cannot is in ``broken``."""
    lines = split_lines(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes in strings that mean nothing
        body, broken = _read(lines, 0, len(lines))
        if _lines_of(broken) > 1:
            body, broken = min((body, broken), _read_in_parts(lines), key=lambda read: _lines_of(read[1]))
    return ir.Module(path, "python", body, tuple(broken), lines)


def _read(lines: tuple[str, ...], start: int, end: int) -> tuple[ir.Block, list[ir.Span]]:
    """Some of the lines of a file, which stay where they are."""
    text = "\n" * start + "\n".join(lines[start:end])
    tree = Parser(_LANGUAGE).parse(text.encode("utf-8", "surrogatepass"))
    lowering = _TreeStatements(lines)
    body = lowering.block(tree.root_node, documented=start == 0)
    return body, sorted({*lowering.broken, *_broken(tree, lowering)})


def _read_in_parts(lines: tuple[str, ...]) -> tuple[ir.Block, list[ir.Span]]:
    """Each definition at the margin by itself, so that a bracket left open in one swallows no other."""
    starts = [number for number, line in enumerate(lines) if _AT_MARGIN.match(line)][:MAX_PARTS]
    starts = [0, *(number for number in starts if number and not lines[number - 1].startswith("@"))]
    body: list[ir.Statement] = []
    broken: list[ir.Span] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        part, bad = _read(lines, start, end)
        body += part
        broken += bad
    return tuple(body), broken


def _lines_of(spans: list[ir.Span]) -> int:
    return sum(span.end_line - span.line + 1 for span in spans)


def _broken(tree: Tree, lowering: TreeExpressions) -> list[ir.Span]:
    """Where the parser found nothing that it knows, or found something missing."""
    found, waiting = [], [tree.root_node]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            found.append(lowering.at(node))
        elif node.has_error:
            waiting.extend(node.children)
    return found


class _TreeStatements(TreeExpressions):
    """Statements; expressions are inherited."""

    def block(self, node: Node | None, *, documented: bool = False) -> ir.Block:
        """The statements right below a node; with ``documented`` without the docstring."""
        if node is None:
            return ()
        if self.depth >= MAX_DEPTH:
            self.broken.append(self.at(node))
            return ()
        self.depth += 1
        nodes = named(node)
        made: list[ir.Statement] = []
        for each in nodes[1:] if documented and self.doc(node) is not None else nodes:
            made.extend(self.statement(each))
        self.depth -= 1
        return tuple(made)

    def statement(self, node: Node) -> ir.Block:
        """One statement, after what is left of the errors right below it."""
        if node.is_error:
            return self.block(node)
        left: list[ir.Statement] = []
        if node.has_error:
            for child in node.children:
                if child.is_error:
                    left.extend(self.block(child))
        lower = _LOWER.get(node.type)
        if lower is not None:
            return (*left, *lower(self, node))
        return (*left, ir.Evaluate(self.at(node), self.expression(node)))

    def doc(self, body: Node | None) -> str | None:
        """The docstring that a body begins with."""
        first = named(body)[0] if body is not None and named(body) else None
        if first is not None and first.type == "expression_statement" and len(parts := named(first)) == 1:
            value = self.string(parts[0]) if parts[0].type == "string" else None
            if isinstance(value, ir.Const) and isinstance(value.value, str):
                return value.value
        return None

    def evaluate(self, node: Node) -> ir.Block:
        parts = named(node)
        if len(parts) == 1 and parts[0].type in ("assignment", "augmented_assignment"):
            return (self.assignment(parts[0]),)
        at, values = self.at(node), self.all(parts)
        if len(values) == 1:
            return (ir.Evaluate(at, values[0]),)
        return (ir.Evaluate(at, ir.Sequence(at, values, "tuple")),)

    def assignment(self, node: Node) -> ir.Statement:
        at, targets, value = self.at(node), [], node
        annotation = self.optional(node.child_by_field_name("type"))
        operator = node.child_by_field_name("operator")
        while value.type == "assignment" or value is node:
            targets.append(self.expression(value.child_by_field_name("left")))
            right = value.child_by_field_name("right")
            if right is None:
                return ir.Assign(at, tuple(targets), None, annotation)
            value = right
        op = "" if operator is None else text_of(operator).removesuffix("=")
        return ir.Assign(at, tuple(targets), self.expression(value), annotation, op)

    def conditional_statement(self, node: Node) -> ir.Block:
        branches = [node]
        other: ir.Block = ()
        for each in node.children_by_field_name("alternative"):
            if each.type == "elif_clause":
                branches.append(each)
            else:
                other = self.block(each.child_by_field_name("body"))
        tested = [
            (
                self.at(each),
                self.expression(each.child_by_field_name("condition")),
                self.block(each.child_by_field_name("consequence")),
            )
            for each in branches
        ]
        return (if_chain(tested, other),)

    def loop(self, node: Node) -> ir.Block:
        at, body = self.at(node), self.block(node.child_by_field_name("body"))
        alternative = node.child_by_field_name("alternative")
        other = self.block(alternative.child_by_field_name("body")) if alternative is not None else ()
        if node.type == "while_statement":
            return (ir.While(at, self.expression(node.child_by_field_name("condition")), body, other),)
        target, iterable = node.child_by_field_name("left"), node.child_by_field_name("right")
        return (ir.For(at, self.expression(target), self.expression(iterable), body, other),)

    def attempt(self, node: Node) -> ir.Block:
        handlers: list[ir.Handler] = []
        other: ir.Block = ()
        final: ir.Block = ()
        for each in named(node):
            if each.type == "else_clause":
                other = self.block(each.child_by_field_name("body"))
            elif each.type == "finally_clause":
                final = self._last_block(each)
            elif each.type == "except_clause":
                handlers.append(self.handler(each))
        return (ir.Try(self.at(node), self.block(node.child_by_field_name("body")), tuple(handlers), other, final),)

    def handler(self, node: Node) -> ir.Handler:
        values = [each for each in node.children_by_field_name("value") if each.is_named]
        kind = target = None
        if values and values[0].type == "as_pattern":
            values = named(values[0])
        if values:
            kind = self.expression(values[0])
        if len(values) > 1:
            target = self.expression(values[1])
        return ir.Handler(kind, target, self._last_block(node))

    def _last_block(self, node: Node) -> ir.Block:
        blocks = [each for each in named(node) if each.type == "block"]
        return self.block(blocks[-1]) if blocks else ()

    def within(self, node: Node) -> ir.Block:
        items: list[tuple[ir.Expr, ir.Expr | None]] = []
        for clause in named(node):
            for item in named(clause) if clause.type == "with_clause" else []:
                value = item.child_by_field_name("value")
                if value is not None and value.type == "as_pattern":
                    parts = named(value)
                    items.append((self.expression(parts[0]), self.expression(parts[-1])))
                else:
                    items.append((self.expression(value), None))
        return (ir.With(self.at(node), tuple(items), self.block(node.child_by_field_name("body"))),)

    def match(self, node: Node) -> ir.Block:
        subjects = self.all([each for each in node.children_by_field_name("subject") if each.is_named])
        at, body = self.at(node), node.child_by_field_name("body")
        subject = subjects[0] if len(subjects) == 1 else ir.Sequence(at, subjects, "tuple")
        clauses = [each for each in named(body) if each.type == "case_clause"] if body is not None else []
        return (ir.Match(at, subject, tuple([self.case(each) for each in clauses])),)

    def case(self, node: Node) -> ir.Case:
        binds: list[ir.Name] = []
        shapes = [each for each in named(node) if each.type == "case_pattern"]
        patterns = read_pattern(shapes[0], binds, self) if len(shapes) == 1 else None
        if len(shapes) > 1:
            for each in shapes:
                read_pattern(each, binds, self)
        guard = node.child_by_field_name("guard")
        body = self.block(node.child_by_field_name("consequence"))
        return ir.Case(patterns, tuple(binds), None if guard is None else self.only(guard), body)

    def returns(self, node: Node) -> ir.Block:
        return (ir.Return(self.at(node), self.only(node) if named(node) else None),)

    def raises(self, node: Node) -> ir.Block:
        cause = node.child_by_field_name("cause")
        values = [self.expression(each) for each in named(node) if each != cause]
        if values and cause is not None and cause.type == "call":
            values = [ir.Opaque(values[0].at, (*values, self.expression(cause)))]
        return (ir.Raise(self.at(node), values[0] if values else None),)

    def asserts(self, node: Node) -> ir.Block:
        at, parts = self.at(node), self.all(named(node))
        if not parts:
            return ()
        refused = ir.Raise(at, parts[1] if len(parts) > 1 else None)
        return (ir.If(at, ir.Unary(parts[0].at, "not", parts[0]), (refused,)),)

    def delete(self, node: Node) -> ir.Block:
        at, targets = self.at(node), named(node)
        if len(targets) == 1 and targets[0].type == "expression_list":
            targets = named(targets[0])
        return tuple([ir.Evaluate(at, ir.Unary(at, "delete", self.expression(each))) for each in targets])

    def scope(self, node: Node) -> ir.Block:
        names = tuple([text_of(each) for each in named(node)])
        return (ir.Scope(self.at(node), names, "global" if node.type == "global_statement" else "nonlocal"),)

    def jump(self, node: Node) -> ir.Block:
        return (ir.Break(self.at(node)) if node.type == "break_statement" else ir.Continue(self.at(node)),)

    def nothing(self, node: Node) -> ir.Block:
        return ()

    def prints(self, node: Node) -> ir.Block:
        """``print >>file, value`` is ``print(value, file=file)``."""
        at = self.at(node)
        arguments = [
            ir.Arg(self.only(each), "file") if each.type == "chevron" else ir.Arg(self.expression(each))
            for each in named(node)
        ]
        return (ir.Evaluate(at, ir.Call(at, ir.Name(at, "print"), tuple(arguments))),)

    def executes(self, node: Node) -> ir.Block:
        """``exec code in names`` is ``exec(code, names)``."""
        at, arguments = self.at(node), tuple([ir.Arg(each) for each in self.all(named(node))])
        return (ir.Evaluate(at, ir.Call(at, ir.Name(at, "exec"), arguments)),)

    def imports(self, node: Node) -> ir.Block:
        made = []
        for name, local in self._aliases(node):
            made.append(ir.Import(self.at(node), name, (), local or name.partition(".")[0]))
        return tuple(made)

    def imports_from(self, node: Node) -> ir.Block:
        source = node.child_by_field_name("module_name")
        module = "__future__" if source is None else text_of(source)
        level = len(module) - len(module.lstrip("."))
        names = [ir.Alias(name, local or name) for name, local in self._aliases(node)]
        if any(child.type == "wildcard_import" for child in node.children):
            names = [ir.Alias("*", "*")]
        return (ir.Import(self.at(node), module[level:], tuple(names), level=level),)

    def _aliases(self, node: Node) -> list[tuple[str, str]]:
        found = []
        for each in node.children_by_field_name("name"):
            name, alias = each.child_by_field_name("name") or each, each.child_by_field_name("alias")
            found.append(("".join(text_of(name).split()), "" if alias is None else text_of(alias)))
        return found

    def type_alias(self, node: Node) -> ir.Block:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        name = "" if left is None else text_of(left).partition("[")[0].strip()
        return (ir.NamedType(self.at(node), name, self.expression(right)),)

    def decorated(self, node: Node) -> ir.Block:
        decorators = tuple([self.only(each) for each in named(node) if each.type == "decorator"])
        definition = node.child_by_field_name("definition")
        if definition is None:
            return self.block(node)
        if definition.type == "class_definition":
            return self.class_statement(definition, decorators)
        return self.function(definition, decorators)

    def function(self, node: Node, decorators: tuple[ir.Expr, ...] = ()) -> ir.Block:
        at, name = self.at(node), node.child_by_field_name("name") or node
        params = self.parameters(node.child_by_field_name("parameters"))
        returns, body = node.child_by_field_name("return_type"), node.child_by_field_name("body")
        outer, self.is_generator = self.is_generator, False
        lowered = self.block(body, documented=True)
        is_generator, self.is_generator = self.is_generator, outer
        function = ir.Function(
            at,
            "" if name is node else text_of(name),
            params,
            lowered,
            first_line(self.at(name), self.lines),
            decorators,
            self.optional(returns),
            self.doc(body) or "",
            is_generator,
            kind_of_method(decorators),
        )
        return (ir.Define(at, function),)

    def class_statement(self, node: Node, decorators: tuple[ir.Expr, ...] = ()) -> ir.Block:
        at, name = self.at(node), node.child_by_field_name("name") or node
        supers, body = node.child_by_field_name("superclasses"), node.child_by_field_name("body")
        arguments = () if supers is None else self.arguments(supers)
        bases = [
            ir.Spread(each.value.at, each.value) if each.spread else each.value
            for each in arguments
            if each.name is None and each.spread != "**"
        ]
        keywords = [each for each in arguments if each.name is not None or each.spread == "**"]
        definition = ir.Class(
            at,
            "" if name is node else text_of(name),
            tuple(bases),
            self.block(body, documented=True),
            first_line(self.at(name), self.lines),
            tuple(keywords),
            decorators,
            self.doc(body) or "",
        )
        return (ir.DefineClass(at, definition),)


_Lower: TypeAlias = Callable[[_TreeStatements, Node], ir.Block]
_LOWER: dict[str, _Lower] = {
    "expression_statement": _TreeStatements.evaluate,
    "if_statement": _TreeStatements.conditional_statement,
    "for_statement": _TreeStatements.loop,
    "while_statement": _TreeStatements.loop,
    "try_statement": _TreeStatements.attempt,
    "with_statement": _TreeStatements.within,
    "match_statement": _TreeStatements.match,
    "return_statement": _TreeStatements.returns,
    "raise_statement": _TreeStatements.raises,
    "assert_statement": _TreeStatements.asserts,
    "delete_statement": _TreeStatements.delete,
    "global_statement": _TreeStatements.scope,
    "nonlocal_statement": _TreeStatements.scope,
    "break_statement": _TreeStatements.jump,
    "continue_statement": _TreeStatements.jump,
    "pass_statement": _TreeStatements.nothing,
    "print_statement": _TreeStatements.prints,
    "exec_statement": _TreeStatements.executes,
    "import_statement": _TreeStatements.imports,
    "import_from_statement": _TreeStatements.imports_from,
    "future_import_statement": _TreeStatements.imports_from,
    "type_alias_statement": _TreeStatements.type_alias,
    "decorated_definition": _TreeStatements.decorated,
    "function_definition": _TreeStatements.function,
    "class_definition": _TreeStatements.class_statement,
    "block": _TreeStatements.block,
}
