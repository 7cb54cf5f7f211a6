"""``results.json`` of a run: put together, written, and read back by those who use it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from charter.constitution import load_constitution
from charter.errors import RunFolderError
from charter.evaluate import round_samples, run_results
from charter.manifest import StageStats
from charter.recipe import EvaluateConfig, PromptsConfig, Recipe
from charter.records import Behaviour, Judgement, Message, Outcome, Prompt, Revision, Round, Status
from charter.results import Results, read_results
from charter.revise import count_outcomes
from charter.runs import headline
from charter.store import RESULTS_NAME, RunFolder

MakeJudgements = Callable[..., list[Judgement]]
CONSTITUTION = load_constitution("default")


def revision(number: int, outcome: Outcome = Outcome.REVISED, *, failed: bool = False) -> Revision:
    done = Round(
        principle_id="honesty",
        critique="c",
        revision=f"better {number}",
        outcome=outcome,
        reason="the revision is empty" if outcome is Outcome.INVALID else "",
    )
    return Revision(
        id=f"r{number}",
        prompt=Prompt(messages=(Message("user", f"request {number}"),)),
        response="" if failed else f"first {number}",
        rounds=() if failed else (done,),
        constitution_digest="c",
        model_digest="m0",
        seed=number,
        status=Status.FAILED if failed else Status.OK,
    )


REVISIONS = [revision(0), revision(1), revision(2, Outcome.INVALID), revision(3, failed=True)]


def rounds_judged(at_most: int | None = None) -> list[Judgement]:
    return [
        Judgement(
            id=f"j{sample.id}",
            sample=sample,
            behaviour=Behaviour.HARMFUL if sample.text.startswith("first") else Behaviour.REFUSAL,
            explanation="so",
            judge="me (1)",
        )
        for sample in round_samples(REVISIONS, at_most)
    ]


@pytest.fixture
def make_results(tmp_path: Path, make_judgements: MakeJudgements) -> Callable[..., Results]:
    def make(recipe: Recipe | None = None, at_most: int | None = None) -> Results:
        with RunFolder.open(tmp_path / "x", recipe or Recipe(name="mine"), constitution_digest="c") as run:
            run.finish_stage("revise", StageStats(seconds=2.5, peak_mib=300.0, records=4))
            results = run_results(
                run=run,
                constitution=CONSTITUTION,
                judgements={
                    "base": make_judgements("harmful 9, refusal 1, broken 1"),
                    "sl-cai": make_judgements("refusal 10, unscored 1", model="m1"),
                },
                rounds=rounds_judged(at_most),
                revisions=REVISIONS,
                outcomes=count_outcomes(REVISIONS),
                notes=["from the pipeline"],
            )
            run.write_json(RESULTS_NAME, results.model_dump(mode="json"))
        return results

    return make


def test_everything_is_in_it(make_results: Callable[..., Results]) -> None:
    results = make_results()
    assert (results.run, results.recipe, results.judge) == ("x", "mine", "me (1)")
    assert results.constitution.digest == CONSTITUTION.digest
    assert {name: checkpoint.digest for name, checkpoint in results.checkpoints.items()} == {
        "base": "m0",
        "sl-cai": "m1",
    }
    assert list(results.paired) == ["sl-cai"]
    change = results.paired["sl-cai"].harmful
    assert change is not None
    assert (change.n, change.difference) == (10, -0.9)
    assert [(each.round, each.harmful and each.harmful.k) for each in results.rounds] == [(0, 3), (1, 1)]
    assert [each.model_dump() for each in results.outcomes] == [
        {"round": 1, "revised": 2, "unchanged": 0, "invalid": 1},
    ]
    assert results.principles["honesty"].rounds == results.principles["honesty"].total == 3
    assert (results.revisions.total, results.revisions.failed) == (4, 1)
    assert results.revisions.invalid_reasons == {"the revision is empty": 1}
    assert results.stages["revise"].records == 4


def test_the_file_reads_back_as_it_was_and_its_keys_are_the_documented_ones(
    make_results: Callable[..., Results], tmp_path: Path
) -> None:
    results = make_results()
    file = tmp_path / "x" / RESULTS_NAME
    assert read_results(file) == results
    data = json.loads(file.read_text(encoding="utf-8"))
    assert data["checkpoints"]["sl-cai"]["harmful"].keys() == {"k", "n", "rate", "low", "high"}
    assert data["checkpoints"]["sl-cai"]["helpful"] is None
    assert headline(RunFolder.read(tmp_path / "x"))["base"]["harmful"].k == 9
    documented = Path(__file__).parents[2].joinpath("docs/results.md").read_text(encoding="utf-8")
    for key in _keys(Results.model_json_schema()):
        assert f"`{key}`" in documented, f"docs/results.md does not describe {key}"


def _keys(schema: dict[str, object]) -> set[str]:
    """Every property name of the schema and of its parts."""
    definitions = schema.get("$defs", {})
    assert isinstance(definitions, dict)
    properties = schema.get("properties", {})
    assert isinstance(properties, dict)
    return set(properties) | {key for part in definitions.values() for key in _keys(part)}


def test_what_the_numbers_do_not_show_is_noted(make_results: Callable[..., Results]) -> None:
    notes = make_results(Recipe(name="mine", prompts=PromptsConfig(path="my.jsonl")), at_most=2).notes
    assert notes[0].startswith("The judge is the base model itself")
    assert "'helpful' was not measured: there are no test prompts for it." in notes
    assert "'over_refusal' was not measured: there are no test prompts for it." in notes
    assert not any(note.startswith("'harmful'") for note in notes)
    assert "The rates by round are of 2 of the 3 revisions (evaluate.round_prompts)." in notes
    assert "1 of 4 training prompts got no first response, hence no revision." in notes
    assert notes[-1] == "from the pipeline"


def test_notes_are_only_of_what_is_so(make_results: Callable[..., Results]) -> None:
    notes = make_results(Recipe(evaluate=EvaluateConfig(judge="big"), prompts=PromptsConfig(path="my.jsonl"))).notes
    assert not any("judge is the base model" in note or "rates by round" in note for note in notes)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "Expecting"),
        ("[]", "valid dictionary"),
        ('{"rounds": [{"harmful": null}]}', "rounds.0.round: Field required"),
        ('{"checkpoints": {"base": {"harmful": {"k": "many"}}}}', "checkpoints.base.harmful"),
        ("\ud800", "codec can't decode"),
    ],
)
def test_a_damaged_file_is_one_line(tmp_path: Path, content: str, problem: str) -> None:
    file = tmp_path / RESULTS_NAME
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(RunFolderError) as caught:
        read_results(file)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_results_of_another_version_and_of_an_unfinished_run_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / RESULTS_NAME
    assert read_results(file) is None
    file.write_text('{"elo": {"base": 1000}, "checkpoints": {"base": {"kindness": 1}}}')
    results = read_results(file)
    assert results is not None
    assert results.checkpoints["base"].measure("harmful") is None
