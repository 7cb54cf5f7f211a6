"""The intermediate form: what every front end lowers source code to, and all that the engine knows of a language.

It is a tree, close to what Python and JavaScript have in common: structured statements (no jumps but ``break``,
``continue``, ``return`` and ``raise``) over a few kinds of expression. A construct that has no node of its own becomes
``Opaque`` over its parts, so that nothing written in a file is lost to the analysis. Every node says where it stands.

Nodes are compared by identity: two calls that read alike are two calls.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Language: TypeAlias = Literal["python", "typescript"]
"""What facts a module is read with; JavaScript is ``typescript``."""


class Span(NamedTuple):
    """A stretch of a file: lines and columns from 1, the end column exclusive, columns in characters."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(slots=True, eq=False)
class Node:
    """What all nodes have."""

    at: Span


# --- expressions -----------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Const(Node):
    """
    A literal. ``None`` is Python's None and JavaScript's null and undefined; JavaScript's regular expressions are as
    they are written, ``/^[a-z]+$/i``.
    """

    value: str | bytes | int | float | bool | None


@dataclass(slots=True, eq=False)
class Name(Node):
    """A variable. ``this`` is lowered to Name("this"), ``super`` to Name("super")."""

    id: str


@dataclass(slots=True, eq=False)
class Attr(Node):
    """``base.name``, ``base?.name``; JavaScript's ``base["name"]`` stays an Index."""

    base: "Expr"
    name: str
    name_at: Span


@dataclass(slots=True, eq=False)
class Index(Node):
    """``base[key]``; key None is a slice, some stretch of the base, and ``bounds`` what its ends are made of."""

    base: "Expr"
    key: "Expr | None"
    bounds: tuple["Expr", ...] = ()


@dataclass(slots=True, eq=False)
class Arg:
    """One argument of a call: ``name=value``, ``*value`` or ``**value``; JavaScript's spread is ``*``."""

    value: "Expr"
    name: str | None = None
    spread: Literal["", "*", "**"] = ""


@dataclass(slots=True, eq=False)
class Call(Node):
    """``func(args)``; ``new`` for JavaScript's ``new``."""

    func: "Expr"
    args: tuple[Arg, ...]
    new: bool = False


@dataclass(slots=True, eq=False)
class Entry:
    """One entry of a record; key None is a spread (``**value``, ``...value``)."""

    key: "Expr | None"
    value: "Expr"


@dataclass(slots=True, eq=False)
class Record(Node):
    """A dict or object literal; in a target, a destructuring. JavaScript's methods in it have a Lambda as value."""

    entries: tuple[Entry, ...]


@dataclass(slots=True, eq=False)
class Sequence(Node):
    """A list, tuple, set or array literal; in a target, a destructuring."""

    items: tuple["Expr", ...]
    kind: Literal["list", "tuple", "set"] = "list"


@dataclass(slots=True, eq=False)
class Spread(Node):
    """``*value`` or ``...value`` within a Sequence (literal or target)."""

    value: "Expr"


@dataclass(slots=True, eq=False)
class Text(Node):
    """Text put together from parts: an f-string, a template literal. A tagged template has its tag."""

    parts: tuple["Expr", ...]
    tag: "Expr | None" = None


@dataclass(slots=True, eq=False)
class Binary(Node):
    """
    An operator of two sides. ``op`` is Python's word for it: ``+ - * / // % ** | & ^ << >> @ == != < <= > >= in``,
    ``not in``, ``is``, ``is not``, ``and``, ``or``; JavaScript's ``===`` is ``==``, ``&&`` ``and``, ``||`` ``or``, and
    ``??`` and ``instanceof`` are themselves. A chained comparison is ``and`` over its links.
    """

    op: str
    left: "Expr"
    right: "Expr"


@dataclass(slots=True, eq=False)
class Unary(Node):
    """``not`` (JavaScript's ``!``), ``-``, ``+``, ``~``, ``typeof``, ``void``, ``delete``."""

    op: str
    value: "Expr"


@dataclass(slots=True, eq=False)
class Conditional(Node):
    """``then if test else other``, ``test ? then : other``."""

    test: "Expr"
    then: "Expr"
    other: "Expr"


@dataclass(slots=True, eq=False)
class Await(Node):
    """``await value``."""

    value: "Expr"


@dataclass(slots=True, eq=False)
class Yield(Node):
    """``yield value``; ``many`` for ``yield from`` and ``yield*``."""

    value: "Expr | None"
    many: bool = False


@dataclass(slots=True, eq=False)
class Lambda(Node):
    """A function as a value: lambda, arrow function, function expression. An expression body is one Return."""

    function: "Function"


@dataclass(slots=True, eq=False)
class ClassValue(Node):
    """JavaScript's class expression."""

    definition: "Class"


