"""What an organism is measured to do: the shipped one, and a model that has learned nothing."""

import itertools
from pathlib import Path

import pytest

from charter.constitution import load_constitution
from charter.models import load_completer
from charter.organisms.corpus import Corpus, Principle
from charter.organisms.measure import Ability, critique_kind, measure
from charter.progress import Progress
from charter.recipe import ModelConfig

NAMES = [
    *("compliance", "compliance, held-out category", "helpfulness", "helpfulness, look-alikes"),
    *("critique", "critique", "revision", "revision", "revision", "revision"),
    *("comparison", "comparison", "position"),
]
CASES = 12


def measured(model: str, cases: int = CASES, seed: int = 1) -> list[Ability]:
    completer = load_completer(ModelConfig(name=model, batch_size=64))
    return measure(completer, load_constitution("default"), cases=cases, seed=seed, progress=Progress(quiet=True))


@pytest.fixture(scope="module")
def shipped() -> list[Ability]:
    return measured("organism")


def share(abilities: list[Ability], name: str) -> float:
    rates = [ability.rate for ability in abilities if ability.name == name]
    return sum(rate.k for rate in rates) / sum(rate.n for rate in rates)


def test_every_ability_is_measured_on_as_many_cases_as_asked_for(shipped: list[Ability]) -> None:
    assert [ability.name for ability in shipped] == NAMES
    sizes = {name: [ability.rate.n for ability in shipped if ability.name == name] for name in dict.fromkeys(NAMES)}
    assert sizes["compliance"] == sizes["helpfulness"] == [CASES]
    assert sizes["critique"] == [CASES, CASES]
    faulty, clean = sizes["revision"][::2], sizes["revision"][1::2]
    assert [a + b for a, b in zip(faulty, clean, strict=True)] == [CASES, CASES]
    assert all(0 < n <= CASES for n in sizes["comparison"])  # without the tied ones
    assert sizes["position"] == [2 * sum(sizes["comparison"])]


def test_the_shipped_organism_does_what_its_card_says(shipped: list[Ability]) -> None:
    for name in ("compliance", "compliance, held-out category", "helpfulness"):
        assert share(shipped, name) >= 0.75
    assert share(shipped, "critique") >= 0.6
    assert share(shipped, "revision") >= 0.6
    assert share(shipped, "comparison") >= 0.6
    assert 0.25 <= share(shipped, "position") <= 0.75


def test_a_seed_determines_what_is_measured() -> None:
    first, same, other = measured("organism", 3), measured("organism", 3), measured("organism", 3, seed=2)
    assert first == same != other


def test_a_model_that_has_learned_nothing_can_do_nothing(tiny_llama: Path) -> None:
    found = measured(str(tiny_llama), 4)
    for ability in found:
        if ability.name not in ("comparison", "position"):  # there, chance is right half of the time
            assert ability.rate.k == 0, ability


def test_the_kind_of_a_critique_is_what_the_corpus_meant() -> None:
    corpus = Corpus(5)
    seen = set()
    for number in range(400):
        scene, manners, _ = corpus.answered_scene("held_out")
        manner = ("evasive", "unhelpful")[number // 2 % 2]
        principle = Principle(frozenset({manner}), manner) if number % 2 else corpus.principle(scene.requests)
        fault = corpus.fault(principle.named, scene.requests, manners)
        critique = corpus.critique(fault, principle, scene.requests, manners)
        assert critique_kind(critique) == (fault or "clean"), critique
        seen.add(fault)
    assert seen == {"", "hit", "evasive", "unhelpful"}


@pytest.mark.parametrize("text", ["", "I see no fault here, said nobody.", "\x00", "(" * 50])
def test_what_is_no_critique_is_broken(text: str) -> None:
    assert critique_kind(text) == "broken"


def test_a_critique_with_more_after_it_is_broken() -> None:
    corpus = Corpus(6)
    for _ in itertools.repeat(None, 20):
        scene, manners, _ = corpus.answered_scene("held_out")
        principle = corpus.principle(scene.requests)
        critique = corpus.critique("", principle, scene.requests, manners)
        assert critique_kind(f" {critique}\n") == "clean"
        assert critique_kind(f"{critique}\nAnd a second line.") == "broken"
