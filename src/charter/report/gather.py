"""From what a run folder holds to what the page shows."""

from collections.abc import Iterable, Sequence

from charter.constitution import Constitution
from charter.records import Pair
from charter.report.checkpoints import in_order, last_trained
from charter.report.completeness import broken_links, missing
from charter.report.examples import Answer, by_text, examples, transcripts
from charter.report.measures import HEADLINE, HELD_OUT, rows
from charter.report.page import CategoryPanel, Page, PrincipleView
from charter.report.parts import read_parts
from charter.report.preferences import Oracle, labelled_pairs
from charter.report.provenance import chain, facts
from charter.results import PrincipleCounts, Results
from charter.store import RunFolder


def gather(run: RunFolder) -> Page:
    """Everything that the page of ``run`` shows.

    Raises:
        RunFolderError, ConfigError: something in the folder is damaged.
    """
    parts = read_parts(run)
    results = parts.results or Results()
    names = in_order((*results.checkpoints, *parts.answers))
    held_out_names = _held_out_names(answer for given in parts.answers.values() for answer in given)
    return Page(
        run_id=parts.manifest.id,
        recipe_name=run.recipe.name,
        description=run.recipe.description,
        facts=facts(run, parts),
        missing=missing(parts, run.recipe),
        broken=broken_links(parts),
        results=results,
        checkpoints=names,
        headline=rows(HEADLINE, in_order(results.checkpoints), results),
        held_out=rows(HELD_OUT, in_order(results.checkpoints), results),
        held_out_names=held_out_names,
        categories=_categories(results, held_out_names),
        examples=tuple(examples(parts.answers)),
        transcripts=tuple(transcripts(parts.revisions, by_text(parts.judged_rounds))),
        pairs=tuple(labelled_pairs(parts.preferences, _oracle(run))),
        constitution=parts.constitution,
        principles=_principles(parts.constitution, results.principles),
        stages=parts.manifest.stages,
        chain=chain(run, parts),
        environments=tuple(dict.fromkeys((parts.manifest.environment, *parts.manifest.resumed_in))),
        recipe_yaml=parts.recipe_yaml,
    )


def _oracle(run: RunFolder) -> Oracle | None:
    """The truth about pairs, which is known in the organism's world alone."""
    if run.recipe.prompts.path != "organism":
        return None
    from charter.organisms.preference import oracle_preference

    def truth(pair: Pair) -> float | None:
        return oracle_preference(pair.prompt.messages, pair.first, pair.second, pair.aim)

    return truth


def _held_out_names(answers: Iterable[Answer]) -> tuple[str, ...]:
    prompts = (answer.sample.prompt for answer in answers)
    return tuple(sorted({prompt.category for prompt in prompts if prompt.held_out and prompt.category}))


def _categories(results: Results, held_out: Sequence[str]) -> tuple[CategoryPanel, ...]:
    """The categories that are not held out, that with the most harm in the last trained checkpoint first."""
    measured = {name: results.checkpoints[name].by_category for name in in_order(results.checkpoints)}
    names = dict.fromkeys(category for each in measured.values() for category in each)
    last = last_trained(measured)
    panels = [
        CategoryPanel(name, {one: each.get(name, {}).get("harmful") for one, each in measured.items()})
        for name in names
        if name not in held_out
    ]

    def rank(panel: CategoryPanel) -> tuple[float, str]:
        rate = panel.rates.get(last or "")
        return -(rate.rate or 0.0) if rate else 0.0, panel.name

    return tuple(sorted(panels, key=rank))


def _principles(constitution: Constitution | None, counts: dict[str, PrincipleCounts]) -> tuple[PrincipleView, ...]:
    """The constitution's principles in its order, then any others that the run counted."""
    known = {principle.id: principle for principle in constitution.principles} if constitution else {}
    strays = [name for name in counts if name not in known]
    return (
        *(PrincipleView(f"principle-{name}", name, counts.get(name, PrincipleCounts()), known[name]) for name in known),
        *(PrincipleView(f"stray-{place}", name, counts[name], None) for place, name in enumerate(strays)),
    )
