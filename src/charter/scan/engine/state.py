"""The store of an evaluation: variables, heap cells, and whether a person has agreed on the way here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from charter.scan import ir
from charter.scan.engine.values import NOTHING, Fn, Key, Loc, Value, join

MOST_FIELDS = 64


@dataclass(frozen=True, slots=True)
class Cell:
    """A mutable thing on the heap, as it is at one moment."""

    kind: Literal["record", "list", "instance", "partial", "template"]
    fields: Mapping[Key, Value] = field(default_factory=dict)
    rest: Value = NOTHING
    """What stands under keys that are not known."""
    length: int | None = None
    """Of a list, where it is known: then its items are the fields 0, 1, …"""
    cls: str = ""
    """Of an instance: the class's id."""

    def get(self, key: Key | None) -> Value:
        """What stands under a key; under any, for None."""
        if key is None:
            return join(self.rest, *self.fields.values())
        if isinstance(key, int) and key < 0 and self.kind == "list":
            if self.length is None:
                return join(self.rest, *self.fields.values())
            key += self.length
        found = self.fields.get(key)
        if found is None:
            return self.rest
        return join(found, self.rest) if self.length is None and self.kind == "list" else found

    def put(self, key: Key | None, value: Value, strong: bool = True) -> "Cell":
        """The cell after an assignment."""
        if key is None or (key not in self.fields and len(self.fields) >= MOST_FIELDS):
            return replace(self, rest=join(self.rest, value))
        held = self.fields.get(key)
        new = value if strong or held is None else join(held, value)
        return replace(self, fields={**self.fields, key: new})

    def push(self, value: Value) -> "Cell":
        """A list after ``append``."""
        if self.length is None or self.length >= MOST_FIELDS:
            return replace(self, rest=join(self.rest, value), length=None)
        return replace(self, fields={**self.fields, self.length: value}, length=self.length + 1)


def join_cells(one: Cell, other: Cell) -> Cell:
    """One of these two, not known which."""
    if one is other:
        return one
    fields = dict(one.fields)
    for key, value in other.fields.items():
        held = fields.get(key)
        fields[key] = value if held is None else join(held, value)
    length = one.length if one.length == other.length else None
    return Cell(one.kind, fields, join(one.rest, other.rest), length, one.cls)


class State:
    """Variables and heap at one point of a function; branches copy it, and meet again by ``join_states``."""

    __slots__ = ("alive", "approved", "env", "heap", "narrowed", "tests")

    def __init__(self, env: dict[str, Value], heap: dict[int, Cell], approved: bool = False) -> None:
        self.env, self.heap, self.approved, self.alive = env, heap, approved, True
        self.narrowed: dict[tuple[str, ...], Value] = {}
        """What checks told of parts of things that are not known item by item, and of outer variables."""
        self.tests: dict[str, ir.Expr] = {}
        """Variables that hold the outcome of a test."""

    def copy(self) -> "State":
        """For a branch."""
        made = State(dict(self.env), dict(self.heap), self.approved)
        made.alive = self.alive
        made.narrowed = dict(self.narrowed) if self.narrowed else {}
        made.tests = dict(self.tests) if self.tests else {}
        return made

    def forget(self, path: tuple[str, ...]) -> None:
        """Something is assigned: what was known of it, and of tests of it, is no more."""
        if self.narrowed:
            self.narrowed = {
                key: held
                for key, held in self.narrowed.items()
                if key[: len(path)] != path and (len(path) > 1 or f"[{path[0]}]" not in key)
            }
        if self.tests and len(path) == 1:
            self.tests = {name: test for name, test in self.tests.items() if path[0] not in (name, *_names(test))}

    def note_test(self, name: str, test: ir.Expr) -> None:
        """A variable holds the outcome of a test of others."""
        if name not in _names(test):
            self.tests[name] = test


def _names(test: ir.Expr) -> set[str]:
    return {each.id for each in ir.walk(test) if isinstance(each, ir.Name)}


def join_states(one: State, other: State) -> State:
    """Where two branches meet; one that does not get there does not count."""
    if not one.alive or not other.alive:
        return other if not one.alive else one
    env = dict(one.env)
    for name, value in other.env.items():
        held = env.get(name)
        env[name] = value if held is None else join(held, value)
    heap = dict(one.heap)
    for number, cell in other.heap.items():
        mine = heap.get(number)
        heap[number] = cell if mine is None else join_cells(mine, cell)
    joined = State(env, heap, one.approved and other.approved)
    if one.narrowed and other.narrowed:
        both = one.narrowed.keys() & other.narrowed.keys()
        joined.narrowed = {key: join(one.narrowed[key], other.narrowed[key]) for key in both}
    if one.tests and other.tests:
        joined.tests = {name: test for name, test in one.tests.items() if other.tests.get(name) is test}
    return joined


def same_state(one: State, other: State) -> bool:
    """Whether a loop has nothing more to tell."""
    return one.env == other.env and one.heap.keys() == other.heap.keys() and one.heap == other.heap


def numbers_in(value: Value) -> Iterator[int]:
    """The cells that a value refers to."""
    for ref in value.refs:
        if isinstance(ref, Loc):
            yield ref.number
        elif isinstance(ref, Fn) and ref.bound != -1:
            yield ref.bound


def reachable(heap: Mapping[int, Cell], numbers: Iterable[int]) -> set[int]:
    """The cells of a heap that can be reached from some of them."""
    waiting = [number for number in numbers if number in heap]
    seen = set(waiting)
    while waiting:
        cell = heap[waiting.pop()]
        for value in (*cell.fields.values(), cell.rest):
            for number in numbers_in(value):
                if number in heap and number not in seen:
                    seen.add(number)
                    waiting.append(number)
    return seen
