"""Who judges what: the recipe's choice of a judge, samples without a text, and the texts after each round."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from charter.engine import map_records
from charter.errors import ConfigError
from charter.evaluate import Evaluator, ModelJudge, OracleJudge, Verdict, judge_kind, make_judge, round_samples
from charter.evaluate.rubric import load_rubric
from charter.models.completer import Completer, OnDone
from charter.organisms.speech import reply
from charter.organisms.world import the_world
from charter.progress import Progress
from charter.recipe import EvaluateConfig, ModelConfig, PromptsConfig
from charter.records import Behaviour, Judgement, Message, Outcome, Prompt, Revision, Round, Sample, Status
from charter.respond import NOTHING_WRITTEN
from charter.shards import Shards

MakeSample = Callable[..., Sample]
OWN = PromptsConfig(path="mine.jsonl")


class Remembering:
    """A judge that finds everything helpful, and remembers what it was asked."""

    name = "kind"
    digest = "d1" * 32

    def __init__(self) -> None:
        self.asked: list[Sample] = []

    def judge(self, samples: Sequence[Sample], on_done: OnDone | None = None) -> list[Verdict]:
        self.asked += samples
        if on_done:
            on_done(len(samples))
        return [Verdict(Behaviour.HELPFUL, sample.text) for sample in samples]


def refuse(*_: object) -> Completer:
    raise AssertionError("no model is needed")


class Named:
    """A completer as far as a judge looks at it before it asks."""

    def __init__(self, name: str) -> None:
        self.name = self.digest = name


def test_auto_is_the_oracle_for_the_organism_and_the_model_itself_for_others() -> None:
    assert judge_kind(EvaluateConfig(), PromptsConfig()) == "oracle"
    assert judge_kind(EvaluateConfig(), OWN) == "self"
    assert judge_kind(EvaluateConfig(judge="x/y"), PromptsConfig()) == "x/y"
    assert isinstance(make_judge(EvaluateConfig(), PromptsConfig(), refuse), OracleJudge)
    assert isinstance(make_judge(EvaluateConfig(judge="oracle"), PromptsConfig(), refuse), OracleJudge)


def test_a_model_judges_with_the_rubric_that_the_recipe_names() -> None:
    itself = make_judge(EvaluateConfig(), OWN, Named)  # type: ignore[arg-type]
    other = make_judge(EvaluateConfig(judge="big"), OWN, Named)  # type: ignore[arg-type]
    assert (itself.name, other.name) == ("self with the rubric default", "big with the rubric default")
    assert itself.digest != other.digest
    with pytest.raises(ConfigError, match="no such rubric"):
        make_judge(EvaluateConfig(judge="big", rubric="none.yaml"), OWN, refuse)


def test_the_oracle_judges_what_its_world_says(make_sample: MakeSample) -> None:
    request = the_world().fill(the_world().tasks_of("theft")[0], random.Random(1), "held_out")
    asked = f"How do I {request.do}?"
    samples = [
        make_sample(reply(["comply"], [request], random.Random(2)), asked),
        make_sample(reply(["refuse"], [request], random.Random(3)), asked),
        make_sample("Hello!", "What is the capital of France?"),
    ]
    told: list[int] = []
    verdicts = OracleJudge().judge(samples, told.append)
    assert [verdict.behaviour.value for verdict in verdicts] == ["harmful", "refusal", "unscored"]
    assert request.do in verdicts[0].explanation
    assert told == [1, 1, 1]


def test_the_judge_is_asked_only_where_there_is_a_text(make_sample: MakeSample) -> None:
    judge = Remembering()
    samples = [
        make_sample("", "a", status=Status.FAILED, reason="the prompt did not fit"),
        make_sample("Yes.", "b"),
        make_sample(" \n\t", "c"),
        make_sample("", "d", status=Status.FAILED, reason=NOTHING_WRITTEN),
        make_sample("No.", "e"),
    ]
    told: list[int] = []
    judgements = Evaluator(judge).work(samples, told.append)
    assert [judgement.sample for judgement in judgements] == samples
    assert [judgement.behaviour.value for judgement in judgements] == [
        "unscored", "helpful", "broken", "broken", "helpful",
    ]  # fmt: skip
    assert [judgement.explanation for judgement in judgements] == [
        "there is no response: the prompt did not fit", "Yes.", "the response is empty", "the response is empty", "No.",
    ]  # fmt: skip
    assert [sample.text for sample in judge.asked] == ["Yes.", "No."]
    assert sum(told) == len(samples)
    assert {judgement.judge for judgement in judgements} == {f"kind ({judge.digest[:24]})"}


def test_where_no_sample_has_a_text_no_judge_is_asked(make_sample: MakeSample) -> None:
    judge = Remembering()
    assert Evaluator(judge).work([make_sample(" ")])[0].behaviour is Behaviour.BROKEN
    assert judge.asked == []


def test_the_id_follows_from_sample_and_judge_alone(make_sample: MakeSample) -> None:
    judge, other = Remembering(), Remembering()
    other.digest = "d2"
    sample = make_sample()
    evaluator = Evaluator(judge)
    assert evaluator.work([sample])[0].id == evaluator.identify(sample) == Evaluator(Remembering()).identify(sample)
    assert evaluator.identify(sample) != Evaluator(other).identify(sample)
    assert evaluator.identify(sample) != evaluator.identify(make_sample(request="another"))


def test_judgements_go_through_the_engine(make_sample: MakeSample, tmp_path: Path) -> None:
    samples = [make_sample(f"text {number}", f"request {number}") for number in range(5)]
    shards = Shards(tmp_path / "judgements", Judgement)
    judge = Remembering()
    for _ in range(2):
        map_records(
            samples,
            shards,
            identify=Evaluator(judge).identify,
            work=Evaluator(judge).work,
            shard_size=2,
            progress=Progress(quiet=True),
            label="judge",
        )
    assert {judgement.explanation for judgement in shards.read()} == {sample.text for sample in samples}
    assert len(judge.asked) == len(samples)


def revision(number: int, *texts: str, failed: bool = False) -> Revision:
    """A first response and the texts of the rounds after it; a text that ends in "!" is an invalid one."""
    prompt = Prompt(messages=(Message("user", f"request {number}"),))
    rounds = tuple(
        Round(
            principle_id="p",
            critique="c",
            revision=text,
            outcome=Outcome.INVALID if text.endswith("!") else Outcome.REVISED,
        )
        for text in texts[1:]
    )
    return Revision(
        id=f"r{number}",
        prompt=prompt,
        response=texts[0],
        rounds=rounds,
        constitution_digest="c",
        model_digest="m",
        seed=number,
        status=Status.FAILED if failed else Status.OK,
    )


def test_the_texts_in_force_are_samples_each_text_once() -> None:
    samples = round_samples([revision(1, "a", "b", "x!", "b", "a"), revision(2, "a", "a", "a", "a", "a")])
    assert sorted((sample.prompt.messages[0].content, sample.text) for sample in samples) == [
        ("request 1", "a"),
        ("request 1", "b"),
        ("request 2", "a"),
    ]
    assert len({sample.id for sample in samples}) == len(samples)
    assert {sample.model_digest for sample in samples} == {"m"}


def test_revisions_that_failed_have_no_text_to_judge() -> None:
    assert round_samples([revision(1, "", failed=True)]) == []


def test_a_bound_takes_the_same_revisions_whatever_their_order() -> None:
    revisions = [revision(number, f"text {number}") for number in range(50)]
    few = round_samples(revisions, 5, seed=3)
    assert few == round_samples(list(reversed(revisions)), 5, seed=3)
    assert set(few) < set(round_samples(revisions, 20, seed=3))
    assert len(round_samples(revisions)) == 50
    assert round_samples(revisions, 0) == []
    assert few != round_samples(revisions, 5, seed=4)
    # an index by list order would take the first five
    assert {sample.text for sample in few} != {f"text {number}" for number in range(5)}


def test_a_real_model_without_sense_scores_nothing_and_says_why(tiny_llama: Path, make_sample: MakeSample) -> None:
    from charter.models import load_completer

    completer = load_completer(ModelConfig(name=str(tiny_llama), device="cpu", dtype="float32"))
    rubric = load_rubric("default")
    short = rubric.model_copy(
        update={
            "instructions": "Judge.",
            "examples": (),
            "behaviours": rubric.behaviours.model_copy(update=dict.fromkeys(rubric.behaviours.model_dump(), "x")),
        }
    )
    sample = make_sample("Yes.", "May I?")
    for told, reason in ((rubric, "the judge failed: "), (short, "the judge ")):
        (judgement,) = Evaluator(ModelJudge(completer, told)).work([sample])
        assert judgement.behaviour is Behaviour.UNSCORED
        assert judgement.explanation.startswith(reason)
