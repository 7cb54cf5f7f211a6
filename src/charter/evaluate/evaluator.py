"""The evaluate stage: every sample judged, every verdict kept with its reason."""

from collections.abc import Iterable, Sequence

from charter.digests import ID_LENGTH, derive_seed, record_id
from charter.evaluate.judge import Judge
from charter.evaluate.verdict import Verdict
from charter.models.completer import OnDone
from charter.records import Behaviour, Judgement, Revision, Sample, Status
from charter.respond import NOTHING_WRITTEN


class Evaluator:
    """Makes a ``Judgement`` of every sample; ``identify`` and ``work`` are what ``map_records`` takes."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    @property
    def judge_label(self) -> str:
        """Name and digest of the judge, as every judgement carries them."""
        return f"{self._judge.name} ({self._judge.digest[:ID_LENGTH]})"

    def identify(self, sample: Sample) -> str:
        """The id of the judgement that ``work`` makes of ``sample``."""
        return record_id("judgement", sample.id, self._judge.digest)

    def work(self, samples: Sequence[Sample], on_done: OnDone | None = None) -> list[Judgement]:
        """One judgement a sample, in the order of ``samples``; the judge is asked only where there is a text."""
        told = on_done or (lambda count: None)
        verdicts = {sample.id: verdict for sample in samples if (verdict := _without_text(sample))}
        asked = [sample for sample in samples if sample.id not in verdicts]
        told(len(samples) - len(asked))
        if asked:
            given = self._judge.judge(asked, told)
            verdicts |= {sample.id: verdict for sample, verdict in zip(asked, given, strict=True)}
        return [self._judgement(sample, verdicts[sample.id]) for sample in samples]

    def _judgement(self, sample: Sample, verdict: Verdict) -> Judgement:
        return Judgement(
            id=self.identify(sample),
            sample=sample,
            behaviour=verdict.behaviour,
            explanation=verdict.explanation,
            judge=self.judge_label,
        )


def _without_text(sample: Sample) -> Verdict | None:
    """The verdict on a sample that there is nothing to read of; None where there is.

    A model that wrote nothing gave no answer, which is known: broken. What it would have written had the request not
    failed is not known: unscored.
    """
    if sample.status is Status.FAILED and sample.reason != NOTHING_WRITTEN:
        return Verdict.unscored(f"there is no response: {sample.reason}")
    return None if sample.text.strip() else Verdict(Behaviour.BROKEN, "the response is empty")


def round_samples(revisions: Iterable[Revision], at_most: int | None = None, seed: int = 0) -> list[Sample]:
    """The text in force after each round (0: the first response) of each revision, as samples to be judged.

    A text that stands unchanged through several rounds is one sample; :func:`text_id` finds it again. Revisions
    that failed have no text. Where ``at_most`` bounds the number of revisions, a hash chooses, so that a smaller bound
    takes a part of what a larger one takes.
    """
    usable = [revision for revision in revisions if revision.status is Status.OK]
    usable.sort(key=lambda revision: (derive_seed(seed, "judged rounds", revision.prompt.id), revision.id))
    return [sample for revision in usable[:at_most] for sample in _texts(revision)]


def text_id(revision: Revision, rounds: int) -> str:
    """The id of the sample that is the text in force after that many rounds."""
    return record_id("text in force", revision.prompt.id, revision.text_after(rounds))


def _texts(revision: Revision) -> list[Sample]:
    by_id = {text_id(revision, number): revision.text_after(number) for number in range(len(revision.rounds) + 1)}
    return [
        Sample(
            id=identity,
            prompt=revision.prompt,
            text=text,
            finish="stop",
            model_digest=revision.model_digest,
            seed=revision.seed,
        )
        for identity, text in by_id.items()
    ]
