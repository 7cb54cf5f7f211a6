"""From what a run folder holds to what the page shows."""

from collections.abc import Iterable, Sequence

from charter.constitution import Constitution
from charter.report.completeness import broken_links, missing
from charter.report.examples import Answer, by_text, examples, transcripts
from charter.report.page import (
    BASE,
    HEADLINE,
    HELD_OUT,
    TRAINED,
    CategoryPanel,
    Link,
    Measure,
    MeasureRow,
    Page,
    PrincipleView,
)
from charter.report.parts import Parts, read_parts
from charter.results import CheckpointResults, Comparison, PrincipleCounts, Results
from charter.store import RunFolder


def gather(run: RunFolder) -> Page:
    """Everything that the page of ``run`` shows.

    Raises:
        RunFolderError, ConfigError: something in the folder is damaged.
    """
    parts = read_parts(run)
    results = parts.results or Results()
    held_out_names = _held_out_names([*parts.before, *parts.after])
    return Page(
        run_id=parts.manifest.id,
        recipe_name=run.recipe.name,
        description=run.recipe.description,
        facts=_facts(run, parts),
        missing=missing(parts),
        broken=broken_links(parts),
        results=results,
        headline=_rows(HEADLINE, results),
        held_out=_rows(HELD_OUT, results),
        held_out_names=held_out_names,
        categories=_categories(results, held_out_names),
        examples=tuple(examples(parts.before, parts.after)),
        transcripts=tuple(transcripts(parts.revisions, by_text(parts.judged_rounds))),
        constitution=parts.constitution,
        principles=_principles(parts.constitution, results.principles),
        stages=parts.manifest.stages,
        chain=_chain(run, parts),
        environments=tuple(dict.fromkeys((parts.manifest.environment, *parts.manifest.resumed_in))),
        recipe_yaml=parts.recipe_yaml,
    )


def _facts(run: RunFolder, parts: Parts) -> tuple[tuple[str, str], ...]:
    constitution = parts.constitution
    counted = {
        "revised": len(parts.revisions),
        "answered before training": len(parts.before),
        "after": len(parts.after),
    }
    facts = {
        "Run": parts.manifest.id,
        "Begun": parts.manifest.created[:16].replace("T", " ") + " UTC",
        "Model": run.recipe.model.name,
        "Constitution": f"{constitution.name} {constitution.version}" if constitution else "",
        "Judge": parts.results.judge if parts.results else "",
        "Requests": ", ".join(f"{number:,} {what}" for what, number in counted.items() if number),
    }
    return tuple((name, value) for name, value in facts.items() if value)


def _rows(measures: Sequence[Measure], results: Results) -> tuple[MeasureRow, ...]:
    """The measures that at least one checkpoint has."""
    before, after = (results.checkpoints.get(name, CheckpointResults()) for name in (BASE, TRAINED))
    paired = results.paired.get(TRAINED)
    comparison = paired if paired is not None and paired.before == BASE else Comparison()
    rows = [
        MeasureRow(one, before.measure(one.key), after.measure(one.key), comparison.measure(one.key))
        for one in measures
    ]
    return tuple(row for row in rows if row.before or row.after)


def _held_out_names(answers: Iterable[Answer]) -> tuple[str, ...]:
    prompts = (answer.sample.prompt for answer in answers)
    return tuple(sorted({prompt.category for prompt in prompts if prompt.held_out and prompt.category}))


def _categories(results: Results, held_out: Sequence[str]) -> tuple[CategoryPanel, ...]:
    """The categories that are not held out, that with the most harm after training first."""
    before, after = (results.checkpoints.get(name, CheckpointResults()).by_category for name in (BASE, TRAINED))
    panels = [
        CategoryPanel(name, before.get(name, {}).get("harmful"), after.get(name, {}).get("harmful"))
        for name in before | after
        if name not in held_out
    ]
    return tuple(sorted(panels, key=_panel_rank))


def _panel_rank(panel: CategoryPanel) -> tuple[float, str]:
    return -(panel.after.rate or 0.0) if panel.after else 0.0, panel.name


def _principles(constitution: Constitution | None, counts: dict[str, PrincipleCounts]) -> tuple[PrincipleView, ...]:
    """The constitution's principles in its order, then any others that the run counted."""
    known = {principle.id: principle for principle in constitution.principles} if constitution else {}
    strays = [name for name in counts if name not in known]
    return (
        *(PrincipleView(f"principle-{name}", name, counts.get(name, PrincipleCounts()), known[name]) for name in known),
        *(PrincipleView(f"stray-{place}", name, counts[name], None) for place, name in enumerate(strays)),
    )


def _chain(run: RunFolder, parts: Parts) -> tuple[Link, ...]:
    manifest, constitution, checkpoint = parts.manifest, parts.constitution, parts.checkpoint
    measured = (parts.results or Results()).checkpoints
    base = measured[BASE].digest if BASE in measured else ""
    revised = manifest.stages.get("revise")
    return (
        Link(
            "Constitution",
            manifest.constitution_digest,
            f"{constitution.name}, version {constitution.version}" if constitution else "",
        ),
        Link("Recipe", manifest.recipe_digest, run.recipe.name),
        Link("Prompts", parts.prompts_digest, run.recipe.prompts.path),
        Link("Model at the beginning", base or (checkpoint.base_digest if checkpoint else ""), run.recipe.model.name),
        Link("Revisions", revised.digest if revised else "", f"{len(parts.revisions):,} of them"),
        Link("Training data", checkpoint.data_digest if checkpoint else "", "revisions and helpful samples"),
        Link("Trained checkpoint", checkpoint.digest if checkpoint else "", checkpoint.name if checkpoint else ""),
        Link("Results", parts.results_digest, "results.json"),
    )
