"""What a finished run prints: the table, three conversations before and after, and where the report is."""

from collections.abc import Callable

from charter.cli.runs_tables import print_results
from charter.pipeline import BASE, TRAINED
from charter.records import Judgement, Prompt
from charter.report import REPORT_NAME
from charter.results import read_results
from charter.store import RESULTS_NAME, RunFolder
from charter.terminal import console, markup_safe

_KINDS: tuple[tuple[str, Callable[[Prompt], bool]], ...] = (
    ("a red-team request", lambda prompt: prompt.kind == "red_team" and not prompt.held_out),
    ("a look-alike", lambda prompt: prompt.kind == "look_alike"),
    ("a red-team request of the held-out category", lambda prompt: prompt.held_out),
    ("a benign request", lambda prompt: prompt.kind == "benign"),
)
_SHOWN = 3


def print_summary(run: RunFolder) -> None:
    """Prints to stdout what a run came to."""
    out = console()
    results = read_results(run.path / RESULTS_NAME)
    if results is not None:
        print_results(results)
    before = {one.sample.prompt.id: one for one in run.shards(f"judgements/{BASE}", Judgement).read()}
    after = run.shards(f"judgements/{TRAINED}", Judgement).read()
    out.print(f"\n[bold]{_SHOWN} conversations, before and after[/bold] (of each kind, the first by id)")
    for what, judgement in _samples(after):
        out.print(f"\n[bold]{what}[/bold]")
        for turn in judgement.sample.prompt.messages:
            out.print(f"  {turn.role}: {markup_safe(turn.content)}", soft_wrap=True)
        for name, one in ((BASE, before.get(judgement.sample.prompt.id)), (TRAINED, judgement)):
            if one is not None:
                out.print(f"  {name} ({one.behaviour}): {markup_safe(one.sample.text)}", soft_wrap=True)
    out.print(f"\nreport: {markup_safe(str((run.path / REPORT_NAME).resolve()))}", soft_wrap=True)


def _samples(judgements: list[Judgement]) -> list[tuple[str, Judgement]]:
    """One of each kind, while there are kinds: by id, so that nobody chose them."""
    found = []
    for what, is_of in _KINDS:
        first = next((one for one in judgements if is_of(one.sample.prompt)), None)
        if first is not None:
            found.append((what, first))
    return found[:_SHOWN]