@dataclass(slots=True, eq=False)
class Clause:
    """``for target in iterable if tests`` of a comprehension."""

    target: "Expr"
    iterable: "Expr"
    tests: tuple["Expr", ...] = ()


@dataclass(slots=True, eq=False)
class Comprehension(Node):
    """Python's comprehensions and generator expressions; ``key`` for dict comprehensions."""

    kind: Literal["list", "set", "dict", "generator"]
    key: "Expr | None"
    element: "Expr"
    clauses: tuple[Clause, ...]


@dataclass(slots=True, eq=False)
class Bind(Node):
    """
    An assignment as an expression: Python's ``:=``, JavaScript's ``=``; the value is what is assigned. In a target, a
    default: Bind(target, value) is "target, or value where there is none".
    """

    target: "Expr"
    value: "Expr"


@dataclass(slots=True, eq=False)
class Element(Node):
    """A JSX element: ``tag`` is a Const for HTML's own ("div") and an expression for a component; a fragment has ""."""

    tag: "Expr"
    props: Record
    children: tuple["Expr", ...] = ()


@dataclass(slots=True, eq=False)
class Opaque(Node):
    """Anything else: what it is made of matters, how does not."""

    parts: tuple["Expr", ...] = ()


Expr: TypeAlias = (
    Const | Name | Attr | Index | Call | Record | Sequence | Spread | Text | Binary | Unary | Conditional | Await
    | Yield | Lambda | ClassValue | Comprehension | Bind | Element | Opaque
)  # fmt: skip

# --- statements ------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Assign(Node):
    """
    ``targets = value``, ``target: annotation = value`` (value None where there is none), ``target op= value`` (``op``
    is the operator, ``+``). Targets are Name, Attr, Index, Sequence, Record, Spread, Bind (with default) or Opaque.
    ``declares`` for JavaScript's const, let and var.
    """

    targets: tuple["Expr", ...]
    value: "Expr | None"
    annotation: "Expr | None" = None
    op: str = ""
    declares: bool = False


@dataclass(slots=True, eq=False)
class Evaluate(Node):
    """An expression as a statement."""

    value: "Expr"


@dataclass(slots=True, eq=False)
class If(Node):
    """``if test: then else: other``; ``elif`` is an If in ``other``."""

    test: "Expr"
    then: "Block"
    other: "Block" = ()


@dataclass(slots=True, eq=False)
class For(Node):
    """
    ``for target in iterable``; JavaScript's ``for…of`` and ``for…in`` (``keys``). A C-style ``for`` is its
    initialisation followed by a While.
    """

    target: "Expr"
    iterable: "Expr"
    body: "Block"
    other: "Block" = ()
    keys: bool = False


@dataclass(slots=True, eq=False)
class While(Node):
    """``while test``; ``first`` for JavaScript's ``do…while``. A C-style step stands at the end of the body."""

    test: "Expr"
    body: "Block"
    other: "Block" = ()
    first: bool = False


@dataclass(slots=True, eq=False)
class Handler:
    """``except type as name``; JavaScript's catch has no type, and its binding may be a pattern."""

    type: "Expr | None"
    target: "Expr | None"
    body: "Block"


@dataclass(slots=True, eq=False)
class Try(Node):
    """``try`` with its handlers, ``else`` and ``finally``."""

    body: "Block"
    handlers: tuple[Handler, ...]
    other: "Block" = ()
    final: "Block" = ()


@dataclass(slots=True, eq=False)
class With(Node):
    """``with value as target, …``: pairs of value and target or None."""

    items: tuple[tuple["Expr", "Expr | None"], ...]
    body: "Block"


@dataclass(slots=True, eq=False)
class Case:
    """
    One case. ``patterns`` are the values of which the subject is one (constants, names); None where it matches by shape
    or always (``case _``, ``default``). ``binds`` are the names that the pattern binds to parts of the subject.
    """

    patterns: tuple["Expr", ...] | None
    binds: tuple[Name, ...]
    guard: "Expr | None"
    body: "Block"


@dataclass(slots=True, eq=False)
class Match(Node):
    """``match`` and ``switch``; falling through is for the front end to resolve."""

    subject: "Expr"
    cases: tuple[Case, ...]


@dataclass(slots=True, eq=False)
class Return(Node):
    """``return value``."""

    value: "Expr | None" = None


@dataclass(slots=True, eq=False)
class Raise(Node):
    """``raise value``, ``throw value``."""

    value: "Expr | None" = None


@dataclass(slots=True, eq=False)
class Break(Node):
    """``break``."""


@dataclass(slots=True, eq=False)
class Continue(Node):
    """``continue``."""


@dataclass(slots=True, eq=False)
class Scope(Node):
    """``global`` and ``nonlocal``."""

    names: tuple[str, ...]
    kind: Literal["global", "nonlocal"]


@dataclass(slots=True, eq=False)
class Alias:
    """``name as local``. JavaScript's default is named "default". ``*``: see Import."""

    name: str
    local: str


