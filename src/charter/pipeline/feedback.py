"""The second half of Constitutional AI: compare responses, train on the comparisons, answer the test prompts again."""

from collections.abc import Mapping
from typing import Any

from charter.digests import digest
from charter.evaluate import BestOfN
from charter.models.completer import Sampling
from charter.pipeline.labellers import ByAim, labeller, oracle_of
from charter.pipeline.policy import train_policy
from charter.pipeline.session import Session
from charter.prefer import form_pairs, label_results
from charter.respond import Responder
from charter.results_feedback import RewardResults
from charter.stages import BEST_OF_N, DPO, SL_CAI, policy_name, reward_names, stages_of
from charter.train import RewardResult, load_reward_model, measure_reward, policy_results, train_run

REWARD_NAME = "reward.json"


def draw_pairs(run: Session) -> None:
    """Responses of SL-CAI to training prompts: each two make a pair."""
    config = run.recipe.prefer
    with run.folder.stage("pairs", run.pairs):
        run.draw(
            run.pairs,
            run.trained(SL_CAI),
            run.inputs.compared,
            config.sampling,
            purpose="pairs",
            samples=config.samples_per_prompt,
            label="pairs",
        )


def prefer(run: Session) -> None:
    """Which response of each pair is better: one ``Preference`` a pair, by the constitution or by people."""
    pairs = form_pairs(run.pairs.read())
    with run.folder.stage("prefer", run.preferences):
        run.map(pairs, run.preferences, labeller(run, pairs), "prefer")


def train_reward(run: Session) -> None:
    """The reward model on the preferences, or one for each kind; measured on those that were kept back."""
    run.models.release()
    measured: dict[str, RewardResults] = {}
    with run.folder.stage("reward") as note:
        for name in reward_names(run.recipe):
            done = train_run(run.folder, name, run.progress)
            measured[name] = _measured(run, name, done)
            note.records += done.examples
        run.folder.write_json(REWARD_NAME, {name: one.model_dump(mode="json") for name, one in measured.items()})
        note.digest = digest([one.digest for one in measured.values()])


def _measured(run: Session, name: str, done: RewardResult) -> RewardResults:
    """The reward model on what was kept back; it is let go of afterwards, for the next one may be trained then."""
    model = load_reward_model(run.checkpoint(name), run.recipe.model)
    return measure_reward(model, done.held_out, done.examples, oracle_of(run))


def answer_best_of_n(run: Session) -> None:
    """SL-CAI's answers to the test prompts, each the reward model's choice among several."""
    config = run.recipe
    sampling = Sampling(**config.evaluate.sampling.model_dump())
    responder = Responder(run.trained(SL_CAI), sampling, config.seed, "best of n", config.reward.best_of)
    names = reward_names(config)
    each = [BestOfN(responder, load_reward_model(run.checkpoint(name), config.model)) for name in names]
    chooser = ByAim({"harmless": each[0], "helpful": each[-1]}) if len(each) > 1 else each[0]
    output = run.answers(BEST_OF_N)
    with run.folder.stage("best-of-n", output):
        run.map(run.inputs.prompts.test, output, chooser, "best-of-n")


def train_dpo(run: Session) -> None:
    """Direct preference optimisation on the same preferences."""
    run.models.release()
    with run.folder.stage("dpo") as note:
        done = train_run(run.folder, "dpo", run.progress)
        note.records, note.digest = done.examples, done.checkpoint.digest


def answer_dpo(run: Session) -> None:
    """The DPO policy's answers to the test prompts."""
    run.answer("answer-dpo", DPO, run.trained(DPO))


def train_rl(run: Session) -> None:
    """Reinforcement learning against the reward model."""
    run.models.release()
    with run.folder.stage("rl") as note:
        done = train_policy(run.folder, run.inputs, run.models, run.progress)
        note.records, note.digest = done.examples, done.checkpoint.digest


def answer_rl(run: Session) -> None:
    """The RL policy's answers to the test prompts."""
    name = policy_name(run.recipe)
    run.answer("answer-rl", name, run.trained(name))


def feedback_results(run: Session) -> Mapping[str, Any]:
    """What ``results.json`` says of labels, reward models and policies."""
    names = {"dpo": DPO, "rl": policy_name(run.recipe)}
    trained = [name for stage, name in names.items() if stage in stages_of(run.recipe)]
    rewards = run.folder.read_json(REWARD_NAME)
    return {
        "labels": label_results(run.preferences.read(), oracle_of(run)),
        "reward": {name: RewardResults.model_validate(one) for name, one in rewards.items()},
        "policies": {name: policy_results(run.checkpoint(name)) for name in trained},
    }
