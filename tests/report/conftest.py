"""Run folders as a run leaves them: real shards, the organism's prompts and grammar, its oracle; no model."""

import importlib.util
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
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
from charter.recipe import Recipe
from charter.records import Checkpoint, Finish, Judgement, Message, Outcome, Prompt, Revision, Round, Sample, Status
from charter.report import write_report
from charter.revise import InvalidReason, count_outcomes
from charter.store import RunFolder

HOSTILE = (
    "<script>alert('owned')</script><img src=x onerror=alert(1)>",
    "</details></main></body></html><!-- ",
    "\u202egnp.exe\u202c \u2066\u2067isolates\u2069 \u200bzero\u200bwidth \U000e0041\U000e0042tags",
    "\x1b[31mred\x1b[0m\x00\x07\r\n\x9b2J lone \ufeff mark",
    "\"'><svg/onload=alert(2)> {{ 7 * 7 }} {% raw %} &lt;b&gt; &#x41; &amp;",
    "👩‍👩‍👧‍👦 emoji 🏳️‍🌈, שלום עולם, مرحبا, 日本語, Z̸̢̛a̴̡l̶g̵o̷",
    "line one\nline two\n\n\nline five\ttab   spaces   ",
    "https://example.com/?q=<x>&y=1 javascript:alert(3) ]]> --> */ </style> </script>",
    "word" * 20 + " " + "unbroken" * 300,
)
LONG = "a long text. " * 80_000
"""A megabyte."""

BASE_DIGEST, TRAINED_DIGEST = digest("base"), digest("sl-cai")
STAGES = ("revise", "helpful", "answer-base", "sft", "answer-sl-cai", "judge", "report")
CONSTITUTION = load_constitution("default")
EVALUATOR = Evaluator(OracleJudge())

TRAINED = Checkpoint(
    name="sl-cai",
    path="checkpoints/sl-cai",
    digest=TRAINED_DIGEST,
    base_digest=BASE_DIGEST,
    constitution_digest=CONSTITUTION.digest,
    data_digest=digest("data"),
)

MakeRun = Callable[..., Path]


def beside(name: str) -> ModuleType:
    """The module of that name in this folder, which is no package."""
    spec = importlib.util.spec_from_file_location(f"report_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
            model_digest=BASE_DIGEST,
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


def spoiled(records: Sequence[Sample]) -> Iterator[Sample]:
    """The samples, the first of them with a hostile text in every place that a prompt or a model can write in."""
    texts = [*HOSTILE, LONG]
    for number, record in enumerate(records):
        if number >= len(texts):
            yield record
            continue
        prompt = Prompt(
            messages=(Message("system", texts[number]), Message("user", texts[number])),
            kind=record.prompt.kind,
            category=texts[number][:2000],
            split="test",
        )
        yield replace(record, id=record_id("spoiled", number), prompt=prompt, text=texts[number], reason=texts[number])


def spoiled_revisions(revisions: Sequence[Revision]) -> Iterator[Revision]:
    """As ``spoiled``."""
    texts = [*HOSTILE, LONG]
    for number, revision in enumerate(revisions):
        if number >= len(texts):
            yield revision
            continue
        text = texts[number]
        bad = Round(
            principle_id=text[:3000],
            critique=text,
            revision=text,
            outcome=Outcome.INVALID,
            reason=f"{InvalidReason.CRITIQUE}: {text}",
        )
        prompt = replace(revision.prompt, id="", messages=(Message("user", text),), category=text[:2000])
        yield replace(revision, id=f"bad id {number} <{text[:20]}>", prompt=prompt, response=text, rounds=(bad, bad))


def spread(number: int, split: str) -> list[Prompt]:
    """That many of the organism's prompts of the split, every kind in its share."""
    prompts = [one for one in shipped_prompts() if one.split == split and (split == "test" or one.kind == "red_team")]
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
) -> Path:
    """A run folder that holds what a run has made when the stage ``until`` is done."""
    actor = Actor(seed=7)
    recipe = recipe or Recipe(name="organism")
    with RunFolder.open(path, recipe, constitution_digest=CONSTITUTION.digest) as run:
        run.write_text("constitution.yaml", CONSTITUTION.to_yaml())
        run.write_json("inputs.json", {"prompts_digest": digest("prompts")})
        asked, trained = spread(tests, "test"), spread(trained_on, "train")
        steps = _steps(run, actor, tests=asked, train=trained, rounds=rounds, hostile=hostile)
        for stage, step in zip(STAGES, steps, strict=True):
            step()
            if stage == until:
                break
    return path


def _steps(
    run: RunFolder, actor: Actor, *, tests: list[Prompt], train: list[Prompt], rounds: int, hostile: bool
) -> list[Callable[[], None]]:
    revisions = run.shards("revise", Revision)
    answers = {name: run.shards(f"answers/{name}", Sample) for name in ("base", "sl-cai")}
    judgements = {name: run.shards(f"judgements/{name}", Judgement) for name in ("base", "sl-cai", "rounds")}

    def revise() -> None:
        made = [actor.revision(prompt, rounds) for prompt in train]
        with run.stage("revise", revisions):
            revisions.append(spoiled_revisions(made) if hostile else made)

    def helpful() -> None:
        with run.stage("helpful"):
            pass

    def answer(name: str, model: str, refuses: float) -> None:
        made = [actor.answer(prompt, model, refuses) for prompt in tests]
        with run.stage(f"answer-{name}", answers[name]):
            answers[name].append(spoiled(made) if hostile else made)

    def train_model() -> None:
        with run.stage("sft") as note:
            note.records, note.digest = len(train), TRAINED_DIGEST
        run.write_json("checkpoints/sl-cai/charter.json", to_row(TRAINED))

    def judge() -> None:
        with run.stage("judge", *judgements.values()):
            for name, samples in answers.items():
                judgements[name].append(EVALUATOR.work(samples.read()))
            judgements["rounds"].append(EVALUATOR.work(round_samples(revisions.read())))

    def report() -> None:
        results = run_results(
            run=run,
            constitution=CONSTITUTION,
            judgements={name: judgements[name].read() for name in answers},
            rounds=judgements["rounds"].read(),
            revisions=revisions.read(),
            outcomes=count_outcomes(revisions.read()),
            notes=HOSTILE if hostile else ("base: float32, because there is no GPU",),
        )
        run.write_json("results.json", results.model_dump(mode="json"))

    return [
        revise,
        helpful,
        lambda: answer("base", BASE_DIGEST, 0.04),
        train_model,
        lambda: answer("sl-cai", TRAINED_DIGEST, 0.92),
        judge,
        report,
    ]


@pytest.fixture(scope="session")
def make_run() -> MakeRun:
    """``make_run(path, tests=60, trained_on=30, hostile=False, until="report", ...) -> path``."""
    return make


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run without hostile texts. Read it; do not write in it."""
    return make(tmp_path_factory.mktemp("runs") / "20260102-030405-organism")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with hostile texts in every field. Read it; do not write in it."""
    recipe = Recipe(name=HOSTILE[0], description=HOSTILE[2])
    return make(tmp_path_factory.mktemp("runs") / "hostile", hostile=True, recipe=recipe)


@pytest.fixture(scope="session")
def pages(finished: Path, hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The pages of the two runs, by the fixtures' names."""
    out = tmp_path_factory.mktemp("pages")
    runs = {"finished": finished, "hostile": hostile}
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
