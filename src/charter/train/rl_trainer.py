"""TRL's RLOO and GRPO trainers, with Charter's prompts, answers and rewards put in their places.

What TRL does stays TRL's: advantages, KL penalty, loss, optimiser, processes. Put in its place are the tokens of the
prompts (those that the model is shown when it answers), the writing of answers, and the log-probabilities.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charter.digests import derive_seed
from charter.errors import StageError
from charter.models.completer import Sampling
from charter.recipe_training import RlConfig
from charter.records import Prompt
from charter.train.loss import takes_positions
from charter.train.rl_loss import TOKENS_A_PASS, Batch, Head, log_probs
from charter.train.rl_prompts import RolloutOrder
from charter.train.rl_rewards import Rewards
from charter.train.rl_rollouts import Decoder, Rollout
from charter.train.trainer import Private, adapter_errors, on_one_gpu, peft_config


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a training by reinforcement works with, beside the model."""

    config: RlConfig
    prompts: Mapping[str, Prompt]
    """By id, in the order in which they are trained on."""
    tokens: Mapping[str, list[int]]
    """Of each prompt, by id; the held-out judge's too."""
    rewards: Rewards
    seed: int
    diverged: Callable[[str], StageError]
    """The error of a training whose numbers are none any more."""

    @property
    def sampling(self) -> Sampling:
        """How answers are drawn."""
        sampling = self.config.sampling
        return Sampling(sampling.temperature, sampling.top_p, sampling.max_new_tokens)


def rl_arguments(settings: Mapping[str, Any], config: RlConfig) -> Any:
    """TRL's arguments. One generation a step, for that step alone: nothing is kept from one step to the next that a
    checkpoint would not have."""
    from trl import GRPOConfig, RLOOConfig

    return on_one_gpu(
        {"rloo": RLOOConfig, "grpo": GRPOConfig}[config.algorithm](
            **settings,
            max_steps=config.steps,
            beta=config.beta,
            num_generations=config.generations,
            steps_per_generation=config.gradient_accumulation,
            max_completion_length=config.sampling.max_new_tokens,
            temperature=config.sampling.temperature,
            top_p=config.sampling.top_p,
            disable_dropout=True,
        )
    )


def make_rl_trainer(loaded: Any, args: Any, setup: Setup, lora: Any, decoder: Callable[[Any, bool], Decoder]) -> Any:
    """A trainer of the loaded model, which is also what the policy is held to.

    Args:
        lora: the adapter that is trained; None for full training, which needs a second copy of the model.
        decoder: makes one, of a model and whether this process holds all of its weights.

    Raises:
        ConfigError: ``rl.lora.target_modules`` names no part of this model, or its head.
    """
    import copy

    from datasets import Dataset

    beta, reference = args.beta, None
    use_cache = getattr(loaded.model.config, "use_cache", True)
    if beta and not lora:
        # TRL would load the model's folder again, which is not this model where an adapter was merged into it.
        reference = copy.deepcopy(loaded.model)
        args.beta = 0.0
    loaded.model.generation_config.eos_token_id = sorted(loaded.stop_tokens)
    with adapter_errors(setup.config.section, lora):
        trainer = trainer_class(setup.config.algorithm)(
            model=loaded.model,
            reward_funcs=setup.rewards.functions,
            args=args,
            train_dataset=Dataset.from_dict({"prompt": list(setup.prompts)}),
            processing_class=loaded.tokenizer,
            peft_config=peft_config(lora) if lora else None,
        )
    trainer.reward_weights = trainer.reward_weights.new_tensor(setup.rewards.weights)
    trainer.use_cache = use_cache
    trainer.prepare_for(setup, decoder)
    if reference is not None:
        trainer.hold_to(reference, beta)
    return trainer


