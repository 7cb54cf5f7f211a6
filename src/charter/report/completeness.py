"""What a run lacks, and where its chain of digests does not hold: a page must not look whole when the run is not."""

from collections.abc import Iterator

from charter.recipe import Recipe
from charter.report.checkpoints import look_of
from charter.report.examples import Answer
from charter.report.parts import CONSTITUTION_NAME, REWARD_MODELS, Parts
from charter.results import Results
from charter.stages import BASE, BEST_OF_N, SL_CAI, checkpoints_of


def missing(parts: Parts, recipe: Recipe) -> tuple[str, ...]:
    """What a complete run of the recipe has and this one does not, one sentence each."""
    ends_early = _ends_with_sl_cai(parts, recipe)
    expected = (BASE, SL_CAI) if ends_early else checkpoints_of(recipe)
    found = list(_missing_records(parts))
    if not ends_early:
        found += _missing_feedback(parts, expected)
    found += _missing_answers(parts, expected)
    found += _missing_results(parts.results, expected)
    manifest, reason = parts.manifest, f": {parts.manifest.reason}" if parts.manifest.reason else ""
    if parts.status == "running":
        return ("It is still going on, or this page was written before it ended.", *found) if found else ()
    unfinished = [name for name, stage in manifest.stages.items() if not stage.done]
    found += [f"The stage “{name}” was begun and is not finished." for name in unfinished]
    return (*((f"The run {_ended(parts.status)}{reason}.",) if parts.status != "finished" else ()), *found)


def broken_links(parts: Parts) -> tuple[str, ...]:
    """Each pair of digests that should be one and is two, one sentence each."""
    results = parts.results or Results()
    constitution = parts.manifest.constitution_digest
    pairs = [
        (
            f"{CONSTITUTION_NAME} is not the constitution that the run began with",
            parts.constitution and parts.constitution.digest,
            constitution,
        ),
        ("the results are those of another constitution", results.constitution.digest, constitution),
        *(pair for name in parts.checkpoints for pair in _links_of(name, parts, results)),
    ]
    found = [f"{what}: {one[:12]} and {other[:12]}." for what, one, other in pairs if one and other and one != other]
    for what, digests in (
        ("revisions were made", [revision.constitution_digest for revision in parts.revisions]),
        ("labels were given", [one.constitution_digest for one in parts.preferences if one.constitution_digest]),
    ):
        if strays := sum(digest != constitution for digest in digests):
            found.append(f"{strays:,} {what} under another constitution.")
    return tuple(f"{text[0].upper()}{text[1:]}" for text in found)


def _links_of(name: str, parts: Parts, results: Results) -> Iterator[tuple[str, str, str]]:
    """What a trained model says that it was made from, and what of it was measured."""
    checkpoint = parts.checkpoints[name]
    is_reward = name in REWARD_MODELS
    words = "the reward model" if is_reward else look_of(name).words
    yield (
        f"{words} was made under another constitution",
        checkpoint.constitution_digest,
        parts.manifest.constitution_digest,
    )
    measured = results.reward.get(name) if is_reward else results.checkpoints.get(name)
    yield f"{words} is not the one that was measured", checkpoint.digest, measured.digest if measured else ""
    before = BASE if name == SL_CAI else SL_CAI
    source = results.checkpoints[before].digest if before in results.checkpoints else ""
    yield (
        f"{words} was made from another model than {look_of(before).words} that was measured",
        checkpoint.base_digest,
        source,
    )


def _ended(status: str) -> str:
    return {"interrupted": "was interrupted", "failed": "failed"}.get(status, f"is {status}")


def _ends_with_sl_cai(parts: Parts, recipe: Recipe) -> bool:
    """Whether the run is complete without preferences: as its recipe says, or because it was made before Charter had
    any, and finished."""
    return not recipe.prefer.enabled or (parts.status == "finished" and "pairs" not in parts.manifest.stages)


def _missing_records(parts: Parts) -> Iterator[str]:
    if parts.constitution is None:
        yield f"The constitution ({CONSTITUTION_NAME}) is not in the run folder."
    if not parts.revisions:
        yield "No training request has been revised."
    elif not parts.judged_rounds:
        yield "What the revisions do has not been judged."
    if SL_CAI not in parts.checkpoints:
        yield "There is no fine-tuned checkpoint (SL-CAI)."


def _missing_feedback(parts: Parts, expected: tuple[str, ...]) -> Iterator[str]:
    if not (parts.pairs or parts.preferences):
        yield "No responses have been compared: there are no preferences, and nothing has been trained on any."
        return
    if not parts.preferences:
        yield "No pair of responses has been labelled."
    if not any(name in parts.checkpoints for name in REWARD_MODELS):
        yield "There is no reward model."
    for name in expected:
        if name not in (BASE, SL_CAI, BEST_OF_N) and name not in parts.checkpoints:
            yield f"There is no {look_of(name).title} checkpoint."


def _missing_answers(parts: Parts, expected: tuple[str, ...]) -> Iterator[str]:
    silent = [name for name in expected if name not in parts.answers and (name == BASE or _is_there(name, parts))]
    for name in silent:
        yield f"The test requests have not been answered by {look_of(name).words}."
    for name, answers in parts.answers.items():
        if unjudged := _unjudged(answers):
            yield f"{unjudged:,} of {len(answers):,} answers of {look_of(name).words} have not been judged."


def _is_there(name: str, parts: Parts) -> bool:
    """Whether the checkpoint could answer; one that is not there is missing itself, and its answers need no word."""
    if name == BEST_OF_N:
        return any(reward in parts.checkpoints for reward in REWARD_MODELS)
    return name in parts.checkpoints


def _missing_results(results: Results | None, expected: tuple[str, ...]) -> Iterator[str]:
    if results is None:
        yield "There are no results: nothing has been measured."
        return
    for name in expected:
        if name not in results.checkpoints:
            yield f"Nothing has been measured of {look_of(name).words}."


def _unjudged(answers: list[Answer]) -> int:
    return sum(answer.judgement is None for answer in answers)
