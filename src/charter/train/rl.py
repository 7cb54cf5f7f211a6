"""Reinforcement learning from the constitution: from SL-CAI and a reward model to the checkpoint RL-CAI.

Follows §4 of arXiv 2212.08073 through TRL's ``RLOOTrainer`` or ``GRPOTrainer``. Deviations, and why:

- The paper's algorithm is PPO with a value model. RLOO (arXiv 2402.14740) and GRPO (arXiv 2402.03300) need none: the
  other answers to the same prompt say what was to be expected. TRL has no PPO any more.
- Each answer is rewarded for what its prompt asks for, harmlessness or helpfulness, by a weight each. The paper's
  preference model was trained on both and has one score; with one reward model and equal weights that is what is done
  here.
- A held-out judge looks at answers to prompts that are not trained on, and training stops where reward and judge part.
  The paper's authors saw such policies afterwards, and chose among snapshots by hand.
- Dropout is off. It would make the log-probabilities of an answer others when it is learned from than when it was
  written.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from charter.digests import digest
from charter.errors import ConfigError, StageError
from charter.models.rendering import Renderer, RenderingError, make_renderer
from charter.progress import Progress
from charter.recipe_training import RlConfig
from charter.records import Aim, Checkpoint, Prompt
from charter.train.encode import longest_example
from charter.train.publish import read_checkpoint
from charter.train.rl_goodhart import Goodhart
from charter.train.rl_looks import HeldOutJudge, Looks, callback, looks_in
from charter.train.rl_prompts import deal
from charter.train.rl_rewards import Rewards, Scorer
from charter.train.rl_rollouts import Decoder
from charter.train.rl_trainer import Setup, make_rl_trainer, rl_arguments
from charter.train.session import Training
from charter.train.task import TrainingTask
from charter.training_data import LeftOut, counted

if TYPE_CHECKING:
    from charter.models.hf_load import LoadedModel


class Rewarder(Scorer, Protocol):
    """A reward model, or anything else that scores."""

    @property
    def digest(self) -> str:
        """SHA-256 of all that its scores depend on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RlTask(TrainingTask):
    """What is to be trained by reinforcement."""

    label: ClassVar[str] = "RL"

    config: RlConfig
    rewards: Mapping[Aim, Path | Rewarder]
    """The reward model for each kind of prompt, by its checkpoint's folder: the same one twice where one was trained
    on all preferences."""
    judge: HeldOutJudge
    """The held-out judge, which the policy is not trained on."""
    judge_name: str
    """Its name and digest."""
    name: str = "rl-cai"


@dataclass(frozen=True, slots=True, kw_only=True)
class RlResult:
    """A trained policy, and how its training ended."""

    checkpoint: Checkpoint
    examples: int
    """Prompts that were trained on."""
    steps: int
    """Steps whose weights were kept."""
    stopped: str
    """Why training ended before its last step; empty where it did not."""
    left_out: Mapping[LeftOut, int]
    choices: Mapping[str, str]
    """What was chosen automatically, each with its reason."""


def train_rl(task: RlTask, prompts: Sequence[Prompt], progress: Progress) -> RlResult:
    """Trains ``task.base`` by reinforcement and publishes the folder ``task.out``; or finds that this was done before.

    Of ``prompts``, ``rl.judge_prompts`` are set apart for the held-out judge; see ``rl_prompts.deal``. A training that
    was killed goes on from its last saved step, and ends with the very weights that it would have had.

    Raises:
        StageError: there is nothing to train on, the loss is no longer a number, or disk or memory is full.
        ConfigError: the recipe's numbers do not fit together, or ask for a device or adapter that cannot be had.
        ModelError: a model cannot be loaded or trained, or a reward model has another tokenizer.
        RunFolderError: ``task.out`` holds something else, or there is no finished reward model.
        Interrupted: Ctrl-C or SIGTERM; what was done is kept.
        MissingExtraError: TRL is not installed.
    """
    done = Reinforcement(task, prompts, progress).train(progress)
    return RlResult(
        checkpoint=done.checkpoint,
        examples=done.training["examples"],
        steps=done.training["kept_steps"],
        stopped=done.training["stopped"],
        left_out={LeftOut(reason): count for reason, count in done.training["left_out"].items()},
        choices=done.training["choices"],
    )