class Reinforced(Private):
    """Mixed into TRL's trainers."""

    published: Path | None = None
    """The folder of weights that are published instead of the last ones."""
    over: Callable[[Path], Any] = staticmethod(lambda _: None)
    """Whether a checkpoint is of a training that has ended: its state, or None."""
    looks_twice: bool
    """Whether TRL asks for the policy's log-probabilities once before the step, too, and before it asks for others."""

    def prepare_for(self: Any, setup: Setup, decoder: Callable[[Any, bool], Decoder]) -> None:
        """Takes over what TRL's constructor has no argument for."""
        args = self.args
        self.setup = setup
        whole = not (self.is_fsdp_enabled or self.is_deepspeed_enabled)
        base = self.model.get_base_model() if hasattr(self.model, "get_base_model") else self.model
        self.decoder = decoder(base, whole)
        self.order = RolloutOrder(
            len(setup.prompts),
            prompts_a_step=args.generation_batch_size // args.num_generations,
            generations=args.num_generations,
            batches=args.steps_per_generation,
            steps=args.max_steps,
            seed=setup.seed,
        )
        alone = args.world_size == 1
        self.budget = TOKENS_A_PASS if alone and args.device.type == "cpu" else None
        # Where a step is one batch, the answers' log-probabilities are computed once, with their gradient, instead of
        # once before and once in the step.
        single = args.steps_per_generation == 1 and not args.gradient_checkpointing
        self.one_pass = self.looks_twice and alone and single
        self.passed: Any = None

    def hold_to(self: Any, reference: Any, beta: float) -> None:
        """The model that the KL penalty of weight ``beta`` is measured from."""
        from trl.models import prepare_deepspeed, prepare_fsdp
        from trl.trainer.utils import add_fused_lm_head, disable_dropout_in_model

        self.beta = self.args.beta = beta
        disable_dropout_in_model(reference)
        add_fused_lm_head(reference, temperature=self.temperature)
        if self.is_deepspeed_enabled:
            self.ref_model = prepare_deepspeed(reference, self.accelerator)
        elif self.is_fsdp_enabled:
            self.ref_model = prepare_fsdp(reference, self.accelerator)
        else:
            self.ref_model = self.accelerator.prepare_model(reference, evaluation_mode=True)

    def answer(self: Any, prompts: Sequence[str], seeds: Sequence[int]) -> list[Rollout]:
        """The policy's answers to prompts by id."""
        self._check_numbers(self.setup.tokens[prompts[0]])
        rollouts: list[Rollout] = self.decoder.write(
            [self.setup.tokens[prompt] for prompt in prompts], seeds, self.write_as_trl
        )
        return rollouts

    def write_as_trl(self: Any, prompts: list[list[int]]) -> list[list[int]]:
        """TRL's own way to write."""
        raise NotImplementedError

    def train(self: Any, resume_from_checkpoint: str | None = None, **more: Any) -> Any:
        """As TRL does; a training that had ended when it was killed is not gone on with."""
        state = self.over(Path(resume_from_checkpoint)) if resume_from_checkpoint else None
        if state is None:
            return super().train(resume_from_checkpoint=resume_from_checkpoint, **more)  # type: ignore[misc]
        self.state = state
        return None

    def save_model(self: Any, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """The weights as they are, or those that are published instead."""
        if self.published is None or _internal_call:
            super().save_model(output_dir, _internal_call)  # type: ignore[misc]
        elif self.is_world_process_zero():
            shutil.copytree(self.published, str(output_dir), dirs_exist_ok=True)

    def save_weights(self: Any, folder: Path) -> None:
        """The weights as they are, and as they are to be published."""
        config = self.model.config
        use_cache, config.use_cache = config.use_cache, self.use_cache
        super().save_model(str(folder))  # type: ignore[misc]
        config.use_cache = use_cache

    def log(self: Any, logs: dict[str, float], start_time: float | None = None) -> None:
        """Adds the KL divergence of whole answers to TRL's, which is the mean over tokens."""
        found = self._metrics["train"]
        if found["kl"]:
            tokens = found["completions/mean_length"]
            found["kl_of_answers"] = [sum(found["kl"]) / len(found["kl"]) * sum(tokens) / len(tokens)]
        super().log(logs, start_time)  # type: ignore[misc]

    def _get_train_sampler(self: Any, *_: object) -> RolloutOrder:
        order: RolloutOrder = self.order
        return order

    def _tokenize_prompts(self: Any, prompts: list[str]) -> tuple[list[list[int]], None, dict[str, Any]]:
        self.asked = prompts
        return [self.setup.tokens[prompt] for prompt in prompts], None, {}

    def _rollouts(self: Any) -> list[list[int]]:
        """Answers to the prompts at hand, each drawn with a seed of its own."""
        first = self.accelerator.process_index * len(self.asked)
        seeds = [
            derive_seed(self.setup.seed, "rollout", self.state.global_step, prompt, number % self.num_generations)
            for number, prompt in enumerate(self.asked, first)
        ]
        rollouts = self.answer(self.asked, seeds)
        self._log_metric("cut_off", sum(each.finish == "length" for each in rollouts) / len(rollouts))
        return [each.tokens for each in rollouts]

    def _check_numbers(self: Any, prompt: Sequence[int]) -> None:
        """Nothing can be drawn from probabilities that are no numbers."""
        import torch

        with torch.no_grad():
            ids = torch.tensor([list(prompt)], device=self.accelerator.device)
            if not self.model(input_ids=ids, use_cache=False).logits[0, -1].isfinite().all():
                raise self.setup.diverged(f"the policy's logits are no numbers after step {self.state.global_step:,}")

    def _generate_and_score_completions(self: Any, inputs: Any) -> Any:
        self.passed = None
        output = super()._generate_and_score_completions(inputs)  # type: ignore[misc]
        if self.passed is not None:
            output["passed_log_probs"], output["passed_entropies"] = self.passed
        return output

    def _compute_loss(self: Any, model: Any, inputs: Any) -> Any:
        found = inputs.get("passed_log_probs"), inputs.get("passed_entropies")
        self.passed = None if found[0] is None else found
        return super()._compute_loss(model, inputs)  # type: ignore[misc]

    def _get_per_token_logps_and_entropies(  # noqa: PLR0917  # TRL calls it so
        self: Any,
        model: Any,
        input_ids: Any,
        attention_mask: Any,
        logits_to_keep: int,
        batch_size: int | None = None,
        compute_entropy: bool = False,
        compute_aux_loss: bool = False,
        **more: Any,
    ) -> tuple[Any, Any, Any]:
        import torch

        if compute_aux_loss:  # of a mixture of experts, which TRL has in hand
            return super()._get_per_token_logps_and_entropies(  # type: ignore[misc, no-any-return]
                model, input_ids, attention_mask, logits_to_keep, batch_size, compute_entropy, compute_aux_loss, **more
            )
        if compute_entropy and self.passed is not None:  # TRL's second look at what was just computed
            return (*self.passed, None)
        first_look = self.one_pass and not compute_entropy and self.passed is None
        batch = Batch.of(input_ids, attention_mask, logits_to_keep)
        head = Head(self.temperature, takes_positions(self.model) and self.args.device.type == "cpu")
        with ExitStack() as stack:
            if first_look:
                stack.enter_context(torch.enable_grad())
            stack.enter_context(self.accelerator.autocast())
            values, entropies = log_probs(model, batch, head, self.budget)
        if first_look:
            self.passed = values, entropies
        return values.detach() if first_look else values, entropies, None


def trainer_class(algorithm: str) -> type[Any]:
    """The trainer of an algorithm."""
    from trl import GRPOTrainer, RLOOTrainer

    class Rloo(Reinforced, RLOOTrainer):  # type: ignore[misc]  # TRL has no types
        looks_twice = True

        def write_as_trl(self, prompts: list[list[int]]) -> list[list[int]]:
            return list(RLOOTrainer._generate_single_turn(self, prompts, None, {}))

        def _generate_single_turn(self, *_: object) -> list[list[int]]:
            return self._rollouts()

    class Grpo(Reinforced, GRPOTrainer):  # type: ignore[misc]  # TRL has no types
        looks_twice = False

        def write_as_trl(self, prompts: list[list[int]]) -> list[list[int]]:
            return list(GRPOTrainer._generate_single_turn(self, prompts, None, {}, 1)[0])

        def _generate_single_turn(self, *_: object, **__: object) -> tuple[list[list[int]], None]:
            return self._rollouts(), None

    return {"rloo": Rloo, "grpo": Grpo}[algorithm]
