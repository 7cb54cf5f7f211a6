"""What a test tells of the values tested: on the branch where it held, and where it did not."""

import re
from collections.abc import Sequence

from charter.scan import ir
from charter.scan.engine.again import path_of, value_here
from charter.scan.engine.approval import asks_a_person, is_yes
from charter.scan.engine.frame import Frame
from charter.scan.engine.interpreter import Interpreter
from charter.scan.engine.parts import ADDRESS, TURN, is_host, tell, with_wholes
from charter.scan.engine.places import PLACE, leads_within, learn_place
from charter.scan.engine.predicates import Facts, stand_in, tested
from charter.scan.engine.roles import INSTRUCTION_ROLES
from charter.scan.engine.values import ALL_KINDS, NONE, UNKNOWN, Ext, Fn, Value, cleared
from charter.scan.facts import SinkKind

_CHARACTER_TESTS = frozenset({"isdigit", "isalnum", "isalpha", "isnumeric", "isdecimal", "isidentifier"})
_SCRIPT_NUMBERS = frozenset({"number", "boolean", "bigint", "undefined"})
_PLAIN_TYPES = frozenset({"int", "float", "bool", "complex"})
_WHOLE_MATCH = frozenset({"fullmatch"})
_WITH_HOST = re.compile(r"[a-z][a-z0-9+.-]*://[^/]+/", re.IGNORECASE)
_MOST_DEPTH = 6


def refine(it: Interpreter, frame: Frame, test: ir.Expr, truth: bool) -> None:
    """The state on the branch where ``test`` is ``truth``."""
    if asks_a_person(it, frame, test) and is_yes(it, frame, test) == truth:
        frame.state.approved = True
    for expression, kinds, weak in learn(it, frame, test, truth):
        narrow(it, frame, expression, kinds, weak)


def refine_case(it: Interpreter, frame: Frame, subject: ir.Expr, patterns: Sequence[ir.Expr]) -> None:
    """The state within a case: the subject is one of constants."""
    if patterns:
        narrow(it, frame, subject, ALL_KINDS, "")


def learn(it: Interpreter, frame: Frame, test: ir.Expr, truth: bool, depth: int = 0) -> list[Facts]:
    """What is known of which expressions where a test has this truth."""
    if depth > _MOST_DEPTH:
        return []
    if isinstance(test, ir.Await | ir.Bind):
        return learn(it, frame, test.value, truth, depth + 1)
    if isinstance(test, ir.Unary) and test.op == "not":
        return learn(it, frame, test.value, not truth, depth + 1)
    if isinstance(test, ir.Name) and test.id in frame.state.tests:
        return learn(it, frame, frame.state.tests[test.id], truth, depth + 1)
    found: list[Facts] = []
    if isinstance(test, ir.Binary):
        found = [*_of_operator(it, frame, test, truth, depth), *learn_place(it, frame, test, truth)]
    elif isinstance(test, ir.Call):
        found = [*_of_call(it, frame, test, truth, depth), *learn_place(it, frame, test, truth)]
    return with_wholes(found)


def _of_operator(it: Interpreter, frame: Frame, test: ir.Binary, truth: bool, depth: int) -> list[Facts]:
    if test.op in ("and", "or"):
        left = learn(it, frame, test.left, truth, depth + 1)
        right = learn(it, frame, test.right, truth, depth + 1)
        if (test.op == "and") == truth:
            return [*left, *right]
        return _both(left, right)
    if test.op in ("in", "not in"):
        return _of_membership(it, frame, test, (test.op == "in") == truth)
    if test.op == "<=" and truth:
        return _of_subset(it, frame, test.left, test.right)
    if test.op in ("==", "!=", "is", "is not"):
        return _of_comparison(it, frame, test, (test.op in ("==", "is")) == truth)
    return []


def _both(left: list[Facts], right: list[Facts]) -> list[Facts]:
    """What either way tells: ``x == "a" or x == "b"``."""
    found = []
    for expression, kinds, weak in left:
        for other, other_kinds, other_weak in right:
            if path_of(expression) == path_of(other) is not None:
                found.append((expression, kinds & other_kinds, weak or other_weak))
    return found


def _of_membership(it: Interpreter, frame: Frame, test: ir.Binary, holds: bool) -> list[Facts]:
    container = value_here(it, frame, test.right)
    member = value_here(it, frame, test.left)
    if member is not None and member.taints and not (container is not None and container.taints):
        return [(test.left, ALL_KINDS, "")] if holds else [(test.left, NONE, "a denylist")]
    if container is not None and container.taints and not holds:
        return [(test.right, NONE, "a search for forbidden words")]
    return []


def _of_subset(it: Interpreter, frame: Frame, part: ir.Expr, whole: ir.Expr) -> list[Facts]:
    """``set(xs) <= KNOWN``."""
    container = value_here(it, frame, whole)
    if container is not None and not container.taints and it.cells(frame, container):
        return [(part, ALL_KINDS, "")]
    return []


