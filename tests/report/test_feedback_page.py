"""What the page shows of a run that went on to RL-CAI or RLHF, and what it says of one that did not get that far."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from charter.recipe import DpoConfig, PreferConfig, Recipe, RlConfig
from charter.report import write_report
from charter.store import RunFolder

Read = Callable[[str], Any]


@pytest.fixture(scope="module")
def sections(pages: dict[str, str], read_html: Read) -> dict[str, dict[str, str]]:
    """The text of each section of each page."""
    return {
        name: {
            one.attributes["id"]: " ".join(one.text.split())
            for one in read_html(page).all("section")
            if "id" in one.attributes
        }
        for name, page in pages.items()
    }


@pytest.fixture
def copy(complete: Path, tmp_path: Path) -> Path:
    """A complete run that a test may spoil."""
    return Path(shutil.copytree(complete, tmp_path / "run"))


def results_of(run: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((run / "results.json").read_text())
    return content


def page_of(path: Path) -> str:
    return write_report(RunFolder.read(path), path / "page.html").read_text("utf-8")


def shown(rate: dict[str, Any]) -> str:
    interval = f"{100 * rate['low']:.1f}\N{EN DASH}{100 * rate['high']:.1f}%"
    return f"{100 * rate['rate']:.1f}% {rate['k']}/{rate['n']} {interval}"


def test_every_checkpoint_is_in_the_headline_and_compared_with_both(
    complete: Path, sections: dict[str, dict[str, str]]
) -> None:
    results, headline = results_of(complete), sections["complete"]["headline"]
    assert list(results["checkpoints"]) == ["base", "sl-cai", "best-of-n", "dpo", "rl-cai"]
    for checkpoint in results["checkpoints"].values():
        assert shown(checkpoint["harmful"]) in headline
    for name in ("Base", "SL-CAI", "Best of n", "DPO", "RL-CAI"):
        assert headline.count(f" {name} ") >= 6
    assert "Change from base" in headline
    assert "Change from SL-CAI" in headline
    since = results["paired_sl_cai"]["rl-cai"]["harmful"]
    assert f"\N{MINUS SIGN}{abs(100 * since['difference']):.1f}" in headline


def test_a_run_that_ends_with_sl_cai_has_no_sections_without_content(sections: dict[str, dict[str, str]]) -> None:
    assert not {"snapshots", "labels", "reward", "policies", "pairs"} & set(sections["finished"])
    assert {"snapshots", "labels", "reward", "policies", "pairs"} <= set(sections["complete"])
    assert "Change from SL-CAI" not in sections["finished"]["headline"]


def test_the_labels_are_counted_and_their_biases_told(complete: Path, sections: dict[str, dict[str, str]]) -> None:
    text = sections["complete"]["labels"]
    for labels in results_of(complete)["labels"].values():
        for key in ("oracle", "order_agreement", "first_shown"):
            assert shown(labels[key]) in text
        assert f"{labels['labelled']} of {labels['pairs']}" in text
        for reason, count in labels["failed"].items():
            assert f"{count} {reason}" in text
    assert "4.1 ms" in text


def test_simulated_raters_are_named_as_simulated_wherever_their_labels_count(
    sections: dict[str, dict[str, str]], pages: dict[str, str]
) -> None:
    for place in ("headline", "labels"):
        assert "Simulated raters" in sections["rlhf"][place]
        assert "Simulated" not in sections["complete"][place]
    assert "(simulated raters)" in sections["rlhf"]["pairs"]
    assert '<dt>Labels</dt><dd dir="auto">simulated raters</dd>' in pages["rlhf"]
    assert '<dt>Labels</dt><dd dir="auto">AI</dd>' in pages["complete"]


def test_reward_model_policies_and_snapshots_show_their_numbers(
    complete: Path, sections: dict[str, dict[str, str]]
) -> None:
    results = results_of(complete)
    text, reward = sections["complete"]["reward"], results["reward"]["reward"]
    for key in ("accuracy", "oracle", "longer_wins", "longer_is_better"):
        assert shown(reward[key]) in text
    assert "0.046" in text
    assert "RLOO, 120 steps; held-out judge: oracle (0f3c9a1b)" in sections["complete"]["policies"]
    snapshots = sections["complete"]["snapshots"]
    assert "+741 +680 to +814 800 games" in snapshots
    assert "1,980 pairs of answers to 200 requests; 1,103 ties, 20 that could not be judged" in snapshots
    for rate in results["snapshots"]["non_evasive"].values():
        assert shown(rate) in snapshots


def test_a_policy_that_was_stopped_says_why(copy: Path, read_html: Read) -> None:
    results = results_of(copy)
    why = "the reward rose while the held-out judge fell from 0.95 to 0.71 <b>"
    results["policies"]["rl-cai"] |= {"stopped": why, "steps": 60}
    (copy / "results.json").write_text(json.dumps(results))
    document = read_html(page_of(copy))
    assert f"Stopped early. {why}" in " ".join(document.text.split())
    assert "kept" in [one.text for one in document.all("text")]


def test_two_reward_models_are_told_apart(copy: Path, read_html: Read) -> None:
    results = results_of(copy)
    one = results["reward"].pop("reward")
    results["reward"] = {"reward-harmless": one, "reward-helpful": one}
    (copy / "results.json").write_text(json.dumps(results))
    shutil.rmtree(copy / "checkpoints" / "reward")
    text = " ".join(read_html(page_of(copy)).text.split())
    assert "Reward models" in text
    assert "reward-harmless" in text
    assert "reward-helpful" in text


def test_a_comparison_shows_both_orders_its_principle_and_the_truth(sections: dict[str, dict[str, str]]) -> None:
    text = sections["complete"]["pairs"]
    for said in ("First response", "labelled better", "better by the oracle", "Shown second", "By organism (AI)."):
        assert said in text


@pytest.mark.parametrize(
    ("until", "said", "unsaid"),
    [
        (
            "answer-sl-cai",
            ["there are no preferences, and nothing has been trained on any"],
            ["There is no reward model"],
        ),
        ("pairs", ["No pair of responses has been labelled.", "There is no reward model."], ["no preferences"]),
        ("prefer", ["There is no reward model.", "There is no RL-CAI checkpoint."], ["has been labelled"]),
        (
            "reward",
            ["not been answered by best of n.", "There is no DPO checkpoint."],
            ["There is no reward model", "answered by DPO"],
        ),
        ("answer-dpo", ["There is no RL-CAI checkpoint."], ["There is no DPO checkpoint"]),
        ("rl", ["The test requests have not been answered by RL-CAI."], ["There is no RL-CAI checkpoint"]),
        ("answer-rl", ["60 of 60 answers of RL-CAI have not been judged."], ["answered by"]),
    ],
)
def test_a_run_that_stopped_on_the_way_says_what_is_missing(  # noqa: PLR0917
    make_run: Callable[..., Path], tmp_path: Path, read_html: Read, until: str, said: list[str], unsaid: list[str]
) -> None:
    document = read_html(page_of(make_run(tmp_path / "run", until=until, tests=60, trained_on=8, feedback="ai")))
    notice = document.all("section", "notice")[0].text
    assert f"stopped after {until}, as asked" in notice
    for words in said:
        assert words in notice
    for words in unsaid:
        assert words not in notice


def test_what_a_recipe_leaves_out_is_not_missing(
    make_run: Callable[..., Path], tmp_path: Path, read_html: Read
) -> None:
    recipe = Recipe(prefer=PreferConfig(), dpo=DpoConfig(enabled=False), rl=RlConfig(enabled=False))
    path = make_run(tmp_path / "run", until="prefer", tests=10, trained_on=8, feedback="ai", recipe=recipe)
    notice = read_html(page_of(path)).all("section", "notice")[0].text
    assert "There is no reward model." in notice
    assert "DPO" not in notice
    assert "RL-CAI" not in notice


@pytest.mark.parametrize(
    ("file", "key", "said"),
    [
        ("checkpoints/reward/charter.json", "digest", "The reward model is not the one that was measured"),
        ("checkpoints/dpo/charter.json", "digest", "DPO is not the one that was measured"),
        ("checkpoints/rl-cai/charter.json", "base_digest", "RL-CAI was made from another model than SL-CAI"),
        ("checkpoints/rl-cai/charter.json", "constitution_digest", "RL-CAI was made under another constitution"),
        ("run.json", "constitution_digest", "labels were given under another constitution"),
    ],
)
def test_a_broken_chain_after_sl_cai_is_an_alarm(copy: Path, read_html: Read, file: str, key: str, said: str) -> None:
    content = json.loads((copy / file).read_text())
    (copy / file).write_text(json.dumps({**content, key: "other"}))
    assert said in read_html(page_of(copy)).all("section", "alarm")[0].text


def test_the_whole_chain_is_listed(complete: Path, sections: dict[str, dict[str, str]]) -> None:
    record = sections["complete"]["record"]
    for name in ("reward", "dpo", "rl-cai"):
        assert json.loads((complete / "checkpoints" / name / "charter.json").read_text())["digest"] in record
    assert "Preferences" in record
