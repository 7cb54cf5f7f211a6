"""What each stage of a run comes to: texts that are written, comparisons that are read, and what is trained on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import comb

from charter.evaluate.harm import GREEDY as SCORING
from charter.evaluate.model_judge import GREEDY as JUDGING
from charter.evaluate.snapshots import COMPARED
from charter.pipeline.inputs import Inputs
from charter.pipeline.judges import EVALUATE, PREFER, RL, judge_models
from charter.prefer.asking import REASONING
from charter.recipe import Recipe
from charter.records import Prompt
from charter.stages import BEST_OF_N, Stage, checkpoints_of, stages_of
from charter.train.rl_prompts import deal


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """One stage as it would be done, or a part of one that another model does."""

    name: str
    records: int
    generations: int
    """Texts that a model writes, and comparisons that one reads."""
    tokens_at_most: int
    """Tokens written, or trained on, if every text is as long as it may be."""
    model: str = "self"
    """Who does it: ``self`` for the run's own model or one trained from it, or a judge's name."""
    done: bool = False
    """Whether the run folder has it already, so that nothing of it is left."""
    seconds: float | None = None
    """A rough estimate of what is left; None where the machine or the model cannot be judged from here."""


def planned_stages(inputs: Inputs) -> Iterator[tuple[Stage, PlannedStage]]:
    """What generates or trains, by the stage that it belongs to; the other stages take moments."""
    made = _supervised(inputs) | _feedback(inputs) | _measuring(inputs)
    for stage in stages_of(inputs.recipe):
        for part in made.get(stage, ()):
            yield stage, part


Made = dict[str, tuple[PlannedStage, ...]]


def _supervised(inputs: Inputs) -> Made:
    recipe, sets = inputs.recipe, inputs.prompts
    revised, rounds = len(sets.train_red_team), recipe.revise.rounds
    texts = revised * (1 + rounds * (2 if recipe.revise.critique else 1))
    helpful = len(sets.train_benign) * recipe.helpful.samples_per_prompt
    examples = revised * (rounds if recipe.sft.revisions == "all" else 1) + helpful
    longest = _longest(inputs, recipe.revise.sampling.max_new_tokens, recipe.sft.max_length)
    return _by_name(
        _generating("revise", revised, texts, recipe.revise.sampling.max_new_tokens),
        _generating("helpful", helpful, helpful, recipe.helpful.sampling.max_new_tokens),
        _answering("answer-base", inputs),
        _training("sft", examples, recipe.sft.epochs, longest),
        _answering("answer-sl-cai", inputs),
    )


def _feedback(inputs: Inputs) -> Made:
    recipe, tested = inputs.recipe, len(inputs.prompts.test)
    prefer, reward, dpo = recipe.prefer, recipe.reward, recipe.dpo
    written = prefer.sampling.max_new_tokens
    drawn = len(inputs.compared) * prefer.samples_per_prompt
    pairs = drawn // 2
    asked = {"ai": pairs, "human": 0, "mixed": sum(prompt.kind == "red_team" for prompt in inputs.compared)}
    length = _longest(inputs, written, reward.max_length)
    return _by_name(
        _generating("pairs", drawn, drawn, written),
        _comparing("prefer", recipe, pairs, asked[prefer.feedback], length + written),
        _training("reward", pairs, reward.epochs, 2 * length),
        _generating("best-of-n", tested, tested * reward.best_of, recipe.evaluate.sampling.max_new_tokens),
        _training("dpo", pairs, dpo.epochs, 4 * length),
        _answering("answer-dpo", inputs),
        _answering("answer-rl", inputs),
    ) | {"rl": tuple(_reinforcement(inputs))}


def _reinforcement(inputs: Inputs) -> Iterator[PlannedStage]:
    """The policy's answers, those to the held-out judge's prompts among them, and that judge where it is a model."""
    rl, written = inputs.recipe.rl, inputs.recipe.rl.sampling.max_new_tokens
    looks = 1 + -(-rl.steps // rl.judge_steps)
    looked = looks * len(deal(inputs.rewarded(()), rl.judge_prompts, inputs.recipe.seed).held_out)
    completions = rl.steps * rl.batch_size * rl.gradient_accumulation
    learned = completions * (written + _longest(inputs, written, rl.max_length))
    yield PlannedStage("rl", rl.steps, completions + looked, learned + looked * written)
    if judge := judge_models(inputs.recipe).get(RL):
        yield _generating("rl, held-out judge", looked, looked, JUDGING.max_new_tokens, judge)


def _measuring(inputs: Inputs) -> Made:
    """Verdicts and comparisons, where models give them; the oracle takes moments."""
    recipe, judges = inputs.recipe, judge_models(inputs.recipe)
    if EVALUATE not in judges:
        return {}
    judge, names = judges[EVALUATE], checkpoints_of(recipe)
    revised = len(inputs.prompts.train_red_team)
    most = recipe.evaluate.round_prompts
    texts = revised if most is None else min(revised, most)
    phrased = _phrased(inputs) * sum(name != BEST_OF_N for name in names)
    judged = len(inputs.prompts.test) * len(names) + phrased + texts * (recipe.revise.rounds + 1)
    made = _by_name(_generating("judge", judged, judged, JUDGING.max_new_tokens, judge))
    if PREFER not in judges:
        return made
    written = recipe.evaluate.sampling.max_new_tokens
    pairs = sum(_compared(inputs, concerns) for concerns in COMPARED.values()) * comb(len(names), 2)
    length = _longest(inputs, written, recipe.reward.max_length)
    scored = sum(map(COMPARED["harmless"], inputs.prompts.test)) * len(names)
    return made | {
        "compare": (
            _comparing("compare", recipe, pairs, pairs, length + written),
            _generating("compare, harm scores", scored, scored, SCORING.max_new_tokens, judge),
        )
    }


def _compared(inputs: Inputs, concerns: Callable[[Prompt], bool]) -> int:
    """Test prompts on which checkpoints are compared for one aim."""
    most = inputs.recipe.evaluate.compare_prompts
    return len([prompt for prompt in inputs.prompts.test if concerns(prompt)][:most])


def _phrased(inputs: Inputs) -> int:
    return sum(map(len, inputs.phrasings))


def _by_name(*stages: PlannedStage) -> Made:
    return {stage.name: (stage,) for stage in stages}


def _longest(inputs: Inputs, written: int, most: int) -> int:
    """Tokens of the longest training prompt and an answer, at three characters a token."""
    letters = max(sum(len(turn.content) for turn in prompt.messages) for prompt in inputs.prompts.train)
    return min(most, letters // 3 + written)


def _training(name: str, examples: int, epochs: float, length: int) -> PlannedStage:
    return PlannedStage(name, examples, 0, round(examples * epochs) * length)


def _generating(name: str, records: int, generations: int, max_new_tokens: int, model: str = "self") -> PlannedStage:
    return PlannedStage(name, records, generations, generations * max_new_tokens, model)


def _answering(name: str, inputs: Inputs) -> PlannedStage:
    """A checkpoint's answers to the test prompts, and to requests in many phrasings."""
    asked = len(inputs.prompts.test) + _phrased(inputs)
    return _generating(name, asked, asked, inputs.recipe.evaluate.sampling.max_new_tokens)


def _comparing(name: str, recipe: Recipe, pairs: int, asked: int, length: int) -> PlannedStage:
    """A comparison is read, not written: two responses and the conversation; only reasoning is written."""
    prefer = recipe.prefer
    shown = asked * prefer.principles_per_pair * (2 if prefer.orders == "both" else 1)
    thought = REASONING.max_new_tokens if prefer.reasoning else 0
    return PlannedStage(name, pairs, shown, shown * (length + thought), prefer.judge)
