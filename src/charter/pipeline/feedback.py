"""The second half of Constitutional AI: compare responses, train on the comparisons, answer the test prompts again."""

from charter.evaluate import BestOfN
from charter.pipeline.labellers import labeller
from charter.pipeline.session import Session
from charter.stages import BEST_OF_N, DPO, SL_CAI, Stage, policy_name
from charter.prefer import form_pairs
from charter.train import load_reward_model, train_run


def draw_pairs(run: Session) -> None:
    """Responses of SL-CAI to training prompts: each two make a pair."""
    config = run.recipe.prefer
    run.draw(
        "pairs",
        run.pairs,
        run.trained(SL_CAI),
        run.inputs.compared,
        config.sampling,
        purpose="pairs",
        samples=config.samples_per_prompt,
    )


def prefer(run: Session) -> None:
    """Which response of each pair is better: one ``Preference`` a pair, by the constitution or by people."""
    pairs = form_pairs(run.pairs.read())
    with run.folder.stage("prefer", run.preferences):
        run.map(pairs, run.preferences, labeller(run, pairs), "prefer")


def train_reward(run: Session) -> None:
    """The reward model, on the preferences."""
    _train(run, "reward")


def train_dpo(run: Session) -> None:
    """Direct preference optimisation on the same preferences."""
    _train(run, "dpo")


def train_rl(run: Session) -> None:
    """Reinforcement learning against the reward model."""
    _train(run, "rl")


def answer_best_of_n(run: Session) -> None:
    """SL-CAI's answers to the test prompts, each the reward model's choice among several."""


def answer_dpo(run: Session) -> None:
    """The DPO policy's answers to the test prompts."""
    _answer(run, "answer-dpo", DPO)


def answer_rl(run: Session) -> None:
    """The RL policy's answers to the test prompts."""
    _answer(run, "answer-rl", policy_name(run.recipe))


def _answer(run: Session, stage: Stage, name: str) -> None:
    run.draw(stage, run.answers(name), run.trained(name), run.inputs.prompts.test, run.recipe.evaluate.sampling)


def _train(run: Session, stage: Stage) -> None:
    run.models.release()
    with run.folder.stage(stage) as note:
        done = train_run(run.folder, stage, run.progress)
        note.records, note.digest = done.examples, done.checkpoint.digest
