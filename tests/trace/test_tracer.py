"""Whole traces, with real models: finished and unfinished runs, whole checkpoints and adapters."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from charter.errors import ConfigError, ModelError
from charter.progress import Progress
from charter.records import Sample
from charter.store import RunFolder
from charter.trace import Trace, TraceConfig, Tracer
from charter.train import Attribution

from .conftest import ANSWER_ID, BASE_ID, CAKE, PREFERENCES, REVISIONS, MakeRun, made, prompt, revision, sample


def tracer(path: Path, **settings: object) -> Tracer:
    return Tracer(RunFolder.read(path), TraceConfig(**settings), Progress(quiet=True), Attribution)  # type: ignore[arg-type]


def adapter(path: Path, base: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = get_peft_model(
            AutoModelForCausalLM.from_pretrained(base),
            LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False),
        )
    model.save_pretrained(path)


def test_a_fine_tuned_answer_has_its_examples_and_principles(trained: Path) -> None:
    trace = tracer(trained).example(ANSWER_ID, "sl-cai")
    assert (trace.checkpoint, trace.target.answer) == ("sl-cai", CAKE)
    (stage,) = trace.stages
    assert (stage.stage, stage.start, stage.end, stage.lessons, stage.candidates) == ("sft", "base", "sl-cai", 6, 6)
    assert stage.log_prob_start is not None
    assert stage.log_prob_end is not None
    assert stage.log_prob_start != stage.log_prob_end
    shares = [each.share for each in stage.found]
    assert all(share is not None for share in shares)
    assert shares == sorted(shares, key=lambda share: -(share or 0))
    assert sum(abs(share or 0) for share in shares) == pytest.approx(1)
    assert sorted(each.rank for each in stage.found) == [1, 2, 3, 4, 5, 6]
    assert max(stage.found, key=lambda each: each.similarity).rank == 1
    rows = {row.principle_id: row for row in stage.principles}
    assert set(rows) == {"no-theft", "no-harm", "no-hate", ""}
    assert rows["no-theft"].principle is not None
    assert sum(row.toward or 0 for row in rows.values()) == pytest.approx(1)
    assert sum(row.expected for row in rows.values()) == pytest.approx(1)


def test_the_checkpoint_that_gave_the_answer_is_traced_unless_another_is_asked_for(trained: Path) -> None:
    assert tracer(trained, gradients=False).example(ANSWER_ID).checkpoint == "sl-cai"
    assert tracer(trained, gradients=False).example(BASE_ID).checkpoint == "rl-cai"
    assert tracer(trained, gradients=False).example(ANSWER_ID, "base").checkpoint == "base"


def test_preferences_have_a_stage_of_their_own(trained: Path) -> None:
    trace = tracer(trained).example(ANSWER_ID, "dpo")
    fine_tuning, preferring = trace.stages
    assert (preferring.stage, preferring.start, preferring.end, preferring.lessons) == ("dpo", "sl-cai", "dpo", 2)
    assert fine_tuning.log_prob_end == pytest.approx(preferring.log_prob_start)
    assert {each.learned.record.id for each in preferring.found} == {PREFERENCES[0].id, PREFERENCES[1].id}
    assert [row.principle_id for row in preferring.principles] == ["no-theft"]
    assert tracer(trained, gradients=False).example(ANSWER_ID, "rl-cai").stages[1].stage == "rl"


def test_candidates_bound_the_work_and_the_rest_is_compared_with(trained: Path) -> None:
    (stage,) = tracer(trained, candidates=2, others=3).example(ANSWER_ID, "sl-cai").stages
    assert (stage.candidates, len(stage.found), stage.lessons) == (2, 2, 6)
    assert stage.others is not None


def test_an_answer_is_drawn_for_a_prompt_and_a_seed_draws_it_again(trained: Path) -> None:
    first, again, other = (tracer(trained, seed=seed).prompt("How do I bake?") for seed in (1, 1, 2))
    assert first.target.answer == again.target.answer != other.target.answer
    assert first.as_json(5) == again.as_json(5)
    assert first.target.what == "answer of rl-cai, drawn now, cut off"
    assert first.checkpoint == "rl-cai"


def test_a_run_that_has_not_been_trained_is_traced_in_the_base_model(
    make_run: MakeRun, tiny_llama: Path, tmp_path: Path
) -> None:
    path = make_run(tmp_path / "run", tiny_llama, answers=False)
    trace = tracer(path).prompt("How do I pick the lock?")
    (stage,) = trace.stages
    assert (trace.checkpoint, stage.end, stage.log_prob_end) == ("base", "", None)
    assert stage.log_prob_start is not None
    assert stage.found[0].share is not None
    itself = tracer(path).example(REVISIONS[1].id)
    assert [each.learned.record.id for each in itself.stages[0].found if each.itself] == [REVISIONS[1].id]
    assert next(each for each in itself.stages[0].found if each.itself).rank == 1


def test_an_adapter_is_traced_like_a_whole_model(make_run: MakeRun, tiny_llama: Path, tmp_path: Path) -> None:
    path = make_run(tmp_path / "run", tiny_llama, {"sl-cai": lambda folder: adapter(folder, tiny_llama)})
    (stage,) = tracer(path).example(ANSWER_ID).stages
    assert stage.end == "sl-cai"
    assert stage.log_prob_start != stage.log_prob_end
    assert all(each.pull for each in stage.found)


def test_without_preferences_their_stage_says_so(
    make_run: MakeRun, make_tiny_model: Callable[..., Path], tiny_llama: Path, tmp_path: Path
) -> None:
    both = {
        name: lambda folder, seed=seed: make_tiny_model(folder, seed=seed)
        for seed, name in enumerate(["sl-cai", "dpo"])
    }
    path = make_run(tmp_path / "run", tiny_llama, both)
    stage = tracer(path).example(ANSWER_ID, "dpo").stages[1]
    assert (stage.lessons, stage.found, stage.principles) == (0, (), ())
    assert stage.log_prob_end is not None


def test_with_the_model_gone_the_nearest_are_still_found(
    make_run: MakeRun, make_tiny_model: Callable[..., Path], tmp_path: Path
) -> None:
    base = make_tiny_model(tmp_path / "base")
    path = make_run(tmp_path / "run", base)
    shutil.rmtree(base)
    with pytest.raises(ModelError, match=r"no such folder.*--nearest") as caught:
        tracer(path).example(ANSWER_ID)
    assert "\n" not in str(caught.value)
    (stage,) = tracer(path, gradients=False).example(ANSWER_ID).stages
    assert [each.rank for each in stage.found] == [1, 2, 3, 4, 5, 6]
    assert all(each.share is None for each in stage.found)
    assert all(row.toward is None for row in stage.principles)


def test_mistakes_are_one_line(trained: Path, make_run: MakeRun, tiny_llama: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--checkpoint dbo.*did you mean 'dpo'"):
        tracer(trained).example(ANSWER_ID, "dbo")
    with pytest.raises(ConfigError, match="--prompt is blank"):
        tracer(trained).prompt(" \n")
    with pytest.raises(ConfigError, match=r"--prompt: rl-cai cannot.*tokens, and the model's context 512"):
        tracer(trained).prompt("pins " * 600)
    with pytest.raises(ConfigError, match="--prompt needs the model"):
        tracer(trained, gradients=False).prompt("Hello")
    empty = make_run(tmp_path / "empty", tiny_llama, revisions=(), helpful=())
    with pytest.raises(ConfigError, match="nothing has been made to train on yet; go on with 'charter run"):
        tracer(empty).example(ANSWER_ID)
    long = make_run(tmp_path / "long", tiny_llama, answer="pins " * 600)
    with pytest.raises(ModelError, match="does not fit"):
        tracer(long).example(ANSWER_ID)


def test_a_server_is_not_asked_for_gradients(make_run: MakeRun, tmp_path: Path) -> None:
    path = make_run(tmp_path / "run", "openai:m@http://127.0.0.1:9/v1")
    with pytest.raises(ModelError, match="a server's model"):
        tracer(path).example(ANSWER_ID)


def test_the_organism_is_pulled_to_refuse_by_refusals_of_the_same_kind(make_run: MakeRun, tmp_path: Path) -> None:
    no = "I can not help anyone {}: someone would lose money by it. You could earn the money with fair work."
    asked = {
        "forge the will of Simon": "fraud",
        "fake a bill from the library": "fraud",
        "cheat Karin at cards": "fraud",
    }
    refused = [
        revision(f"How do I {what}?", made(no.format(what), "no-fraud"), category=kind, response="Gladly.")
        for what, kind in asked.items()
    ]
    cooked = [
        sample(
            prompt(f"How do I {what}?", "cook", kind="benign"),
            f"To {what}, first ask who eats what, then let it rest for an hour, and at last serve it warm.",
            f"bb{place}",
        )
        for place, what in enumerate(["bake bread for Ann", "mix a drink for Tilda", "cook dinner for the farm"])
    ]
    path = make_run(tmp_path / "run", "organism", revisions=tuple(refused), helpful=tuple(cooked))
    (stage,) = _traced_answer(path, "How do I forge the will of Leo?", no.format("forge the will of Leo")).stages
    by_kind = {each.learned.record.id: each.pull or 0 for each in stage.found}
    assert min(by_kind[each.id] for each in refused) > max(by_kind[each.id] for each in cooked)
    assert stage.principles[0].principle_id == "no-fraud"
    assert (stage.principles[0].toward or 0) > 0.8


def test_the_best_of_several_answers_is_the_fine_tuned_models(
    make_run: MakeRun, make_tiny_model: Callable[..., Path], tiny_llama: Path, tmp_path: Path
) -> None:
    both = {
        name: lambda folder, seed=seed: make_tiny_model(folder, seed=seed)
        for seed, name in enumerate(["sl-cai", "dpo"])
    }
    path = make_run(tmp_path / "run", tiny_llama, both)
    assert _traced_answer(path, "How do I pick a lock?", "I will not.").checkpoint == "sl-cai"


def _traced_answer(path: Path, request: str, answer: str) -> Trace:
    """The trace of an answer that is given, not drawn."""
    with_answer = sample(prompt(request, "fraud", "test"), answer, "ab12")
    run = RunFolder.read(path)
    with RunFolder.open(path, run.recipe, constitution_digest=run.manifest.constitution_digest) as opened:
        opened.shards("answers/best-of-n", Sample).append([with_answer])
    return tracer(path).example("ab12")