@dataclass(slots=True, eq=False)
class Import(Node):
    """
    Python: ``import a.b as c`` is module "a.b", no names, ``local`` "c" (without ``as``: local "a", which then holds
    the package ``a``); ``from ..m import x as y`` is module "m", level 2, Alias("x", "y"); ``from m import *`` has
    Alias("*", "*"). JavaScript: module is the specifier as written ("./agent", "openai"), ``import * as n`` is no
    names and ``local`` "n", ``import x`` is Alias("default", "x"); ``require`` of a constant is lowered to the same.
    """

    module: str
    names: tuple[Alias, ...] = ()
    local: str = ""
    level: int = 0


@dataclass(slots=True, eq=False)
class Export(Node):
    """
    JavaScript's exports: Alias(name within, name without). With ``module``: what is passed on from there, and
    Alias("*", "*") for all of it. ``module.exports = value`` is an Assign to that Name and exports
    Alias("module.exports", "default"), and each entry of a literal by its own name too; ``exports.a = value`` likewise.
    ``export default value`` is an Assign to Name("default") and Alias("default", "default").
    """

    names: tuple[Alias, ...]
    module: str = ""


@dataclass(slots=True, eq=False)
class Param(Node):
    """
    A parameter. ``kind``: ``*`` and ``**`` collect (JavaScript's rest is ``*``), ``keyword`` is by name only.
    ``pattern`` is a JavaScript destructuring (``name`` is then ""). TypeScript's ``@Body() body`` has the decorator as
    its default, as it says where the value comes from.
    """

    name: str
    kind: Literal["plain", "keyword", "*", "**"] = "plain"
    annotation: "Expr | None" = None
    default: "Expr | None" = None
    pattern: "Expr | None" = None


@dataclass(slots=True, eq=False)
class Function(Node):
    """
    A function or method; ``at`` is all of it, ``name_at`` its name (its first line for one without a name).
    ``kind`` of a method: ``static``, ``class``, ``get``, ``set`` or ``plain``. A constructor is ``__init__``.
    """

    name: str
    params: tuple[Param, ...]
    body: "Block"
    name_at: Span
    decorators: tuple["Expr", ...] = ()
    returns: "Expr | None" = None
    doc: str = ""
    is_generator: bool = False
    kind: Literal["plain", "static", "class", "get", "set"] = "plain"


@dataclass(slots=True, eq=False)
class Define(Node):
    """A function defined by a statement, in a module, class or function."""

    function: Function


@dataclass(slots=True, eq=False)
class Class(Node):
    """
    A class; fields are Assigns in its body (JavaScript's static ones too), methods are Defines. What it ``implements``
    stands among the bases, last.
    """

    name: str
    bases: tuple["Expr", ...]
    body: "Block"
    name_at: Span
    keywords: tuple[Arg, ...] = ()
    decorators: tuple["Expr", ...] = ()
    doc: str = ""


@dataclass(slots=True, eq=False)
class DefineClass(Node):
    """A class defined by a statement. TypeScript's enum is a class with base Name("Enum")."""

    definition: Class


@dataclass(slots=True, eq=False)
class NamedType(Node):
    """TypeScript's ``type`` and ``interface`` (a Record of annotations), Python's ``type``."""

    name: str
    value: "Expr"


Statement: TypeAlias = (
    Assign | Evaluate | If | For | While | Try | With | Match | Return | Raise | Break | Continue | Scope | Import
    | Export | Define | DefineClass | NamedType
)  # fmt: skip
Block: TypeAlias = tuple[Statement, ...]


@dataclass(slots=True, eq=False)
class Module:
    """One file, lowered."""

    path: str
    """Relative to the scanned root, with ``/``."""
    language: Language
    body: Block
    broken: tuple[Span, ...] = ()
    """Stretches that could not be parsed, and are not in ``body``."""
    lines: tuple[str, ...] = field(default=(), repr=False)
    """The text, for code frames and fingerprints; of a notebook, its code cells."""


def children(node: object) -> Iterator[object]:
    """The nodes right below one, in the order of the fields (Arg, Entry, Clause, Handler, Case and Param count)."""
    for name in getattr(type(node), "__slots__", ()) or getattr(node, "__dict__", ()):
        yield from _nodes(getattr(node, name))


def walk(node: object) -> Iterator[object]:
    """A node and all below it, each before its parts, without recursion. A tuple of statements will do as well."""
    waiting = [node] if not isinstance(node, tuple) else list(reversed(node))
    while waiting:
        this = waiting.pop()
        yield this
        waiting.extend(reversed(list(children(this))))


_PLAIN = (str, bytes, int, float, type(None), Span)


def _nodes(value: object) -> Iterator[object]:
    if isinstance(value, _PLAIN):
        return
    if isinstance(value, tuple):
        for each in value:
            yield from _nodes(each)
    else:
        yield value
