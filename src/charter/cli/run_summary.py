"""What a finished run prints: the table, three conversations before and after, and where the report is."""

from collections.abc import Callable, Iterable

from charter.cli.runs_tables import print_results
from charter.records import Judgement, Prompt
from charter.report import REPORT_NAME
from charter.report.checkpoints import last_trained
from charter.results import read_results
from charter.stages import BASE, SL_CAI
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
    last = last_trained(results.checkpoints if results is not None else ()) or SL_CAI
    names = dict.fromkeys((BASE, SL_CAI, last))
    judged = {name: {one.sample.prompt.id: one for one in _judgements(run, name)} for name in names}
    out.print(f"\n[bold]{_SHOWN} conversations, before and after[/bold] (of each kind, the first by id)")
    for what, prompt in _samples(judged[last].values()):
        out.print(f"\n[bold]{what}[/bold]")
        for turn in prompt.messages:
            out.print(f"  {turn.role}: {markup_safe(turn.content)}", soft_wrap=True)
        for name in names:
            if one := judged[name].get(prompt.id):
                out.print(f"  {name} ({one.behaviour}): {markup_safe(one.sample.text)}", soft_wrap=True)
    out.print(f"\nreport: {markup_safe(str((run.path / REPORT_NAME).resolve()))}", soft_wrap=True)


def _judgements(run: RunFolder, checkpoint: str) -> list[Judgement]:
    return run.shards(f"judgements/{checkpoint}", Judgement).read()


def _samples(judgements: Iterable[Judgement]) -> list[tuple[str, Prompt]]:
    """A prompt of each kind, while there are kinds: by id, so that nobody chose them."""
    prompts = [one.sample.prompt for one in judgements]
    found = ((what, next((prompt for prompt in prompts if is_of(prompt)), None)) for what, is_of in _KINDS)
    return [(what, prompt) for what, prompt in found if prompt is not None][:_SHOWN]