class Reinforcement(Training):
    """One training by reinforcement."""

    doing = "reinforcement learning"
    logged: ClassVar[Mapping[str, str]] = {
        "step": "step",
        "loss": "loss",
        "reward": "reward",
        "kl": "kl_of_answers",
        "length": "completions/mean_length",
        "entropy": "entropy",
        "harmless": "rewards/harmless/mean",
        "helpful": "rewards/helpful/mean",
        "cut_off": "cut_off",
        "unscored": "unscored",
        "grad_norm": "grad_norm",
        "learning_rate": "learning_rate",
    }

    def __init__(self, task: RlTask, prompts: Sequence[Prompt], progress: Progress) -> None:
        self._config = task.config
        self._dealt = deal(prompts, task.config.judge_prompts, task.seed)
        self._progress = progress
        self._rewarders = task.rewards
        self._judge, self._judge_name = task.judge, task.judge_name
        digests = {aim: _digest(rewarder) for aim, rewarder in task.rewards.items()}
        super().__init__(task, task.made_from(self.data_digest, rewards=digest(digests), judge=task.judge_name))

    @property
    def data_digest(self) -> str:
        return self._dealt.digest

    def check(self) -> None:
        config = self._config
        answers = config.batch_size * config.gradient_accumulation
        if not self._dealt.trained:
            raise StageError(f"{self.task.label}: nothing to train on: there are no training prompts")
        if answers % config.generations:
            raise ConfigError(
                f"rl.generations {config.generations}: a step of {answers} answers (rl.batch_size times "
                f"rl.gradient_accumulation) cannot be divided into groups of {config.generations}; "
                f"make rl.batch_size a multiple of {config.generations}"
            )
        if config.sampling.temperature == 0:
            raise ConfigError(
                "rl.sampling.temperature 0: all answers to a prompt would be the same, and nothing learned from their "
                "difference; use 1"
            )

    def arguments(self, settings: dict[str, Any]) -> Any:
        return rl_arguments(settings, self._config)

    def trainer(self, loaded: "LoadedModel", args: Any) -> Any:
        task, config = self.task, self._config
        renderer = make_renderer(loaded.tokenizer, task.model.format, loaded.stop_tokens)
        self._encode(renderer, loaded.context, args)
        prompts = {prompt.id: prompt for prompt in self._trained}
        rewards = Rewards(
            self._load_rewards(),
            config.weights,
            {**prompts, **{prompt.id: prompt for prompt in self._held_out}},
            renderer.text,
        )
        setup = Setup(
            config=config,
            prompts=prompts,
            tokens=self._tokens,
            rewards=rewards,
            seed=task.seed,
            diverged=self._diverged,
        )

        def decoder(model: Any, whole: bool) -> Decoder:
            return Decoder(
                model,
                renderer,
                setup.sampling,
                batch_size=task.model.batch_size,
                context=loaded.context,
                whole=whole,
            )

        trainer = make_rl_trainer(loaded, args, setup, self.lora, decoder)
        self._decoding = trainer.decoder.reason
        self._watch(trainer, rewards)
        return trainer

    def summary(self) -> str:
        without = f"; left out: {counted(self._left_out)}" if self._left_out else ""
        return (
            f"{len(self._trained):,} prompts, {len(self._held_out):,} more for the held-out judge "
            f"({self._judge_name}){without}; answers {self._decoding}"
        )

    def settle(self, trainer: Any) -> None:
        """Where reward and judge have parted, the weights of the best look are published."""
        self._end = self._looks.parted(trainer.state.log_history)
        if self._end is None:
            return
        if self._config.stop_on_goodhart:
            trainer.published = self._looks.weights(self._end.best)
            said = f"{self._end}; the weights of step {self._end.best.step:,} are kept"
        else:
            said = f"{self._end}; training went on, since rl.stop_on_goodhart is false"
        if trainer.is_world_process_zero():
            self._progress.note(f"{self.task.label}: {said}")

    def record(self, trainer: Any) -> dict[str, Any]:
        log, end = trainer.state.log_history, self._end
        stops = end is not None and self._config.stop_on_goodhart
        return {
            "algorithm": self._config.algorithm,
            "examples": len(self._trained),
            "held_out": len(self._held_out),
            "left_out": self._left_out,
            "held_out_judge": self._judge_name,
            "looks": [
                {"step": look.step, "answered_well": look.k, "of": look.n, "unscored": len(look.good) - look.n}
                for look in looks_in(log)
            ],
            "goodhart": str(end or ""),
            "stopped": str(end) if stops and _stopped_early(end, self._config) else "",
            "kept_steps": end.best.step if end and stops else trainer.state.global_step,
        }

    def _encode(self, renderer: Renderer, context: int | None, args: Any) -> None:
        """The tokens of the prompts, those that there is no room to answer left out."""
        config = self._config
        room = longest_example(config.max_length, context) - config.sampling.max_new_tokens
        self._left_out: Counter[LeftOut] = Counter()
        self._tokens: dict[str, list[int]] = {}
        for prompt in (*self._dealt.trained, *self._dealt.held_out):
            try:
                tokens = renderer.encode([renderer.prompt(prompt.messages)])[0]
            except RenderingError:
                self._left_out[LeftOut.NO_FORM] += 1
                continue
            if len(tokens) > room:
                self._left_out[LeftOut.TOO_LONG] += 1
            else:
                self._tokens[prompt.id] = tokens
        self._trained = [prompt for prompt in self._dealt.trained if prompt.id in self._tokens]
        self._held_out = [prompt for prompt in self._dealt.held_out if prompt.id in self._tokens]
        needed = args.generation_batch_size // config.generations
        if len(self._trained) < needed:
            without = f" ({counted(self._left_out)}: room for at most {room} tokens)" if self._left_out else ""
            raise StageError(
                f"{self.task.label}: {len(self._trained)} prompts to train on{without}, and a step takes {needed}; "
                "add prompts, lower rl.batch_size, or raise rl.generations"
            )

    def _load_rewards(self) -> dict[Aim, Scorer]:
        """The reward models, each loaded once."""
        models: dict[Path, Scorer] = {}
        for folder in {rewarder for rewarder in self._rewarders.values() if isinstance(rewarder, Path)}:
            from charter.train.scoring import check_same_tokenizer, load_reward_model

            check_same_tokenizer(folder, self._folder)
            models[folder] = load_reward_model(folder, self.task.model)
        return {
            aim: models[rewarder] if isinstance(rewarder, Path) else rewarder
            for aim, rewarder in self._rewarders.items()
        }

    def _watch(self, trainer: Any, rewards: Rewards) -> None:
        config, label = self._config, self.task.label
        self._looks = Looks(
            self._judge,
            self._held_out,
            rewards,
            self.work,
            steps=config.steps,
            every=config.judge_steps,
            seed=self.task.seed,
            keeps=config.stop_on_goodhart,
            tell=lambda text: self._progress.note(f"{label}: {text}"),
        )
        looking = callback(self._looks, config.stop_on_goodhart)
        looking.trainer = trainer
        trainer.add_callback(looking)
        trainer.over = self._over

    def _over(self, checkpoint: Path) -> Any:
        """The state of a checkpoint that was saved when reward and judge had parted; None of any other."""
        from transformers import TrainerState

        state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
        return state if self._config.stop_on_goodhart and self._looks.parted(state.log_history) else None

    def _diverged(self, what: str) -> StageError:
        kept = self.work.latest()
        where = f"the last good checkpoint is kept in {kept}" if kept else "no checkpoint had been saved yet"
        return StageError(
            f"{self.task.label}: {what}; {where}; lower rl.learning_rate, raise rl.beta, or add rl.warmup_steps"
        )


def _digest(rewarder: Path | Rewarder) -> str:
    return read_checkpoint(rewarder).digest if isinstance(rewarder, Path) else rewarder.digest


def _stopped_early(end: Goodhart | None, config: RlConfig) -> bool:
    return end is not None and end.latest.step < config.steps
