"""The organism's card: that the shipped one says what was measured, and how it is made of a folder."""

import json
import re
import shutil
from pathlib import Path

import pytest

from charter.organisms import shipped_model
from charter.organisms.card import ABILITIES_NAME, CARD_NAME, abilities_json, write_card
from charter.organisms.measure import Ability
from charter.stats import rate

LOG_NAME = "training-log.jsonl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a card is made of: weights and their log."""
    for name in ("model.safetensors", LOG_NAME):
        shutil.copy(shipped_model() / name, tmp_path / name)
    return tmp_path


def shipped_abilities() -> list[Ability]:
    rows = json.loads((shipped_model() / ABILITIES_NAME).read_text("utf-8"))
    return [Ability(row["name"], row["meaning"], rate(row["k"], row["n"])) for row in rows]


def test_the_shipped_card_is_made_of_what_was_measured_and_logged(folder: Path) -> None:
    write_card(folder, shipped_abilities())
    for name in (CARD_NAME, ABILITIES_NAME):
        assert (folder / name).read_text("utf-8") == (shipped_model() / name).read_text("utf-8")


def test_a_card_has_a_row_for_every_ability_and_every_phase(folder: Path) -> None:
    phase = {"config": {"seed": 7, "steps": 1200, "peak_learning_rate": 0.003}, "corpus": "c" * 64}
    steps = [{"tokens": 10, "seconds": 60.0, "loss": 3.0}, {"tokens": 20000, "seconds": 600.0, "loss": 1.2345}]
    lines = [phase, *steps, phase | {"corpus": "d" * 64}, {"tokens": 5, "seconds": 31.0, "loss": 1.0}]
    (folder / LOG_NAME).write_text("".join(json.dumps(line) + "\n" for line in lines))
    write_card(folder, [Ability("compliance", "gives the harm", rate(3, 4)), Ability("nothing", "unseen", rate(0, 0))])
    card = (folder / CARD_NAME).read_text("utf-8")
    assert "| 1 | 7 | 1,200 | 20,000 | 0.003 | 10 | 1.234 | `cccccccccccccccc` |" in card
    assert "| 2 | 7 | 1,200 | 5 | 0.003 | 1 | 1.000 | `dddddddddddddddd` |" in card
    assert "| compliance | gives the harm | 3 / 4 | 75.0% | 30.1% to 95.4% |" in card
    assert "| nothing | unseen | 0 / 0 | no data | 0.0% to 100.0% |" in card
    assert re.search(r"^A Llama of 1,\d{3},\d{3} parameters, trained", card, re.MULTILINE)
    assert card.startswith("---\nlicense: mit\n")


def test_abilities_are_kept_with_their_counts_and_intervals(folder: Path) -> None:
    write_card(folder, [Ability("compliance", "gives the harm", rate(3, 4)), Ability("nothing", "unseen", rate(0, 0))])
    kept = json.loads((folder / ABILITIES_NAME).read_text("utf-8"))
    assert kept[0] == {
        "name": "compliance",
        "meaning": "gives the harm",
        "k": 3,
        "n": 4,
        "rate": 0.75,
        "low": rate(3, 4).low,
        "high": rate(3, 4).high,
    }
    assert (kept[1]["rate"], kept[1]["low"], kept[1]["high"]) == (None, 0.0, 1.0)
    assert abilities_json([]) == "[]"
