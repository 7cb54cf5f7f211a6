"""What the engine knows of a value: whose text it carries, what it refers to, which constant it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias, get_args

from charter.scan.facts import InstructionSink, Label, OutputSink, SinkKind
from charter.scan.findings import Place, Step

Key: TypeAlias = str | int
Constant: TypeAlias = str | bytes | int | float | bool | None
ALL_KINDS: frozenset[SinkKind] = frozenset((*get_args(InstructionSink), *get_args(OutputSink)))
NONE: frozenset[SinkKind] = frozenset()
IN_MESSAGE = "put into a message as its content"
MOST_TAINTS, MOST_REFS, MOST_CONSTANTS, MOST_STEPS = 8, 10, 8, 24


class Trail:
    """A way of steps, shared from its beginning with other ways."""

    __slots__ = ("before", "length", "step")

    def __init__(self, step: Step, before: "Trail | None" = None) -> None:
        self.step = step
        self.before = before
        self.length: int = 1 if before is None else before.length + 1

    def steps(self) -> tuple[Step, ...]:
        """From the first to the last."""
        found: list[Step] = []
        this: Trail | None = self
        while this:
            found.append(this.step)
            this = this.before
        return tuple(reversed(found))

    def last(self, what: str) -> Place | None:
        """Where the latest step of these words is."""
        this: Trail | None = self
        while this:
            if this.step.what == what:
                return this.step.place
            this = this.before
        return None


def further(trail: Trail | None, *steps: Step) -> Trail | None:
    """A way and more steps; a long way stays as it is, and so do repeated steps."""
    for step in steps:
        if trail is None:
            trail = Trail(step)
        elif trail.length < MOST_STEPS and step.place != trail.step.place:
            trail = Trail(step, trail)
    return trail


@dataclass(frozen=True, slots=True)
class Taint:
    """Labelled text in a value; ``P`` stands for whatever a summary's argument number ``symbol`` carries."""

    label: Label | Literal["P"]
    origin: str
    """Where it comes from: the source's path and place."""
    trail: Trail | None
    symbol: int = -1
    cleared: frozenset[SinkKind] = NONE
    weak: str = ""
    doubts: int = 0
    """How many steps rest on a name or a default."""

    @property
    def key(self) -> tuple[object, ...]:
        """What two taints must share to be one."""
        return (self.label, self.symbol, self.cleared, self.origin)


Taints: TypeAlias = Mapping[tuple[object, ...], Taint]
CLEAN: Taints = {}


# References are tuples, since they are hashed and compared more than anything else; each kind has its own second item.


class Ext(NamedTuple):
    """A thing outside the scanned code, by access path."""

    path: str
    kind: str = "outside"


class Fn(NamedTuple):
    """A function of the scanned code; ``bound`` is the receiver's cell, or -1."""

    id: str
    bound: int = -1
    kind: str = "function"


class Cls(NamedTuple):
    """A class of the scanned code."""

    id: str
    kind: str = "class"


class Mod(NamedTuple):
    """A scanned module's namespace."""

    path: str
    kind: str = "module"


class Loc(NamedTuple):
    """A cell of the heap."""

    number: int
    kind: str = "cell"


class Said(NamedTuple):
    """Not a reference: a text that is put together holds this constant word."""

    word: str
    kind: str = "word"


Ref: TypeAlias = Ext | Fn | Cls | Mod | Loc | Said


class Value:
    """Immutable. ``consts`` None: not known to be one of a few constants."""

    __slots__ = ("consts", "refs", "taints")

    def __init__(
        self, taints: Taints = CLEAN, refs: frozenset[Ref] = frozenset(), consts: frozenset[Constant] | None = None
    ) -> None:
        self.taints, self.refs, self.consts = taints, refs, consts

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Value)
            and self.refs == other.refs
            and self.consts == other.consts
            and self.taints.keys() == other.taints.keys()
        )

    def __hash__(self) -> int:
        return hash(self.refs)

    def locs(self) -> Iterator[int]:
        """The cells it may be."""
        return (ref.number for ref in self.refs if isinstance(ref, Loc))

    def paths(self) -> Iterator[str]:
        """The access paths it may be."""
        return (ref.path for ref in self.refs if isinstance(ref, Ext))

    def constant(self) -> Constant:
        """The one constant that it is; None where there is none (or where it is None)."""
        return next(iter(self.consts)) if self.consts is not None and len(self.consts) == 1 else None

    def text(self) -> str | None:
        """The one text that it is."""
        found = self.constant()
        return found if isinstance(found, str) else None

    def without_taints(self) -> "Value":
        """The same thing, carrying nothing."""
        return Value(CLEAN, self.refs, self.consts) if self.taints else self


