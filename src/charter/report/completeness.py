"""What a run lacks, and where its chain of digests does not hold: a page must not look whole when the run is not."""

from collections.abc import Iterator

from charter.report.examples import Answer
from charter.report.page import BASE, TRAINED
from charter.report.parts import CONSTITUTION_NAME, Parts
from charter.results import Results

_WORDS = {BASE: "base model", TRAINED: "trained checkpoint"}


def missing(parts: Parts) -> tuple[str, ...]:
    """What a complete run has and this one does not, one sentence each."""
    found = [*_missing_records(parts), *_missing_results(parts.results)]
    manifest, reason = parts.manifest, f": {parts.manifest.reason}" if parts.manifest.reason else ""
    if parts.status == "running":
        return ("It is still going on, or this page was written before it ended.", *found) if found else ()
    unfinished = [name for name, stage in manifest.stages.items() if not stage.done]
    found += [f"The stage “{name}” was begun and is not finished." for name in unfinished]
    return (*((f"The run {_ended(parts.status)}{reason}.",) if parts.status != "finished" else ()), *found)


def broken_links(parts: Parts) -> tuple[str, ...]:
    """Each pair of digests that should be one and is two, one sentence each."""
    checkpoint, results = parts.checkpoint, parts.results or Results()
    measured = results.checkpoints
    constitution = parts.manifest.constitution_digest
    pairs = [
        (
            f"{CONSTITUTION_NAME} is not the constitution that the run began with",
            parts.constitution and parts.constitution.digest,
            constitution,
        ),
        (
            "the trained checkpoint was made under another constitution",
            checkpoint and checkpoint.constitution_digest,
            constitution,
        ),
        ("the results are those of another constitution", results.constitution.digest, constitution),
        (
            "the trained checkpoint is not the one that was measured",
            checkpoint and checkpoint.digest,
            TRAINED in measured and measured[TRAINED].digest,
        ),
        (
            "the trained checkpoint was made from another model than the one measured before",
            checkpoint and checkpoint.base_digest,
            BASE in measured and measured[BASE].digest,
        ),
    ]
    found = [f"{what}: {one[:12]} and {other[:12]}." for what, one, other in pairs if one and other and one != other]
    strays = sum(revision.constitution_digest != constitution for revision in parts.revisions)
    if strays:
        found.append(f"{strays:,} revisions were made under another constitution.")
    return tuple(f"{text[0].upper()}{text[1:]}" for text in found)


def _ended(status: str) -> str:
    return {"interrupted": "was interrupted", "failed": "failed"}.get(status, f"is {status}")


def _missing_records(parts: Parts) -> Iterator[str]:
    if parts.constitution is None:
        yield f"The constitution ({CONSTITUTION_NAME}) is not in the run folder."
    if not parts.revisions:
        yield "No training request has been revised."
    elif not parts.judged_rounds:
        yield "What the revisions do has not been judged."
    if parts.checkpoint is None:
        yield "There is no trained checkpoint."
    for name, answers in ((BASE, parts.before), (TRAINED, parts.after)):
        if not answers:
            yield f"The {_WORDS[name]} has not answered the test requests."
        elif unjudged := _unjudged(answers):
            yield f"{unjudged:,} of {len(answers):,} answers of the {_WORDS[name]} have not been judged."


def _missing_results(results: Results | None) -> Iterator[str]:
    if results is None:
        yield "There are no results: nothing has been measured."
        return
    for name, words in _WORDS.items():
        if name not in results.checkpoints:
            yield f"The {words} has not been measured."


def _unjudged(answers: list[Answer]) -> int:
    return sum(answer.judgement is None for answer in answers)
