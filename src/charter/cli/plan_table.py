"""The plan of a run as a table, for ``--dry-run``."""

from rich.table import Table

from charter.pipeline.plan import Plan
from charter.terminal import console, markup_safe


def print_plan(plan: Plan) -> None:
    """What would be done, stage by stage."""
    out = console()
    out.print(f"[bold]{markup_safe(plan.recipe)}[/bold] {markup_safe(plan.description)}".rstrip(), soft_wrap=True)
    size = f" ({plan.parameters / 1e6:,.1f}M parameters)" if plan.parameters else ""
    out.print(f"model: {markup_safe(plan.model)}{size}", soft_wrap=True)
    out.print(f"constitution: {markup_safe(plan.constitution)}, {plan.principles} principles drawn from")
    out.print("prompts: " + ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in plan.prompts.items()))
    for key, text in plan.expects.items():
        out.print(f"expects, {key}: {markup_safe(text)}", soft_wrap=True)
    table = Table("stage", "records", "generations", "tokens at most", "time", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for stage in plan.stages:
        counts = (f"{number:,}" for number in (stage.records, stage.generations, stage.tokens_at_most))
        by = "" if stage.model == "self" else f" by {markup_safe(stage.model)}"
        table.add_row(f"{stage.name}{by}", *counts, "done" if stage.done else _time(stage.seconds))
    total = sum(stage.tokens_at_most for stage in plan.stages)
    table.add_row("[bold]all[/bold]", "", f"{plan.generations:,}", f"{total:,}", _time(plan.seconds))
    out.print()
    out.print(table)
    out.print(f"time: {markup_safe(plan.basis)}", soft_wrap=True)
    for note in plan.notes:
        out.print(f"note: {markup_safe(note)}", soft_wrap=True)


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "?"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