def _of_comparison(it: Interpreter, frame: Frame, test: ir.Binary, equal: bool) -> list[Facts]:
    found: list[Facts] = []
    if isinstance(test.left, ir.Unary) and test.left.op == "typeof" and isinstance(test.right, ir.Const):
        return [(test.left.value, ALL_KINDS, "")] if equal and test.right.value in _SCRIPT_NUMBERS else []
    for one, other in ((test.left, test.right), (test.right, test.left)):
        value = value_here(it, frame, one)
        against = value_here(it, frame, other)
        if value is None or not value.taints or against is None or against.taints:
            continue
        empty = against.consts is not None and against.consts <= {None, "", True, False}
        if equal and (against.consts or not isinstance(other, ir.Const)) and not empty:
            found.append((one, ALL_KINDS, ""))
        elif not equal and against.consts and against.consts <= INSTRUCTION_ROLES:
            found.append((one, TURN, ""))
    return found


def _of_call(it: Interpreter, frame: Frame, test: ir.Call, truth: bool, depth: int) -> list[Facts]:
    func, args = test.func, [each.value for each in test.args]
    found: list[Facts] = []
    if isinstance(func, ir.Attr):
        found += _of_method(it, frame, func, args, truth)
        if func.name == ("every" if truth else "some") and args:
            found += _of_each_call(it, frame, func.base, args[0], truth, depth)
    elif isinstance(func, ir.Name):
        found += _of_builtin(it, frame, func.id, args, truth, depth)
    called = value_here(it, frame, func)
    if called is None:
        return found
    checked = [*args, func.base] if isinstance(func, ir.Attr) else args
    for ref in called.refs:
        if isinstance(ref, Ext) and truth:
            found += [(each, kinds, "") for kinds in _cleared_by(it, frame, ref.path) for each in checked]
        elif isinstance(ref, Fn):
            found += _of_predicate(it, frame, ref, test, truth, depth)
    return found


def _cleared_by(it: Interpreter, frame: Frame, path: str) -> list[frozenset[SinkKind]]:
    """What a yes of a library's check says its arguments are safe for."""
    checks = [each for each in it.facts_for(frame).call(path).sanitizers if each.guard]
    return [ALL_KINDS if each.clears == "all" else frozenset(each.clears) for each in checks]


def _of_builtin(it: Interpreter, frame: Frame, name: str, args: list[ir.Expr], truth: bool, depth: int) -> list[Facts]:
    """``isinstance``, ``bool``, ``all`` and ``any``."""
    if name == "isinstance" and truth and len(args) == 2:
        names = {each.id for each in ir.walk(args[1]) if isinstance(each, ir.Name)}
        return [(args[0], ALL_KINDS, "")] if names and names <= _PLAIN_TYPES else []
    if name == "bool" and len(args) == 1:
        return learn(it, frame, args[0], truth, depth + 1)
    if len(args) == 1 and isinstance(args[0], ir.Comprehension) and name == ("all" if truth else "any"):
        return _of_every(it, frame, args[0], truth, depth)
    return []


def _of_method(it: Interpreter, frame: Frame, func: ir.Attr, args: list[ir.Expr], truth: bool) -> list[Facts]:
    name, base = func.name, func.base
    found: list[Facts] = []
    if name in ("includes", "has", "hasOwnProperty", "contains") and args:
        found = _of_includes(it, frame, base, args[0], truth)
    elif not truth:
        return found
    elif name in _CHARACTER_TESTS:
        found = [(base, ALL_KINDS, "")]
    elif not args:
        return found
    elif name in ("startswith", "startsWith", "endswith", "endsWith"):
        found = [(base, _cleared_by_start(it, frame, name, args[0]), f"{name}()")]
    elif name == "issubset":
        found = _of_subset(it, frame, base, args[0])
    elif name in _WHOLE_MATCH:
        found = [(args[-1], ALL_KINDS, "")] if len(args) > 1 else [(args[0], ALL_KINDS, "")]
    elif name in ("match", "test", "exec", "search"):
        found = _of_pattern(it, frame, base, args)
    return found


def _cleared_by_start(it: Interpreter, frame: Frame, name: str, start: ir.Expr) -> frozenset[SinkKind]:
    """Text that begins with a host and a slash is a safe address, and no more than that."""
    prefix = value_here(it, frame, start)
    text = prefix.text() if prefix else None
    return ADDRESS if text and name.lower() == "startswith" and _WITH_HOST.match(text) else NONE


def _of_includes(it: Interpreter, frame: Frame, base: ir.Expr, member: ir.Expr, truth: bool) -> list[Facts]:
    container, value = value_here(it, frame, base), value_here(it, frame, member)
    if container is not None and container.taints:
        return [] if truth else [(base, NONE, "a search for forbidden words")]
    if value is not None and value.taints:
        return [(member, ALL_KINDS, "")] if truth else [(member, NONE, "a denylist")]
    return []


