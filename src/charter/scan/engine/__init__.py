"""The engine: follows labelled text through functions and files, and knows no language.

An abstract interpreter over the intermediate form (``scan/ir.py``). Each function is evaluated once by itself, with
what frameworks are known to give to its parameters, and once for each shape of arguments that calls give it
(``summaries.py``). Fields of classes and variables of modules that several functions share are joined over all of
them, and what read them before they had grown is evaluated again.
"""

import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial

from charter.scan import ir
from charter.scan.analysis import Analysis
from charter.scan.engine.calls import call_function, call_value
from charter.scan.engine.entries import run_entry
from charter.scan.engine.expressions import evaluate
from charter.scan.engine.interpreter import ENOUGH_WORK, LEAST_WORK, Interpreter, Parts, TooMuchError, Unit
from charter.scan.engine.outside_calls import call_outside, reach_sinks
from charter.scan.engine.program import FunctionInfo, Program
from charter.scan.engine.schemas import structured
from charter.scan.engine.statements import run_block
from charter.scan.engine.summaries import call_by_summary
from charter.scan.fact_base import FactBase
from charter.scan.findings import NotAnalysed
from charter.scan.template import Template

__all__ = ["analyse"]

_ROUNDS = 3
_WORK_A_LINE, _LEAST_BUDGET, _GENEROUS = 15, 300_000, 4
"""Expressions to be evaluated for each line, and at least; how much more than its share one entry point may take."""
_STACK = 512 * 1024 * 1024
_RECURSION = 60_000
_PARTS = Parts(
    evaluate=evaluate,
    run_block=run_block,
    call_function=call_function,
    call_value=call_value,
    call_by_summary=call_by_summary,
    call_outside=call_outside,
    reach_sinks=reach_sinks,
    structured=structured,
)


def analyse(
    modules: Mapping[str, ir.Module], facts: FactBase, templates: Mapping[str, Template] | None = None
) -> Analysis:
    """All that rules may look at, of modules that belong together.

    What could not be followed (too deep, too large) is in ``not_analysed``, never an exception.
    """
    return _with_deep_stack(lambda: _analyse(modules, facts, templates or {}))


def _with_deep_stack(work: Callable[[], Analysis]) -> Analysis:
    """Deeply nested code needs a deep stack: a thread of its own has one."""
    found: list[Analysis] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001  # raised again in the caller's thread
            failed.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK)
    sys.setrecursionlimit(_RECURSION)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    if failed:
        raise failed[0]
    return found[0]


def _analyse(modules: Mapping[str, ir.Module], facts: FactBase, templates: Mapping[str, Template]) -> Analysis:
    it = Interpreter(_PARTS, Program(modules), facts, templates)
    problems: list[NotAnalysed] = []
    for path in sorted(modules):
        _guarded(problems, path, 1, partial(it.module, path))
    units: dict[str, Unit] = {}
    for _ in range(_ROUNDS):
        changed, it.changed = it.changed, set()
        _forget(it, changed)
        if not _run_round(it, units, changed, problems):
            break
    collected = it.collected
    return Analysis(
        modules=modules,
        flows=tuple(collected.flows.values()),
        graph=collected.graph(),
        tools=tuple(collected.tools.values()),
        model_calls=tuple(collected.model_calls.values()),
        functions={name: info.node for name, info in collected.functions.items()},
        stores=tuple(collected.stores.values()),
        not_analysed=tuple(problems),
    )


def _forget(it: Interpreter, changed: set[tuple[str, ...]]) -> None:
    """Summaries that rest on what has grown since are made again."""
    if changed:
        it.summaries = {key: summary for key, summary in it.summaries.items() if not summary.reads & changed}


def _run_round(
    it: Interpreter, units: dict[str, Unit], changed: set[tuple[str, ...]], problems: list[NotAnalysed]
) -> bool:
    """Evaluates every entry point that is new or rests on what has changed; says whether there was any."""
    did = False
    budget = max(_LEAST_BUDGET, _WORK_A_LINE * sum(len(info.node.lines) for info in it.program.modules.values()))
    done: set[str] = set()
    while True:
        waiting = [
            info
            for name, info in list(it.collected.functions.items())
            if name not in done and (name not in units or units[name].reads & changed)
        ]
        if not waiting:
            return did
        for info in sorted(waiting, key=_order):
            done.add(info.id)
            it.enough = _share(budget, it.total, len(it.collected.functions) - len(done))
            units[info.id] = it.unit = Unit()
            did = True
            at = info.node.at.line
            _guarded(problems, info.module.path, at, partial(run_entry, it, info))
            it.total += it.unit.work


def _share(budget: int, spent: int, waiting: int) -> int:
    """What one entry point may cost before it is followed in less detail: a generous share of what is left."""
    return max(LEAST_WORK, min(ENOUGH_WORK, _GENEROUS * (budget - spent) // max(waiting, 1)))


def _order(info: FunctionInfo) -> tuple[bool, bool]:
    """Constructors first, since they say what fields hold; functions within others last."""
    return info.parent is not None, info.node.name != "__init__"


def _guarded(problems: list[NotAnalysed], path: str, line: int, work: Callable[[], object]) -> None:
    try:
        work()
    except TooMuchError:
        problems.append(NotAnalysed(path, "a function too intricate to be followed to the end", line, partly=True))
    except RecursionError:
        problems.append(NotAnalysed(path, "code nested too deeply to be followed", line, partly=True))
    except Exception as error:  # noqa: BLE001  # one function's trouble must not hide what is wrong with the others
        what = f"Charter's engine failed here ({type(error).__name__}: {error}); please report it"
        problems.append(NotAnalysed(path, what, line, partly=True))
