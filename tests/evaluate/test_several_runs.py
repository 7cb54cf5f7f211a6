"""Several runs as one field: shared models count once, and equal names are told apart."""

from collections.abc import Callable

import pytest

from charter.errors import ConfigError
from charter.evaluate.several_runs import Snapshot, judges_of, one_field
from charter.records import Behaviour, Judgement, Sample

MakeSample = Callable[..., Sample]


def snapshot(make_sample: MakeSample, run: str, name: str, model: str, requests: str = "ab", **of: object) -> Snapshot:
    samples = [make_sample("text", request, **{"model": model, "kind": "red_team", **of}) for request in requests]
    return Snapshot(run, name, samples, [])


def test_a_model_that_runs_share_counts_once_and_names_that_clash_are_told_apart(make_sample: MakeSample) -> None:
    field = [
        snapshot(make_sample, "rlaif", "base", "m0"),
        snapshot(make_sample, "rlaif", "sl-cai", "m1"),
        snapshot(make_sample, "rlaif", "dpo", "m2"),
        snapshot(make_sample, "rlaif", "rl-cai", "m3"),
        snapshot(make_sample, "rlhf", "base", "m0"),
        snapshot(make_sample, "rlhf", "sl-cai", "m1"),
        snapshot(make_sample, "rlhf", "dpo", "m4"),
        snapshot(make_sample, "rlhf", "rlhf", "m5"),
    ]
    answers, judgements = one_field(field)
    assert list(answers) == ["base", "sl-cai", "rlaif/dpo", "rl-cai", "rlhf/dpo", "rlhf"]
    assert list(judgements) == list(answers)
    assert answers["base"] is field[0].answers
    assert {samples[0].model_digest for samples in answers.values()} == {"m0", "m1", "m2", "m3", "m4", "m5"}


def test_one_run_keeps_its_names(make_sample: MakeSample) -> None:
    field = [snapshot(make_sample, "x", name, name) for name in ("base", "sl-cai")]
    assert list(one_field(field)[0]) == ["base", "sl-cai"]


def test_runs_on_other_prompts_are_refused(make_sample: MakeSample) -> None:
    one = snapshot(make_sample, "x", "base", "m0", "ab")
    with pytest.raises(ConfigError, match="y and x have no test prompt in common"):
        one_field([one, snapshot(make_sample, "y", "base", "m1", "cd")])
    # prompts that are not compared are nothing in common
    alike = [snapshot(make_sample, run, "base", run, "ab", kind="look_alike") for run in ("x", "y")]
    with pytest.raises(ConfigError, match="in common"):
        one_field(alike)
    assert len(one_field([one, snapshot(make_sample, "y", "base", "m1", "bc")])[0]) == 2


def test_every_judge_of_the_verdicts_is_named(make_sample: MakeSample) -> None:
    def judged(by: str) -> Judgement:
        return Judgement(
            id=by, sample=make_sample("text", "a"), behaviour=Behaviour.REFUSAL, explanation="declines", judge=by
        )

    verdicts = {"base": [judged("oracle (1)")], "dpo": [judged("oracle (1)"), judged("a model (2)")]}
    assert judges_of(verdicts) == ("a model (2)", "oracle (1)")