def _of_pattern(it: Interpreter, frame: Frame, base: ir.Expr, args: list[ir.Expr]) -> list[Facts]:
    """``re.match(pattern, x)``, ``PATTERN.match(x)``, ``/^…$/.test(x)``: a check where the pattern is of the whole."""
    value, first = value_here(it, frame, base), value_here(it, frame, args[0])
    if len(args) == 1 and first is not None and (first.text() or "").startswith("/"):
        base, args, value = args[0], [base], first  # "text".match(/pattern/)
    pattern, subject = (value, args[0]) if len(args) == 1 else (value_here(it, frame, args[0]), args[1])
    text = _pattern_text(it, frame, pattern)
    if text is None:
        return [(subject, NONE, "a pattern")]
    whole = text.startswith("^") and text.endswith(("$", r"\Z", r"\z")) and ".*" not in text and ".+" not in text
    return [(subject, ALL_KINDS, "")] if whole else [(subject, NONE, "a pattern that is not of the whole text")]


def _pattern_text(it: Interpreter, frame: Frame, value: Value | None) -> str | None:
    if value is None:
        return None
    text = value.text()
    if text is None:
        for _, cell in it.cells(frame, value):
            text = cell.get("pattern").text() or text
    if text is not None and text.startswith("/") and text.rfind("/") > 0:
        text = text[1 : text.rfind("/")]
    return text


def _of_predicate(it: Interpreter, frame: Frame, fn: Fn, call: ir.Call, truth: bool, depth: int) -> list[Facts]:
    """A function of the scanned code whose answer is a test of its parameter."""
    info = it.program.functions[fn.id]
    known = tested(it, frame, info, fn.bound, truth, depth, learn)
    if truth and not any(known.values()):
        known = leads_within(it, info)
    params = list(info.node.params)
    if info.cls is not None and info.node.kind != "static" and info.module.node.language == "python":
        params = params[1:]
    given = dict(zip([each.name for each in params], [each.value for each in call.args if not each.name], strict=False))
    given.update({each.name: each.value for each in call.args if each.name})
    return [(given[name], kinds, "") for name, kinds in known.items() if kinds and name in given]


def _of_every(it: Interpreter, frame: Frame, test: ir.Comprehension, truth: bool, depth: int) -> list[Facts]:
    """``all(x in KNOWN for x in xs)``: what is known of each is known of all."""
    clause = test.clauses[0]
    if len(test.clauses) > 1 or not isinstance(clause.target, ir.Name):
        return []
    before = frame.state
    frame.state = before.copy()
    frame.state.env[clause.target.id] = stand_in()
    found = learn(it, frame, test.element, truth, depth + 1)
    frame.state = before
    name = clause.target.id
    of_items = [(clause.iterable, kinds, weak) for each, kinds, weak in found if path_of(each) == (name,)]
    return of_items + [fact for fact in found if fact[2] and path_of(fact[0]) != (name,)]


def _of_each_call(it: Interpreter, frame: Frame, base: ir.Expr, check: ir.Expr, truth: bool, depth: int) -> list[Facts]:
    """``xs.every((x) => KNOWN.has(x))``."""
    found: list[Facts] = []
    for ref in (value_here(it, frame, check) or UNKNOWN).refs:
        if isinstance(ref, Fn):
            info = it.program.functions[ref.id]
            known = tested(it, frame, info, ref.bound, truth, depth, learn)
            if info.node.params and known.get(info.node.params[0].name):
                found.append((base, known[info.node.params[0].name], ""))
    return found


def _tested_within(node: ir.Expr) -> ir.Expr | None:
    """Whose test it is as well: ``x`` of ``x.lower()``, ``set(x)``, ``(x := …)``."""
    if isinstance(node, ir.Bind):
        return node.target
    if not isinstance(node, ir.Call):
        return None
    if isinstance(node.func, ir.Attr) and not node.args:
        return node.func.base
    return node.args[0].value if len(node.args) == 1 else None


def narrow(it: Interpreter, frame: Frame, node: ir.Expr, kinds: frozenset[SinkKind], weak: str = "") -> None:
    """The expression carries safe text from here on."""
    same = _tested_within(node)
    if same is not None:
        narrow(it, frame, same, kinds, weak)
        return
    path, value = path_of(node), value_here(it, frame, node)
    if path is None or value is None or not value.taints:
        return
    if kinds == PLACE:
        tell(frame, value, PLACE)
    elif kinds == ADDRESS or (kinds > ADDRESS and is_host(value)):
        tell(frame, value, ADDRESS)
    narrowed = Value(cleared(value.taints, kinds, weak), value.refs, value.consts)
    if isinstance(node, ir.Name) and node.id in frame.state.env:
        frame.state.env[node.id] = narrowed
    elif not (isinstance(node, ir.Attr | ir.Index) and _put(it, frame, node, narrowed)):
        frame.state.narrowed[path] = narrowed


def _put(it: Interpreter, frame: Frame, node: ir.Attr | ir.Index, value: Value) -> bool:
    """Writes into the one cell that it is an entry of, where there is one."""
    key = node.name if isinstance(node, ir.Attr) else node.key.value if isinstance(node.key, ir.Const) else None
    cells = it.cells(frame, it.parts.evaluate(it, frame, node.base))
    if len(cells) != 1 or cells[0][0] not in frame.state.heap or not isinstance(key, str | int):
        return False
    frame.state.heap[cells[0][0]] = cells[0][1].put(key, value)
    return True
