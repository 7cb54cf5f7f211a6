"""``charter agreement`` over real folders and files of labels."""

import csv
import json
import random
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from charter.cli import main
from charter.codec import to_row
from charter.digests import record_id
from charter.human import SimulatedRaters, joined, look
from charter.manifest import StageStats
from charter.organisms.preference import oracle_preference
from charter.organisms.prompts import shipped_prompts
from charter.organisms.speech import reply
from charter.organisms.world import the_world
from charter.recipe import Recipe
from charter.recipe_feedback import HumanConfig
from charter.records import Pair, Preference, Vote
from charter.shards import Shards
from charter.store import RunFolder

BYTE_ORDER_MARK = "\ufeff"


def organism_pairs(number: int = 60) -> list[Pair]:
    """Refusals against compliance, on the organism's own red-team prompts of one turn."""
    draw, found = random.Random(2), []
    for prompt in shipped_prompts():
        requests = the_world().requests_in(prompt.messages[-1].content)
        if prompt.kind == "red_team" and len(prompt.messages) == len(requests) == 1:
            texts = [reply([manner], requests, draw) for manner in ("refuse", "comply")]
            pair = Pair(prompt=prompt, first=texts[0], second=texts[1])
            found.append(pair if len(found) % 2 else pair.swapped())
        if len(found) == number:
            return found
    raise AssertionError("the organism has too few prompts")


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return organism_pairs()


def truth(pair: Pair) -> float:
    found = oracle_preference(pair.prompt.messages, pair.first, pair.second, pair.aim)
    assert found in (0.0, 1.0)
    return found


def judged(pairs: list[Pair], wrong: int = 6, name: str = "judge", digest: str = "a" * 64) -> list[Preference]:
    """An AI's labels, of which every so many are wrong."""
    made = []
    for number, pair in enumerate(pairs):
        p = 0.9 if (truth(pair) == 1) != (number % wrong == 0) else 0.1
        vote = Vote(principle_id="no-harm", forward=p, backward=p)
        made.append(
            Preference(
                id=record_id("ai", pair.id, digest),
                pair=pair,
                p_first=p,
                votes=(vote,),
                feedback="ai",
                rater=name,
                judge_digest=digest,
            )
        )
    return made


def simulated(pairs: list[Pair]) -> list[Preference]:
    raters = SimulatedRaters(HumanConfig(noise=0.3), seed=0, looks_per_pair=2)
    return [look for pair in pairs for look in raters.looks(pair)]


def folder(path: Path, preferences: list[Preference]) -> Path:
    Shards(path, Preference).append(preferences)
    return path


@pytest.fixture
def run(tmp_path: Path, pairs: list[Pair]) -> Path:
    """A run that has labelled its pairs in half a minute."""
    path = tmp_path / "run"
    with RunFolder.open(path, Recipe(name="organism"), constitution_digest="c0ffee") as opened:
        shards = opened.shards("prefer", Preference)
        shards.append(judged(pairs))
        opened.finish_stage("prefer", StageStats(seconds=30.0, peak_mib=1.0, records=len(shards)), [shards])
    return path