UNKNOWN = Value()
NOTHING = Value(consts=frozenset())
"""The value of what cannot happen: joined with another, it is the other."""


def constant(value: Constant) -> Value:
    """A literal."""
    return Value(consts=frozenset([value]))


def of(*refs: Ref) -> Value:
    """A value that is one of these."""
    return Value(refs=frozenset(refs))


def carrying(taints: Taints) -> Value:
    """Some value that carries these."""
    return Value(taints) if taints else UNKNOWN


def join_taints(one: Taints, other: Taints) -> Taints:
    """Both; where they are the same text, the one that came the shorter way."""
    if not other or one is other:
        return one
    if not one:
        return other
    joined = dict(one)
    for key, taint in other.items():
        held = joined.get(key)
        if held is None:
            if len(joined) < MOST_TAINTS or all(each.label != taint.label for each in joined.values()):
                joined[key] = taint
        elif held is not taint:
            best = taint if _rank(taint) < _rank(held) else held
            joined[key] = best if not best.weak or (held.weak and taint.weak) else replace(best, weak="")
    return joined


def _rank(taint: Taint) -> tuple[int, int]:
    return taint.doubts, taint.trail.length if taint.trail else 0


def join(*values: Value) -> Value:
    """One of these values, not known which; of none, nothing is known."""
    result = values[0] if values else UNKNOWN
    for value in values[1:]:
        result = _join(result, value)
    return result


def _join(one: Value, other: Value) -> Value:
    if one is other or other is NOTHING:
        return one
    if one is NOTHING:
        return other
    refs = one.refs
    if other.refs and not other.refs <= refs:
        refs = refs | other.refs
        if len(refs) > MOST_REFS:
            more = sorted(other.refs - one.refs, key=repr)
            refs = one.refs.union(more[: max(0, MOST_REFS - len(one.refs))])
    consts: frozenset[Constant] | None = None
    if one.consts is not None and other.consts is not None:
        consts = one.consts | other.consts
        if len(consts) > MOST_CONSTANTS:
            consts = None
    return Value(join_taints(one.taints, other.taints), refs, consts)


def plus_taints(value: Value, taints: Taints) -> Value:
    """The value, carrying these as well."""
    return Value(join_taints(value.taints, taints), value.refs, value.consts) if taints else value


def cleared(taints: Taints, kinds: frozenset[SinkKind], weak: str = "") -> Taints:
    """The same text after a check or an escape: safe for ``kinds``; ``weak`` says that it is a check that does not do.

    What is safe for all is gone; an argument's symbol stays, so that callers learn of the check.
    """
    if not taints or (not kinds and not weak):
        return taints
    changed = (
        replace(each, cleared=each.cleared | kinds, weak=each.weak or weak)
        for each in taints.values()
        if each.label == "P" or not (each.cleared | kinds) >= ALL_KINDS
    )
    return {each.key: each for each in changed}


def as_checked_before(value: Value, before: Taints) -> Value:
    """The value with no check that does not do but those from before."""
    changed = {
        key: replace(each, weak=before[key].weak)
        for key, each in value.taints.items()
        if key in before and each.weak != before[key].weak
    }
    return Value({**value.taints, **changed}, value.refs, value.consts) if changed else value


def moved(taints: Taints, step: Step, doubts: int = 0) -> Taints:
    """The same text, one step on."""
    if not taints:
        return taints
    return {
        key: Taint(
            each.label, each.origin, further(each.trail, step), each.symbol, each.cleared, each.weak,
            each.doubts + doubts,
        )
        for key, each in taints.items()
    }  # fmt: skip


def doubted(taints: Taints, doubts: int = 1) -> Taints:
    """The same text, if a default holds."""
    return {key: replace(each, doubts=each.doubts + doubts) for key, each in taints.items()} if taints else taints


def single(taint: Taint) -> Taints:
    """One taint alone."""
    return {taint.key: taint}


def taints_of(values: Iterable[Value]) -> Taints:
    """What any of them carries itself."""
    found: Taints = CLEAN
    for value in values:
        found = join_taints(found, value.taints)
    return found
