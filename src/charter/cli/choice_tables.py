"""The table of ``charter multiple-choice``; imported when it is printed."""

from charter.cli.runs_tables import rate_text
from charter.cli.tables import row, table
from charter.evaluate.multiple_choice import ChoiceReport
from charter.terminal import console


def print_choices(report: ChoiceReport) -> None:
    """A line a subset, and one for all of them."""
    made = table("subset", "accuracy", "accuracy by length", "p(right)", "chance", "unscored")
    lines = list(report.subsets.items())
    if len(lines) > 1:
        lines.append(("all", report.overall))
    for name, found in lines:
        p_right = "-" if found.p_right is None else f"{found.p_right:.3f}"
        unscored = f"{found.unscored:,} of {found.questions:,}"
        cells = (rate_text(found.accuracy), rate_text(found.accuracy_by_length), p_right, f"{found.chance:.1%}")
        row(made, name, *cells, unscored)
    console().print(made)