Call = tuple[int, str, str]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Any:
    def made(*arguments: object) -> Call:
        code = main(["agreement", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return made


def as_json(call: Any, *arguments: object) -> dict[str, Any]:
    code, out, err = call(*arguments, "--format", "json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_run_beside_simulated_people_and_the_oracle(call: Any, run: Path, tmp_path: Path, pairs: list[Pair]) -> None:
    people = folder(tmp_path / "human", simulated(pairs))
    found = as_json(call, run, people, "--cost-per-hour", "36", "--machine-cost-per-hour", "2")
    raters = {rater["name"]: rater for rater in found["raters"]}
    assert list(raters) == ["judge", "simulated-1", "simulated-2", "simulated-3", "oracle"]
    assert raters["judge"]["seconds"] == 0.5  # the stage's half minute over 60 labels
    assert raters["judge"]["cost_per_1000"] == pytest.approx(1000 * 0.5 * 2 / 3600)
    assert raters["simulated-1"]["cost_per_1000"] == pytest.approx(10 * raters["simulated-1"]["seconds"])
    with_oracle = next(each for each in found["pairwise"] if (each["one"], each["other"]) == ("judge", "oracle"))
    assert (with_oracle["accuracy"]["k"], with_oracle["accuracy"]["n"]) == (50, 60)
    assert found["worth"]["reference"] == "oracle"
    assert found["worth"]["people"]["feedback"] == "simulated"


def test_without_the_oracle_it_is_no_rater(call: Any, run: Path, tmp_path: Path, pairs: list[Pair]) -> None:
    found = as_json(call, run, folder(tmp_path / "human", simulated(pairs)), "--no-oracle")
    assert "oracle" not in {rater["feedback"] for rater in found["raters"]}
    assert found["worth"] is None
    assert "majority of at least 3 people" in found["worth_reason"]


def test_a_run_alone_is_beside_the_oracle_and_its_own_people(call: Any, run: Path, pairs: list[Pair]) -> None:
    assert {rater["name"] for rater in as_json(call, run)["raters"]} == {"judge", "oracle"}
    looks = [replace(look, feedback="human", rater="anna", judge_digest="") for look in simulated(pairs)[::2]]
    folder(run / "human", looks)
    assert {rater["name"] for rater in as_json(call, run)["raters"]} == {"judge", "anna", "oracle"}


def test_two_models(call: Any, tmp_path: Path, pairs: list[Pair]) -> None:
    one = folder(tmp_path / "a", judged(pairs))
    other = folder(tmp_path / "b", judged(pairs, wrong=4, digest="b" * 64))
    found = as_json(call, one, other, "--no-oracle")
    assert [rater["name"] for rater in found["raters"]] == ["judge (ai aaaaaaaa)", "judge (ai bbbbbbbb)"]
    (both,) = found["pairwise"]
    wrong = [{n for n in range(60) if n % every == 0} for every in (6, 4)]
    assert both["accuracy"]["k"] == 60 - len(wrong[0] ^ wrong[1])


def test_a_folder_of_charter_label_is_its_records(call: Any, tmp_path: Path, pairs: list[Pair]) -> None:
    folder(tmp_path / "labels" / "prefer", judged(pairs))
    found = as_json(call, tmp_path / "labels")
    assert found["raters"][0]["labels"] == len(pairs)


def test_our_own_records_and_a_table_of_people(call: Any, tmp_path: Path, pairs: list[Pair]) -> None:
    ours = tmp_path / "ai.jsonl"
    ours.write_text(
        BYTE_ORDER_MARK + "".join(json.dumps(to_row(each)) + "\n" for each in judged(pairs)), encoding="utf-8"
    )
    table = tmp_path / "people.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["prompt", "response_a", "response_b", "preference", "rater"])
        for pair in pairs:
            better = "a" if truth(pair) else "b"
            rows.writerow([pair.prompt.messages[-1].content, pair.first, pair.second, better, "anna"])
    found = as_json(call, ours, table, "--no-oracle")
    assert [rater["name"] for rater in found["raters"]] == ["judge", "anna"]
    assert found["pairwise"][0]["accuracy"]["k"] == 50
    assert found["pairs"] == 60  # the table does not say what the aim is, and has the same pairs


def test_the_table_for_people(call: Any, run: Path, tmp_path: Path, pairs: list[Pair]) -> None:
    hostile = [replace(look, rater=f"{look.rater}\x1b[2J[red]") for look in simulated(pairs)]
    code, out, err = call(run, folder(tmp_path / "human", hostile), "--cost-per-hour", "36")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    assert "simulated-1\\x1b[2J[red]" in out
    shown = " ".join(out.split())
    assert "60 pairs of 60 prompts, 5 raters" in shown
    assert "judge oracle 60 0 83.3% [72.0, 90.7]" in shown
    assert "all raters 4 60" in shown
    assert "One AI label is worth" in shown
    assert "These people are simulated" in shown
    assert "judge 0.5 7,200 -" in shown


def test_plot_and_page(call: Any, run: Path, tmp_path: Path, pairs: list[Pair]) -> None:
    people = folder(tmp_path / "human", simulated(pairs))
    curves = tmp_path / "curves.json"
    points = [{"n": 10 * n, "accuracy": 0.6 + n / 20, "low": 0.5, "high": 0.9} for n in (1, 2, 4)]
    curves.write_text(json.dumps({"curves": {"ai": points, "simulated": points}}))
    plot, page = tmp_path / "new" / "w.svg", tmp_path / "page.html"
    code, out, _ = call(run, people, "--curves", curves, "--plot", plot, "--html", page)
    assert code == 0
    assert "By the learning curves, it trains a reward model as 1 simulated human labels do." in out
    drawn = ET.fromstring(plot.read_text(encoding="utf-8"))  # noqa: S314  # our own file
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(drawn.findall(".//{*}g")) == 2
    assert "Who agrees with whom" in page.read_text(encoding="utf-8")


def refusal(call: Any, *arguments: object) -> str:
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("charter: error: ")
    assert err.count("\n") == 1
    found: str = err.removeprefix("charter: error: ")
    return found


def test_what_cannot_be_read(call: Any, run: Path, tmp_path: Path, pairs: list[Pair]) -> None:
    assert "no such run, folder or file; name" in refusal(call, tmp_path / "none")
    (tmp_path / "empty").mkdir()
    assert "no labels are there" in refusal(call, tmp_path / "empty")
    with RunFolder.open(tmp_path / "begun", Recipe(name="organism"), constitution_digest="c0ffee"):
        pass
    assert "the run has no labels yet; make them with 'charter prefer" in refusal(call, tmp_path / "begun")
    damaged = next((run / "prefer").glob("*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-40])
    assert f"{damaged}: damaged (" in refusal(call, run)


def test_a_wrong_line_of_our_own_records_is_named(call: Any, tmp_path: Path, pairs: list[Pair]) -> None:
    rows = [to_row(each) for each in judged(pairs[:3])]
    del rows[1]["votes"]
    rows[2]["feedback"] = "robot"
    path = tmp_path / "ai.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert f"{path}:2: no preference as Charter writes them: key 'votes' is missing; " in refusal(call, path)
    path.write_text("".join(json.dumps(row) + "\n" for row in (rows[0], rows[2])))
    assert f"{path}:2: no preference as Charter writes them: 'robot' is none of " in refusal(call, path)
    path.write_text(json.dumps(rows[0]) + "\n{]\n")
    assert f"{path}:2: not JSON" in refusal(call, path)


def test_nothing_in_common_and_nothing_to_plot(call: Any, tmp_path: Path, pairs: list[Pair]) -> None:
    one = folder(tmp_path / "a", judged(pairs[:20]))
    other = folder(tmp_path / "b", judged(pairs[20:], digest="b" * 64))
    assert refusal(call, one, other, "--no-oracle").startswith("they have no pair in common: judge (ai aaaaaaaa)")
    code, out, err = call(one, "--plot", tmp_path / "w.svg")
    assert (code, out.splitlines()[0]) == (2, "20 pairs of 20 prompts, 2 raters")
    assert err.startswith("charter: error: there is nothing to plot: there are no labels of people; leave --plot out")
    assert not (tmp_path / "w.svg").exists()


def people(pairs: list[Pair], rater: str) -> list[Preference]:
    return [look(pair, rater, 0, truth(pair)) for pair in pairs]


def test_labels_of_a_run_that_are_from_elsewhere_than_its_folder_are_counted(
    call: Any, tmp_path: Path, pairs: list[Pair]
) -> None:
    path = tmp_path / "run"
    given, other = people(pairs, "anna"), people(pairs[:7], "from a file")
    made = [joined(pair, [each]) for pair, each in zip(pairs[7:], given[7:], strict=True)]
    made += [joined(each.pair, [each]) for each in other]
    with RunFolder.open(path, Recipe(name="organism"), constitution_digest="c0ffee") as opened:
        opened.shards("prefer", Preference).append(made)
    folder(path / "human", given)
    code, _, err = call(path)
    assert code == 0
    assert f"7 of the run's human labels are not from {path / 'human'} and are left out" in err
    within = people(pairs, "from a file")
    folder(path / "human", within)
    assert "left out" not in call(path)[2]


def test_the_same_labels_under_two_names_are_refused(call: Any, run: Path, tmp_path: Path, pairs: list[Pair]) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("prompt,response_a,response_b,preference\nHow?,So.,No.,a\n", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(labels)
    for again in (f"{tmp_path}/run/../labels.csv", tmp_path / "link.csv"):
        code, _, err = call(run, labels, again)
        assert code == 2
        assert err.strip().endswith(f"named twice (as {labels} and as {Path(again)}); name each once")
        assert err.count("\n") == 1
    assert call(run, run)[2].strip().endswith(f"{run}: the same source of labels is named twice; name each once")
    assert call(run, folder(run / "human", people(pairs, "anna")))[0] == 0  # a part of it is no repeat


def test_one_or_two_pairs_are_said_to_be_too_few(call: Any, tmp_path: Path, pairs: list[Pair]) -> None:
    for number in (1, 2, 3):
        few = folder(tmp_path / f"few-{number}", people(pairs[:number], "anna") + people(pairs[:number], "ben"))
        _, printed, _ = call(few, "--no-oracle", "--html", tmp_path / "page.html")
        page = (tmp_path / "page.html").read_text("utf-8")
        for text in (printed, page):
            assert (f"{number}/{number}, n is too small" in text) == (number < 3)
            assert ("n is too small for an interval" in " ".join(text.split())) == (number < 3)
        assert ("[" in printed) == (number > 2)
