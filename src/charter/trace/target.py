"""What is traced: a record of the run, found by its id or the beginning of it, or a prompt of the user's own."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from charter.errors import ConfigError
from charter.records import Judgement, Preference, Prompt, Revision, Sample
from charter.trace.material import BASE, SFT, Material

SHOWN = 4
"""Ids that an error names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An answer, and the prompt that it answers."""

    what: str
    """In words: ``answer of sl-cai``."""
    id: str
    """Of the record; empty for an answer that was drawn now."""
    prompt: Prompt
    answer: str
    checkpoint: str = ""
    """Which gave the answer; empty where none of the run's did, as of a revision."""
    judgement: Judgement | None = None

    def as_row(self) -> dict[str, str | None]:
        """What a list says of it, as JSON values."""
        return {
            "id": self.id,
            "what": self.what,
            "checkpoint": self.checkpoint or None,
            "prompt_id": self.prompt.id,
            "kind": self.prompt.kind,
            "category": self.prompt.category or None,
            "behaviour": self.judgement.behaviour.value if self.judgement else None,
            "request": self.prompt.messages[-1].content,
            "answer": self.answer,
        }


def targets(material: Material) -> Iterator[Target]:
    """Everything in the run that can be traced: answers, then what was trained on, then what was compared."""
    judged = {judgement.sample.id: judgement for judgement in material.judgements}
    for name, samples in material.answers.items():
        for sample in samples:
            yield _of_sample(f"answer of {name}", sample, name, judged.get(sample.id))
    for revision in material.revisions:
        yield Target(what="revision", id=revision.id, prompt=revision.prompt, answer=revision.final)
    for sample in material.helpful:
        yield _of_sample("helpful sample", sample, BASE, None)
    for sample in material.pairs:
        yield _of_sample("response to compare", sample, SFT, None)
    for preference in material.preferences:
        pair = preference.pair
        better = pair.second if (preference.p_first or 0.0) < 0.5 else pair.first
        yield Target(what="preferred response", id=preference.id, prompt=pair.prompt, answer=better)


def find_target(material: Material, reference: str, checkpoint: str) -> Target:
    """The record that ``reference`` means: its id, that of its judgement or of its prompt, or the beginning of one.

    Of a prompt it is the answer of ``checkpoint`` where there is one, else whatever comes first.

    Raises:
        ConfigError: there is none, or more than one; the message names ids.
    """
    by_id = _by_id(material)
    reference = reference.strip()
    if not reference:
        raise ConfigError("--example is blank; give an id, or list them with --list")
    matches = [reference] if reference in by_id else sorted(name for name in by_id if name.startswith(reference))
    if not matches:
        raise ConfigError(f"no record of this run has the id '{reference}'{_nearest(reference, by_id)}")
    if len(matches) > 1:
        shown = ", ".join(f"{name} ({by_id[name][0].what})" for name in matches[:SHOWN])
        more = ", ..." if len(matches) > SHOWN else ""
        raise ConfigError(f"'{reference}' begins {len(matches)} ids: {shown}{more}; write more of it")
    found = by_id[matches[0]]
    target = next((each for each in found if each.checkpoint == checkpoint), found[0])
    if not target.answer.strip():
        raise ConfigError(f"{target.what} {target.id} has no text ({_why_empty(material, target)}); choose another one")
    return target


def _of_sample(what: str, sample: Sample, checkpoint: str, judgement: Judgement | None) -> Target:
    return Target(
        what=what,
        id=sample.id,
        prompt=sample.prompt,
        answer=sample.text,
        checkpoint=checkpoint,
        judgement=judgement,
    )


def _by_id(material: Material) -> Mapping[str, Sequence[Target]]:
    found: dict[str, list[Target]] = {}
    for target in targets(material):
        judgement = [target.judgement.id] if target.judgement else []
        for name in (target.id, target.prompt.id, *judgement):
            found.setdefault(name, []).append(target)
    return found


def _nearest(reference: str, by_id: Mapping[str, Sequence[Target]]) -> str:
    if not by_id:
        return "; it has no records yet"
    begins = {name[: len(reference)]: name for name in by_id}
    near = [begins[each] for each in difflib.get_close_matches(reference, begins, n=2, cutoff=0.6)]
    nearest = f"; the nearest are {', '.join(near)}" if near else ""
    return f"{nearest}; --list shows what can be traced"


def _why_empty(material: Material, target: Target) -> str:
    records: list[Sample | Revision | Preference] = [
        *(sample for samples in material.answers.values() for sample in samples),
        *material.revisions,
        *material.helpful,
        *material.pairs,
        *material.preferences,
    ]
    return next((record.reason for record in records if record.id == target.id), "") or "nothing was written"
