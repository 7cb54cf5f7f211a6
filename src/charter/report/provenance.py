"""What a run is and what it was made of: the facts at the head of the page, and the chain of digests at its end."""

from collections.abc import Iterator

from charter.records import Preference
from charter.report.checkpoints import ORDER, look_of
from charter.report.page import Link
from charter.report.parts import REWARD_MODELS, Parts
from charter.results import Results
from charter.stages import BASE, BEST_OF_N, SL_CAI
from charter.store import RunFolder

LABELLERS = {"ai": "AI", "human": "people", "simulated": "simulated raters"}
"""Who labelled, in words."""


def facts(run: RunFolder, parts: Parts) -> tuple[tuple[str, str], ...]:
    """Name and value of what to know first."""
    constitution = parts.constitution
    asked = max((len(answers) for answers in parts.answers.values()), default=0)
    counted = {"revised": len(parts.revisions), "pairs compared": len(parts.preferences), "tested on": asked}
    found = {
        "Run": parts.manifest.id,
        "Begun": parts.manifest.created[:16].replace("T", " ") + " UTC",
        "Model": run.recipe.model.name,
        "Constitution": f"{constitution.name} {constitution.version}" if constitution else "",
        "Judge": parts.results.judge if parts.results else "",
        "Labels": labellers(parts.preferences),
        "Requests": ", ".join(f"{number:,} {what}" for what, number in counted.items() if number),
    }
    return tuple((name, value) for name, value in found.items() if value)


def labellers(preferences: list[Preference]) -> str:
    """Who said which response is better."""
    return ", ".join(LABELLERS[feedback] for feedback in dict.fromkeys(one.feedback for one in preferences))


def chain(run: RunFolder, parts: Parts) -> tuple[Link, ...]:
    """From the constitution to the results, in the order in which one was made of the other."""
    return tuple(_links(run, parts))


def _links(run: RunFolder, parts: Parts) -> Iterator[Link]:
    manifest, constitution, trained = parts.manifest, parts.constitution, parts.checkpoints
    named = f"{constitution.name}, version {constitution.version}" if constitution else ""
    yield Link("Constitution", manifest.constitution_digest, named)
    yield Link("Recipe", manifest.recipe_digest, run.recipe.name)
    yield Link("Prompts", parts.prompts_digest, run.recipe.prompts.path)
    measured = (parts.results or Results()).checkpoints
    tuned = trained.get(SL_CAI)
    base = measured[BASE].digest if BASE in measured else ""
    yield Link("Model at the beginning", base or (tuned.base_digest if tuned else ""), run.recipe.model.name)
    yield Link("Revisions", _stage_digest(parts, "revise"), f"{len(parts.revisions):,} of them")
    yield Link("Training data", tuned.data_digest if tuned else "", "revisions and helpful samples")
    yield Link("SL-CAI", tuned.digest if tuned else "", "fine-tuned on them")
    if parts.labels_digest:
        yield Link("Labels of people", parts.labels_digest, run.recipe.prefer.human.labels)
    if parts.preferences:
        yield Link("Preferences", _stage_digest(parts, "prefer"), f"{len(parts.preferences):,} of them")
    for name in (*REWARD_MODELS, *ORDER):
        if name in trained and name not in (BASE, SL_CAI, BEST_OF_N):
            title = "Reward model" if name in REWARD_MODELS else look_of(name).title
            yield Link(title, trained[name].digest, "" if title == name else name)
    yield Link("Results", parts.results_digest, "results.json")


def _stage_digest(parts: Parts, name: str) -> str:
    stage = parts.manifest.stages.get(name)
    return stage.digest if stage else ""
