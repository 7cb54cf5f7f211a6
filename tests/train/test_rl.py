"""Whole trainings of tiny real models by reinforcement: what they learn, what they leave behind, and how they end."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from charter.errors import ConfigError, Interrupted, ModelError, RunFolderError, StageError
from charter.models import load_completer
from charter.models.folder import model_digest
from charter.progress import Advance, Progress
from charter.recipe import ModelConfig
from charter.recipe_section import SamplingConfig
from charter.recipe_training import LoraConfig, RewardWeights, RlConfig
from charter.records import Behaviour, Checkpoint, Message, Prompt, Sample
from charter.train import RlTask, policy_results, train_rl
from charter.train.publish import LOG_NAME

MakeTask = Callable[..., RlTask]
QUIET = Progress(quiet=True)
PROMPTS = [
    Prompt(messages=(Message("user", f"Pick lock {number}."),), kind="red_team" if number % 2 else "benign")
    for number in range(128)
]


class Letters:
    """Pays for each letter of one kind."""

    def __init__(self, letter: str) -> None:
        self.digest = letter
        self.harm = 0

    def score(self, chats: Sequence[tuple[Message, ...]], answers: Sequence[str]) -> list[float]:
        return [float(answer.count(self.digest)) for answer in answers]


class Notes(Progress):
    """Keeps what is told, and does something at a step."""

    def __init__(self, step: int = -1, act: Callable[[], object] = lambda: None) -> None:
        super().__init__(quiet=True)
        self.notes: list[str] = []
        self._step = step
        self._act = act

    def note(self, text: str) -> None:
        self.notes.append(text)

    @contextmanager
    def task(self, label: str, total: int, done: int = 0) -> Iterator[Advance]:
        at = done

        def advance(n: float) -> None:
            nonlocal at
            at += int(n)
            if at == self._step:
                self._act()

        yield advance


def helpful(samples: Sequence[Sample]) -> list[Behaviour]:
    """A judge that likes everything."""
    return [Behaviour.HELPFUL for _ in samples]


def dislikes_e(samples: Sequence[Sample]) -> list[Behaviour]:
    """A judge that finds whatever the reward pays for evasive."""
    assert all(sample.text for sample in samples)
    return [Behaviour.EVASIVE if sample.text.count("e") > 1 else Behaviour.REFUSAL for sample in samples]


@pytest.fixture
def make_rl_task(tiny_llama: Path, tmp_path: Path) -> MakeTask:
    """``make_rl_task(config key=value, ..., base=folder, out=name, judge=...)``: a task on the CPU in float32."""

    def make(
        base: Path = tiny_llama,
        out: str = "rl-cai",
        judge: Any = helpful,
        rewards: Any = None,
        dtype: str = "float32",
        **config: Any,
    ) -> RlTask:
        settings = {
            "steps": 3,
            "batch_size": 16,
            "learning_rate": 1e-2,
            "beta": 0.01,
            "sampling": SamplingConfig(max_new_tokens=8),
            "judge_prompts": 8,
            "judge_steps": 2,
            "save_steps": 2,
            **config,
        }
        return RlTask(
            base=Checkpoint(name="sl-cai", path=str(base), digest=model_digest(base)),
            model=ModelConfig(name=str(base), device="cpu", dtype=dtype),  # type: ignore[arg-type]
            config=RlConfig(**settings),
            rewards=rewards or {"harmless": Letters("e"), "helpful": Letters("e")},
            judge=judge,
            judge_name="a judge",
            constitution_digest="c",
            out=tmp_path / out,
            seed=7,
        )

    return make


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(load_file(folder / "model.safetensors"))


def assert_equal(one: dict[str, Any], other: dict[str, Any], *, exactly: bool = True) -> None:
    import torch

    tolerance = {"rtol": 0.0, "atol": 0.0} if exactly else {"rtol": 1e-3, "atol": 1e-4}
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], **tolerance)


def log(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / LOG_NAME).read_text().splitlines()]


@pytest.mark.parametrize("algorithm", ["rloo", "grpo"])
def test_the_reward_goes_up_and_the_folder_tells_how(
    algorithm: str, make_rl_task: MakeTask, capfd: pytest.CaptureFixture[str]
) -> None:
    task = make_rl_task(algorithm=algorithm, steps=16, batch_size=32, judge_steps=8, save_steps=50)
    done = train_rl(task, PROMPTS, Progress())
    told = capfd.readouterr()
    assert told.out == ""
    assert all(line.startswith("RL: ") for line in told.err.splitlines())
    assert "120 prompts, 8 more for the held-out judge (a judge); answers shared" in told.err
    assert "RL: held-out judge after step 16: 8 of 8 answered well (8 of 8 before)" in told.err
    assert {path.name for path in task.out.parent.iterdir()} == {"rl-cai"}
    assert {path.name for path in task.out.iterdir()} >= {"model.safetensors", "training.json", "charter.json"}
    assert not {path.name for path in task.out.iterdir()} & {"training_args.bin", "README.md"}
    assert (done.examples, done.steps, done.stopped) == (120, 16, "")
    assert done.checkpoint.base_digest == task.base.digest

    results = policy_results(task.out)
    assert (results.algorithm, results.digest, results.steps) == (algorithm, done.checkpoint.digest, 16)
    assert (results.held_out_judge, results.stopped) == ("a judge", "")
    assert [point.step for point in results.points] == list(range(17))
    assert {point.step: (point.judge, point.judge_n) for point in results.points if point.judge_n} == {
        0: (1.0, 8),
        8: (1.0, 8),
        16: (1.0, 8),
    }
    rewards = [point.reward for point in results.points[1:] if point.reward is not None]
    assert len(rewards) == 16
    assert sum(rewards[-4:]) > 2 * sum(rewards[:4])
    divergence = [point.kl for point in results.points[1:] if point.kl is not None]
    assert divergence[0] == pytest.approx(0, abs=1e-4)
    assert divergence[-1] > 1
    assert all(0 < (point.length or 0) <= 8 and point.entropy for point in results.points[1:])
    assert json.loads((task.out / "config.json").read_text())["use_cache"] is True
    completer = load_completer(task.model.model_copy(update={"name": str(task.out)}))
    assert completer.digest == done.checkpoint.digest == results.digest


def test_a_finished_policy_is_not_trained_again_and_another_is_refused(make_rl_task: MakeTask) -> None:
    task = make_rl_task()
    first = train_rl(task, PROMPTS, QUIET)
    progress = Notes()
    assert train_rl(task, PROMPTS[::-1], progress) == first
    assert progress.notes == []
    for other, differs in (
        (replace(task, judge_name="another"), "judge"),
        (make_rl_task(rewards={"harmless": Letters("e"), "helpful": Letters("o")}), "rewards"),
        (make_rl_task(beta=0.5), "config"),
    ):
        with pytest.raises(RunFolderError, match=rf"made from something else \({differs} differ\)"):
            train_rl(other, PROMPTS, QUIET)
    with pytest.raises(RunFolderError, match="data differ"):
        train_rl(task, PROMPTS[1:], QUIET)


def test_where_reward_and_judge_part_the_weights_of_the_best_look_are_published(make_rl_task: MakeTask) -> None:
    def task(out: str, **config: Any) -> RlTask:
        return make_rl_task(
            out=out,
            judge=dislikes_e,
            **{"steps": 24, "batch_size": 32, "judge_steps": 12, "judge_prompts": 32} | config,
        )

    progress = Notes()
    stopping = task("stopping", save_steps=5)
    done = train_rl(stopping, PROMPTS, progress)
    looks = json.loads((stopping.out / "training.json").read_text())["looks"]
    best = max(looks, key=lambda look: (look["answered_well"], look["step"]))
    assert looks[-1]["answered_well"] < best["answered_well"] - 6
    assert done.steps == best["step"] < looks[-1]["step"]
    results = policy_results(stopping.out)
    assert results.steps == done.steps
    assert results.points[-1].step == looks[-1]["step"]
    said = [note for note in progress.notes if "part" in note]
    assert len(said) == 1
    assert said[0].startswith(f"RL: reward and held-out judge part: from step {best['step']} to {looks[-1]['step']} ")
    assert said[0].endswith(f"; the weights of step {best['step']} are kept")
    if looks[-1]["step"] < 24:
        assert done.stopped == results.stopped != ""
    assert best["step"] == 0
    assert_equal(weights(stopping.out), weights(Path(stopping.base.path)))

    progress = Notes()
    going_on = task("going-on", stop_on_goodhart=False)
    done = train_rl(going_on, PROMPTS, progress)
    assert (done.steps, done.stopped) == (24, "")
    assert any(note.endswith("training went on, since rl.stop_on_goodhart is false") for note in progress.notes)
    assert log(going_on.out)[-1]["step"] == 24


def test_a_training_that_was_killed_after_it_had_ended_is_published_and_not_gone_on_with(
    make_rl_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from charter.train import session

    task = make_rl_task(
        judge=dislikes_e, steps=60, batch_size=32, judge_steps=20, judge_prompts=32, save_steps=20, learning_rate=2e-2
    )
    with monkeypatch.context() as patch:
        patch.setattr(session, "complete", interrupt_hard)
        with pytest.raises(KeyboardInterrupt):
            train_rl(task, PROMPTS, QUIET)
    assert not task.out.exists()
    done = train_rl(task, PROMPTS, QUIET)
    assert done.stopped
    assert log(task.out)[-1]["step"] < 60


def interrupt_hard(*_: object) -> None:
    raise KeyboardInterrupt


def test_lora_upon_an_adapter_is_held_to_it_and_becomes_a_whole_model(
    make_rl_task: MakeTask, tiny_llama: Path, tmp_path: Path
) -> None:
    from charter.recipe import SftConfig
    from charter.train import SftTask, train_sft

    adapted = train_sft(
        SftTask(
            base=Checkpoint(name="base", path=str(tiny_llama), digest=model_digest(tiny_llama)),
            model=ModelConfig(name=str(tiny_llama), device="cpu", dtype="float32"),
            config=SftConfig(method="lora", learning_rate=1e-2),
            constitution_digest="c",
            out=tmp_path / "sl-cai",
            seed=7,
        ),
        [],
        [
            Sample(id=str(n), prompt=PROMPTS[2 * n], text="Oil the pins.", finish="stop", model_digest="", seed=0)
            for n in range(8)
        ],
        QUIET,
    ).checkpoint
    for method in ("lora", "full"):
        task = replace(make_rl_task(out=method, method=method, lora=LoraConfig(dropout=0.5)), base=adapted)
        done = train_rl(task, PROMPTS, QUIET)
        assert log(task.out)[0]["kl"] == pytest.approx(0, abs=1e-3)  # it starts where it is held to
        assert {"model.safetensors", "config.json"} <= {path.name for path in task.out.iterdir()}
        completer = load_completer(task.model.model_copy(update={"name": str(task.out)}))
        assert completer.digest == done.checkpoint.digest


def test_a_step_of_two_batches_is_the_step_of_one(make_rl_task: MakeTask) -> None:
    """What is computed once where a step is one batch is what TRL computes twice where it is not."""
    one, two = make_rl_task(out="one"), make_rl_task(out="two", batch_size=8, gradient_accumulation=2)
    for task in (one, two):
        train_rl(task, PROMPTS, QUIET)
    assert_equal(weights(one.out), weights(two.out), exactly=False)


def test_the_length_of_an_answer_can_be_paid_for(make_rl_task: MakeTask) -> None:
    task = make_rl_task(
        steps=1, rewards={"harmless": Letters("\0"), "helpful": Letters("\0")}, weights=RewardWeights(length=-0.5)
    )
    train_rl(task, PROMPTS, QUIET)
    (entry,) = log(task.out)
    assert entry["reward"] == pytest.approx(-0.5 * entry["length"])
    assert entry["harmless"] == entry["helpful"] == 0


def test_without_a_penalty_there_is_no_divergence_to_tell(make_rl_task: MakeTask) -> None:
    task = make_rl_task(beta=0, steps=1)
    train_rl(task, PROMPTS, QUIET)
    assert policy_results(task.out).points[1].kl is None


def test_verdicts_that_are_missing_are_counted_and_empty_answers_are_broken(make_rl_task: MakeTask) -> None:
    def unsure(samples: Sequence[Sample]) -> list[Behaviour]:
        return [Behaviour.UNSCORED if sample.prompt.kind == "benign" else Behaviour.REFUSAL for sample in samples]

    progress = Notes()
    task = make_rl_task(steps=1, judge=unsure)
    train_rl(task, PROMPTS, progress)
    assert "RL: held-out judge after step 0: 4 of 4 answered well, 4 without a verdict" in progress.notes
    assert policy_results(task.out).points[0].judge_n == 4


@pytest.mark.parametrize(
    ("config", "prompts", "error", "said"),
    [
        ({}, [], StageError, "^RL: nothing to train on: there are no training prompts$"),
        ({}, [replace(PROMPTS[0], split="test")], StageError, "^RL: nothing to train on"),
        ({"generations": 5}, PROMPTS, ConfigError, r"^rl\.generations 5: a step of 16 answers .* a multiple of 5$"),
        ({"sampling": SamplingConfig(temperature=0)}, PROMPTS, ConfigError, r"^rl\.sampling\.temperature 0: "),
        ({}, PROMPTS[:3], StageError, "^RL: 3 prompts to train on, and a step takes 4; add prompts"),
        (
            {"max_length": 16, "sampling": SamplingConfig(max_new_tokens=12)},
            PROMPTS,
            StageError,
            r"^RL: 0 prompts to train on \(128 too long: room for at most 4 tokens\)",
        ),
        (
            {"method": "lora", "lora": LoraConfig(target_modules=("nothing",))},
            PROMPTS,
            ConfigError,
            r"^rl\.lora\.target_modules: .*nothing",
        ),
    ],
)
def test_what_cannot_be_trained_is_refused_in_one_line(
    config: dict[str, Any], prompts: list[Prompt], error: type[Exception], said: str, make_rl_task: MakeTask
) -> None:
    with pytest.raises(error, match=said) as refused:
        train_rl(make_rl_task(**config), prompts, QUIET)
    assert "\n" not in str(refused.value)


def test_a_reward_model_of_another_tokenizer_is_refused(
    make_rl_task: MakeTask, make_tiny_model: Any, tmp_path: Path
) -> None:
    other = make_tiny_model(tmp_path / "other", vocab_size=300)
    (other / "charter.json").write_text(
        json.dumps({"name": "reward", "path": str(other), "digest": model_digest(other), "base_digest": ""})
    )
    with pytest.raises(ModelError, match="a reward model of another tokenizer than that of"):
        train_rl(make_rl_task(rewards={"harmless": other, "helpful": other}), PROMPTS, QUIET)
    (other / "charter.json").unlink()
    with pytest.raises(RunFolderError, match="no finished checkpoint"):
        train_rl(make_rl_task(rewards={"harmless": other, "helpful": other}), PROMPTS, QUIET)


def test_numbers_that_are_none_stop_it_and_the_last_good_checkpoint_stays(make_rl_task: MakeTask) -> None:
    task = make_rl_task(steps=6, save_steps=1, schedule="linear", learning_rate=1e30, warmup_steps=0)
    with pytest.raises(StageError, match=r"^RL: .*(step \d).*lower rl\.learning_rate") as said:
        train_rl(task, PROMPTS, QUIET)
    assert "\n" not in str(said.value)
    assert not task.out.exists()


def test_ctrl_c_keeps_what_was_done_and_the_rest_is_as_if_nothing_had_been(make_rl_task: MakeTask) -> None:
    task, alone = make_rl_task(steps=5, save_steps=10), make_rl_task(out="alone", steps=5, save_steps=10)
    with pytest.raises(Interrupted, match=r"^stopped in RL after step 3 of 5: checkpoint-3 is kept in "):
        train_rl(task, PROMPTS, Notes(3, lambda: os.kill(os.getpid(), signal.SIGINT)))
    train_rl(task, PROMPTS, QUIET)
    train_rl(alone, PROMPTS, QUIET)
    assert_equal(weights(task.out), weights(alone.out))
    assert (task.out / LOG_NAME).read_text() == (alone.out / LOG_NAME).read_text()
