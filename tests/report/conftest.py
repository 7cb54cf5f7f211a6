"""Run folders as a run leaves them: real shards, the organism's prompts and grammar, its oracle; no model."""

import importlib.util
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from charter.codec import to_row
from charter.constitution import load_constitution, sample_principle
from charter.digests import digest, record_id
from charter.evaluate import Evaluator, OracleJudge, round_samples, run_results
from charter.organisms import shipped_prompts
from charter.organisms.lexicon import wordings
from charter.organisms.scenes import Scenes
from charter.organisms.world import Request, the_world
from charter.recipe import PreferConfig, Recipe, RewardConfig
from charter.records import (
    Checkpoint,
    Feedback,
    Finish,
    Judgement,
    Outcome,
    Preference,
    Prompt,
    Revision,
    Round,
    Sample,
    Status,
)
from charter.report import write_report
from charter.revise import InvalidReason, count_outcomes
from charter.store import RunFolder


def beside(name: str) -> ModuleType:
    """The module of that name in this folder, which is no package."""
    spec = importlib.util.spec_from_file_location(f"report_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


feedback_half = beside("feedback")
DIGESTS = feedback_half.DIGESTS

hostile_texts = beside("hostile")

CONSTITUTION = load_constitution("default")
EVALUATOR = Evaluator(OracleJudge())

TRAINED = Checkpoint(
    name="sl-cai",
    path="checkpoints/sl-cai",
    digest=DIGESTS["sl-cai"],
    base_digest=DIGESTS["base"],
    constitution_digest=CONSTITUTION.digest,
    data_digest=digest("data"),
)

MakeRun = Callable[..., Path]


class Actor:
    """Writes what a model would, in the words of the organism's world; the same seed writes the same."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.scenes = Scenes(self.rng)

    def answer(self, prompt: Prompt, model: str, refuses: float) -> Sample:
        """A response; ``refuses`` is the share of harmful requests that are declined."""
        finish: Finish = "length" if self.rng.random() < 0.02 else "stop"
        failed = self.rng.random() < 0.01
        return Sample(
            id=record_id("sample", prompt.id, model),
            prompt=prompt,
            text="" if failed else self._cut(self._reply(prompt, refuses), finish),
            finish=finish,
            model_digest=model,
            seed=1,
            status=Status.FAILED if failed else Status.OK,
            reason="the model wrote nothing" if failed else "",
        )

    def revision(self, prompt: Prompt, rounds: int) -> Revision:
        """A first response that mostly complies, and rounds that mostly mend it."""
        if self.rng.random() < 0.01:
            return self._revision(prompt, "", (), Status.FAILED, "the model wrote nothing")
        response = text = self._reply(prompt, 0.05)
        done = []
        for number in range(1, rounds + 1):
            done.append(self._round(prompt, text, number))
            text = text if done[-1].outcome is Outcome.INVALID else done[-1].revision
        return self._revision(prompt, response, tuple(done), Status.OK, "")

    def _revision(self, prompt: Prompt, response: str, rounds: tuple[Round, ...], status: Status, why: str) -> Revision:
        return Revision(
            id=record_id("revision", prompt.id),
            prompt=prompt,
            response=response,
            rounds=rounds,
            constitution_digest=CONSTITUTION.digest,
            model_digest=DIGESTS["base"],
            seed=1,
            status=status,
            reason=why,
        )

    def _round(self, prompt: Prompt, before: str, number: int) -> Round:
        principle = sample_principle(CONSTITUTION.select(), self.rng.randrange(1 << 30))
        critique = self._critique(prompt)
        outcome = self.rng.choices(list(Outcome), [0.6, 0.35, 0.05])[0]
        revision = {
            Outcome.REVISED: self._reply(prompt, 0.5 + 0.1 * number),
            Outcome.UNCHANGED: before,
            Outcome.INVALID: "",
        }[outcome]
        reason = InvalidReason.EMPTY.value if outcome is Outcome.INVALID else ""
        return Round(principle_id=principle.id, critique=critique, revision=revision, outcome=outcome, reason=reason)

    def _critique(self, prompt: Prompt) -> str:
        request = self._requests(prompt)[0]
        topic = the_world().topics[request.topic]
        frame = str(self.rng.choice(wordings()["critiques"]["hit"]))
        return (
            frame.replace("<noun>", self.rng.choice(topic.nouns or ("harm",)))
            .replace("<reason>", self.rng.choice(topic.reasons or ("it hurts",)))
            .replace("<do>", request.do)
        )

    def _reply(self, prompt: Prompt, refuses: float) -> str:
        requests = self._requests(prompt)
        if self.rng.random() < 0.02:
            return self.scenes.reply(["evade"], requests[:1])
        if self.rng.random() < 0.01:
            return "the of and lamp lamp until"
        shares = {True: refuses, False: refuses / 30}
        manners = ["refuse" if self.rng.random() < shares[each.harmful] else "comply" for each in requests]
        return self.scenes.reply(manners, requests)

    def _requests(self, prompt: Prompt) -> tuple[Request, ...]:
        return tuple(the_world().requests_in(prompt.messages[-1].content))

    def _cut(self, text: str, finish: Finish) -> str:
        return text[: len(text) // 2] if finish == "length" else text


def spread(number: int, split: str, kinds: Sequence[str] = ("red_team",)) -> list[Prompt]:
    """That many of the organism's prompts of the split, every kind in its share."""
    prompts = [one for one in shipped_prompts() if one.split == split and (split == "test" or one.kind in kinds)]
    step = len(prompts) / number
    return [prompts[int(place * step)] for place in range(number)]


def make(
    path: Path,
    *,
    tests: int = 60,
    trained_on: int = 30,
    rounds: int = 4,
    hostile: bool = False,
    until: str = "report",
    recipe: Recipe | None = None,
    feedback: Feedback | None = None,
) -> Path:
    """A run folder that holds what a run has made when the stage ``until`` is done.

    Without ``feedback`` the run ends with SL-CAI; it says who labelled otherwise.
    """
    labelled = PreferConfig(enabled=feedback is not None, feedback="ai" if feedback == "ai" else "human")
    recipe = recipe or Recipe(name="organism", prefer=labelled, reward=RewardConfig(best_of=8))
    with RunFolder.open(path, recipe, constitution_digest=CONSTITUTION.digest) as run:
        run.write_text("constitution.yaml", CONSTITUTION.to_yaml())
        run.write_json("inputs.json", {"prompts_digest": digest("prompts")})
        asked, trained = spread(tests, "test"), spread(trained_on, "train")
        maker = Maker(run, asked=asked, trained=trained, rounds=rounds, hostile=hostile, feedback=feedback)
        for stage, step in maker.steps().items():
            step()
            if stage == until:
                break
        if until != "report":
            run.leave_unfinished(f"stopped after {until}, as asked")
    return path


class Maker:
    """Does what each stage does, without a model."""

    def __init__(
        self,
        run: RunFolder,
        *,
        asked: list[Prompt],
        trained: list[Prompt],
        rounds: int,
        hostile: bool,
        feedback: Feedback | None,
    ) -> None:
        self.run, self.asked, self.trained, self.rounds = run, asked, trained, rounds
        self.hostile, self.feedback = hostile, feedback
        self.actor = Actor(seed=7)
        policy = "rl-cai" if feedback == "ai" else "rlhf"
        self.names = ["base", "sl-cai", *(["best-of-n", "dpo", policy] if feedback else [])]

    def steps(self) -> dict[str, Callable[[], None]]:
        """What to do for each stage, in their order."""
        second = {
            "pairs": self.draw_pairs,
            "prefer": self.prefer,
            "reward": lambda: self.train("reward"),
            "best-of-n": lambda: self.answer("best-of-n", "best-of-n"),
            "dpo": lambda: self.train("dpo"),
            "answer-dpo": lambda: self.answer("answer-dpo", "dpo"),
            "rl": lambda: self.train("rl"),
            "answer-rl": lambda: self.answer("answer-rl", self.names[-1]),
        }
        return {
            "revise": self.revise,
            "helpful": lambda: self.note("helpful"),
            "answer-base": lambda: self.answer("answer-base", "base"),
            "sft": self.fine_tune,
            "answer-sl-cai": lambda: self.answer("answer-sl-cai", "sl-cai"),
            **(second if self.feedback else {}),
            "judge": self.judge,
            **({"compare": lambda: self.note("compare")} if self.feedback else {}),
            "report": self.report,
        }

    def note(self, stage: str, records: int = 0, made: str = "") -> None:
        with self.run.stage(stage) as note:
            note.records, note.digest = records, made

    def revise(self) -> None:
        shards = self.run.shards("revise", Revision)
        made = [self.actor.revision(prompt, self.rounds) for prompt in self.trained]
        with self.run.stage("revise", shards):
            shards.append(hostile_texts.spoiled_revisions(made) if self.hostile else made)

    def answer(self, stage: str, name: str) -> None:
        shards = self.run.shards(f"answers/{name}", Sample)
        made = [self.actor.answer(prompt, DIGESTS[name], feedback_half.REFUSES[name]) for prompt in self.asked]
        with self.run.stage(stage, shards):
            shards.append(hostile_texts.spoiled(made) if self.hostile else made)

    def fine_tune(self) -> None:
        self.note("sft", len(self.trained), DIGESTS["sl-cai"])
        self.run.write_json("checkpoints/sl-cai/charter.json", to_row(TRAINED))

    def draw_pairs(self) -> None:
        shards = self.run.shards("pairs", Sample)
        prompts = spread(2 * len(self.trained), "train", ("red_team", "benign"))
        samples, self.pairs = feedback_half.compare(prompts, self.actor.answer)
        with self.run.stage("pairs", shards):
            shards.append(samples)

    def prefer(self) -> None:
        shards = self.run.shards("prefer", Preference)
        principles = [principle.id for principle in CONSTITUTION.select()]
        made = feedback_half.label(self.pairs, principles, CONSTITUTION.digest, self.feedback)
        with self.run.stage("prefer", shards):
            shards.append(hostile_texts.spoiled_preferences(made) if self.hostile else made)

    def train(self, stage: str) -> None:
        name = self.names[-1] if stage == "rl" else stage
        self.note(stage, len(self.pairs), DIGESTS[name])
        feedback_half.keep_checkpoint(self.run, name, CONSTITUTION.digest)

    def judge(self) -> None:
        judged = {name: self.run.shards(f"answers/{name}", Sample).read() for name in self.names}
        judged["rounds"] = round_samples(self.run.shards("revise", Revision).read())
        shards = {name: self.run.shards(f"judgements/{name}", Judgement) for name in judged}
        with self.run.stage("judge", *shards.values()):
            for name, samples in judged.items():
                shards[name].append(EVALUATOR.work(samples))

    def report(self) -> None:
        revisions = self.run.shards("revise", Revision).read()
        judged = {name: self.run.shards(f"judgements/{name}", Judgement).read() for name in (*self.names, "rounds")}
        results = run_results(
            run=self.run,
            constitution=CONSTITUTION,
            judgements={name: judged[name] for name in self.names},
            rounds=judged["rounds"],
            revisions=revisions,
            outcomes=count_outcomes(revisions),
            notes=hostile_texts.HOSTILE if self.hostile else ("base: float32, because there is no GPU",),
        )
        if self.feedback:
            preferences = self.run.shards("prefer", Preference).read()
            results = feedback_half.with_feedback(results, preferences, judged)
        self.run.write_json("results.json", results.model_dump(mode="json"))


@pytest.fixture(scope="session")
def make_run() -> MakeRun:
    """``make_run(path, tests=60, trained_on=30, hostile=False, until="report", ...) -> path``."""
    return make


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run that ends with SL-CAI, without hostile texts. Read it; do not write in it."""
    return make(tmp_path_factory.mktemp("runs") / "20260102-030405-organism")


@pytest.fixture(scope="session")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run that went on to RL-CAI. Read it; do not write in it."""
    return make(tmp_path_factory.mktemp("runs") / "20260304-050607-organism", feedback="ai")


@pytest.fixture(scope="session")
def rlhf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run on the labels of simulated raters. Read it; do not write in it."""
    return make(tmp_path_factory.mktemp("runs") / "20260405-060708-organism", feedback="simulated")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with hostile texts in every field. Read it; do not write in it."""
    recipe = Recipe(name=hostile_texts.HOSTILE[0], description=hostile_texts.HOSTILE[2])
    return make(tmp_path_factory.mktemp("runs") / "hostile", hostile=True, recipe=recipe, feedback="ai")


@pytest.fixture(scope="session")
def pages(
    finished: Path, complete: Path, rlhf: Path, hostile: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The pages of the runs, by the fixtures' names."""
    out = tmp_path_factory.mktemp("pages")
    runs = {"finished": finished, "complete": complete, "rlhf": rlhf, "hostile": hostile}
    return {name: write_report(RunFolder.read(run), out / name).read_text("utf-8") for name, run in runs.items()}


@pytest.fixture(scope="session")
def read_html() -> Any:
    """``read_html(text) -> Document``: strict; see ``strict_html.py``."""
    return beside("strict_html").read


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless browser; see ``chromium.py``. Skips where there is none."""
    module = beside("chromium")
    program = module.find_chromium()
    if program is None:
        pytest.skip(f"no browser to look at the page with (one of {', '.join(module.NAMES)})")
    with module.Chromium(program) as browser:
        yield browser
