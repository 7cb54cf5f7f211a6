"""What ``charter trace`` prints: the answer, the principles, the examples; imported when it prints."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from charter.cli.tables import row, table, text
from charter.records import Outcome, Preference, Revision, Round, Sample, Vote
from charter.terminal import console
from charter.trace import LIMITS, Found, PrincipleShare, StageTrace, Target, Trace
from charter.trace.words import chance, cited, gist, heading, percent, signed, titled

_EXCERPT = 240
"""Characters of a critique."""
_PRINCIPLES = 10
"""Principles in a table, unless more examples are asked for."""


def print_list(found: Sequence[Target], most: int) -> None:
    """The first records of each kind, with the beginning of what they answer."""
    out = console()
    if not found:
        out.print(text("This run has no records yet."))
        return
    kinds = list(dict.fromkeys(target.what for target in found))
    made = table("id", "record", "about", "verdict", "request")
    for kind in kinds:
        of_kind = [target for target in found if target.what == kind]
        for target in of_kind[: max(1, most // len(kinds))]:
            verdict = target.judgement.behaviour.value if target.judgement else "-"
            about = target.prompt.category or target.prompt.kind
            row(made, target.id, kind, about, verdict, gist(target.prompt.messages[-1].content, 60))
    out.print(made)
    counts = ", ".join(f"{sum(target.what == kind for target in found):,} of '{kind}'" for kind in kinds)
    out.print(text(f"In all: {counts}. --format json lists every one; an id may be cut short."), soft_wrap=True)


def print_trace(trace: Trace, top: int) -> None:
    """The whole trace."""
    out = console()
    target = trace.target
    out.print(text(f"{trace.run_id}, {trace.checkpoint}", "bold"), soft_wrap=True)
    out.print(text(f"{target.what} {target.id}".rstrip()), soft_wrap=True)
    for turn in target.prompt.messages:
        _labelled(out, turn.role, turn.content)
    _labelled(out, "answer", target.answer)
    if target.judgement:
        _labelled(out, "verdict", f"{target.judgement.behaviour.value}: {target.judgement.explanation}")
    for stage in trace.stages:
        out.print()
        _print_stage(out, stage, trace, top)
    out.print()
    for limit in (*LIMITS, *trace.choices.values()):
        out.print(text(limit, "dim"))


def _print_stage(out: Console, stage: StageTrace, trace: Trace, top: int) -> None:
    for place, line in enumerate(heading(stage)):
        out.print(text(line, "" if place else "bold"), soft_wrap=True)
    if not stage.found:
        return
    out.print(_principles(stage.principles, max(top, _PRINCIPLES)))
    for each in stage.found[:top]:
        for place, (label, words) in enumerate(_example(each, trace)):
            if place:
                _labelled(out, label, words)
            else:
                out.print(text(f"{label} {words}", "bold"), soft_wrap=True)
        out.print()


def _principles(rows: Sequence[PrincipleShare], most: int) -> Table:
    made = table("principle", "title", "toward", "away", "expected", "examples")
    for each in rows[:most]:
        row(
            made,
            each.principle_id or "(none)",
            titled(each.principle_id, each.principle),
            percent(each.toward),
            percent(each.away),
            percent(each.expected),
            str(each.examples),
        )
    if rest := rows[most:]:
        toward, away = (sum(getattr(each, name) or 0.0 for each in rest) for name in ("toward", "away"))
        measured = rest[0].toward is not None
        row(made, f"({len(rest)} more)", "", *(percent(part if measured else None) for part in (toward, away)))
    return made


def _example(found: Found, trace: Trace) -> Iterator[tuple[str, str]]:
    learned = found.learned
    record = learned.record
    about = learned.prompt.category or learned.prompt.kind
    itself = ", the record itself" if found.itself else ""
    yield (
        f"{found.rank}." if found.share is None else signed(found.share),
        f"{learned.kind} {record.id} ({about}{itself}): similarity {found.similarity:.2f}, nearest {found.rank}",
    )
    yield "request", learned.prompt.messages[-1].content
    match record:
        case Revision():
            yield "first response", record.response
            for number, done in enumerate(record.rounds[: learned.rounds], 1):
                yield from _round(number, done, trace)
        case Sample():
            yield "own answer", learned.text
        case Preference():
            yield from _preference(record, trace)


def _round(number: int, done: Round, trace: Trace) -> Iterator[tuple[str, str]]:
    principle = trace.titles.get(done.principle_id)
    yield f"round {number}", f"{done.principle_id}: {titled(done.principle_id, principle)} ({cited(principle)})"
    if done.critique:
        yield "critique", gist(done.critique, _EXCERPT)
    if done.outcome is Outcome.REVISED:
        yield "revision", done.revision
    else:
        yield done.outcome.value, done.reason or "the text stays"


def _preference(record: Preference, trace: Trace) -> Iterator[tuple[str, str]]:
    first = record.p_first or 0.0
    better, worse = (record.pair.first, record.pair.second) if first > 0.5 else (record.pair.second, record.pair.first)
    yield "preferred", f"(p {max(first, 1 - first):.2f} by {record.rater}) {better}"
    yield "over", worse
    for vote in record.votes:
        yield "asked", _vote(vote, trace)


def _vote(vote: Vote, trace: Trace) -> str:
    asked = f"{vote.principle_id}: {titled(vote.principle_id, trace.titles.get(vote.principle_id))}, "
    return (
        f"{asked if vote.principle_id else ''}first one better: {chance(vote.forward)} shown first, "
        f"{chance(vote.backward)} shown second"
    )


def _labelled(out: Console, label: str, words: str) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=14)
    grid.add_column(overflow="fold")
    row(grid, text(label, "cyan"), words)
    out.print(Padding(grid, (0, 0, 0, 2)))
