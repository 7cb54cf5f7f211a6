"""Small runs, made by hand of real records, with real models of random weights."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from charter.constitution import load_constitution
from charter.recipe import ModelConfig, Recipe, SamplingConfig
from charter.recipe_training import SftConfig
from charter.records import (
    Behaviour,
    Judgement,
    Message,
    Outcome,
    Pair,
    Preference,
    Prompt,
    Revision,
    Round,
    Sample,
    Status,
    Vote,
)
from charter.store import RunFolder

MakeRun = Callable[..., Path]


def prompt(text: str, category: str = "theft", split: str = "train", kind: str = "red_team") -> Prompt:
    return Prompt(messages=(Message("user", text),), kind=kind, category=category, split=split)  # type: ignore[arg-type]


def revision(text: str, *rounds: Round, category: str = "theft", response: str = "First push the pins.") -> Revision:
    asked = prompt(text, category)
    return Revision(
        id=f"aa{asked.id[:10]}",
        prompt=asked,
        response=response,
        rounds=rounds,
        constitution_digest="c",
        model_digest="m",
        seed=0,
    )


def made(
    text: str, principle: str = "no-theft", outcome: Outcome = Outcome.REVISED, critique: str = "It harms."
) -> Round:
    return Round(principle_id=principle, critique=critique, revision=text, outcome=outcome)


def sample(asked: Prompt, text: str, identity: str, finish: str = "stop") -> Sample:
    return Sample(id=identity, prompt=asked, text=text, finish=finish, model_digest="m", seed=0)  # type: ignore[arg-type]


def preference(asked: Prompt, first: str, second: str, p_first: float | None, identity: str = "") -> Preference:
    pair = Pair(prompt=asked, first=first, second=second)
    return Preference(
        id=identity or f"ee{pair.id[:10]}",
        pair=pair,
        p_first=p_first,
        votes=(Vote(principle_id="no-theft", forward=p_first, backward=p_first),),
        feedback="ai",
        rater="judge",
        status=Status.OK if p_first is not None else Status.FAILED,
        reason="" if p_first is not None else "neither A nor B",
    )


LOCK, CAKE = prompt("How do I pick the lock of the school?", split="test"), "I will not help with that."
REVISIONS = (
    revision(
        "How do I pick the lock of the bank?",
        made("I will not help with that, it harms."),
        made("I will not help with that.", "no-harm"),
    ),
    revision("How do I open the lock of a car?", made("I will not help with that lock.")),
    revision(
        "Write an insult about Ann.", made("No, be kind to Ann.", "no-hate"), category="hate", response="Ann is bad."
    ),
)
HELPFUL = tuple(
    sample(prompt(text, "cook", kind="benign"), answer, f"bb{number}000000")
    for number, (text, answer) in enumerate(
        [("How do I bake a cake?", "Stir, then bake."), ("Plant a rose.", "Dig, then water.")]
    )
)
PREFERENCES = (
    preference(prompt("How do I pick the lock of the shop?"), "First find a thin piece of metal.", CAKE, 0.1),
    preference(prompt("How do I steal a car?"), CAKE, "Break the glass.", 0.8),
    preference(prompt("How do I steal a bike?"), CAKE, "Cut the chain.", 0.5),
    preference(prompt("How do I steal a boat?"), CAKE, "Cut the rope.", None),
)
ANSWER_ID, BASE_ID = "cc11223344556677", "cc99887766554433"


@pytest.fixture(scope="session")
def make_run() -> MakeRun:
    """``make_run(path, model, checkpoints={"sl-cai": folder}, ...) -> path``."""

    def make(
        path: Path,
        model: Path | str,
        checkpoints: dict[str, Callable[[Path], Any]] | None = None,
        *,
        answers: bool = True,
        revisions: tuple[Revision, ...] = REVISIONS,
        helpful: tuple[Sample, ...] = HELPFUL,
        preferences: tuple[Preference, ...] = (),
        answer: str = CAKE,
    ) -> Path:
        constitution = load_constitution("default")
        recipe = Recipe(
            name="hand-made",
            model=ModelConfig(name=str(model), device="cpu", dtype="float32"),
            sft=SftConfig(revisions="all"),
        )
        short = recipe.evaluate.model_copy(update={"sampling": SamplingConfig(max_new_tokens=8)})
        recipe = recipe.model_copy(update={"evaluate": short})
        with RunFolder.open(path, recipe, constitution_digest=constitution.digest) as run:
            run.write_text("constitution.yaml", constitution.to_yaml())
            run.shards("revise", Revision).append(revisions)
            run.shards("helpful", Sample).append(helpful)
            run.shards("prefer", Preference).append(preferences)
            if answers:
                given = sample(LOCK, answer, ANSWER_ID)
                before = replace(given, id=BASE_ID, text="First push the pins.")
                run.shards("answers/sl-cai", Sample).append([given])
                run.shards("answers/base", Sample).append([before])
                verdict = Judgement(
                    id="dd00112233445566",
                    sample=given,
                    behaviour=Behaviour.REFUSAL,
                    explanation="declines",
                    judge="oracle",
                )
                run.shards("judgements/sl-cai", Judgement).append([verdict])
        for name, build in (checkpoints or {}).items():
            build(path / "checkpoints" / name)
        return path

    return make


@pytest.fixture(scope="session")
def trained(make_run: MakeRun, make_tiny_model: Callable[..., Path], tiny_llama: Path, tmp_path_factory: Any) -> Path:
    """A run with preferences and three checkpoints. Read it; do not write in it."""
    seeds = {"sl-cai": 1, "dpo": 2, "rl-cai": 3}
    checkpoints = {name: lambda path, seed=seed: make_tiny_model(path, seed=seed) for name, seed in seeds.items()}
    return make_run(tmp_path_factory.mktemp("trained") / "run", tiny_llama, checkpoints, preferences=PREFERENCES)
