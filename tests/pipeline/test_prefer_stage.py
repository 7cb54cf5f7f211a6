"""The prefer stage with a real judge model that answers with neither option: every such pair is counted."""

from collections.abc import Callable
from pathlib import Path

from charter.pipeline import Inputs, Models, Session, feedback
from charter.prefer import label_results
from charter.progress import Progress
from charter.recipe import PreferConfig, Recipe
from charter.records import Sample, Status
from charter.store import RunFolder


def test_a_judge_that_answers_neither_a_nor_b_labels_nothing_and_every_pair_is_counted(
    make_tiny_model: Callable[..., Path], tmp_path: Path
) -> None:
    judge = make_tiny_model(tmp_path / "judge", max_positions=8192)
    recipe = Recipe(prefer=PreferConfig(judge=str(judge), few_shot="none", red_team=2, benign=1))
    inputs = Inputs.read(recipe)
    with RunFolder.open(tmp_path / "run", recipe, constitution_digest=inputs.constitution.digest) as folder:
        session = Session(inputs, folder, Models(recipe.model), Progress(quiet=True))
        session.pairs.append(
            [
                Sample(id=f"{prompt.id}{n}", prompt=prompt, text=f"So {n}.", finish="stop", model_digest="m", seed=n)
                for prompt in inputs.compared
                for n in range(2)
            ]
        )
        feedback.prefer(session)
        preferences = session.preferences.read()
    assert [(each.status, each.p_first) for each in preferences] == [(Status.FAILED, None)] * 3
    counted = label_results(preferences)
    assert {aim: (each.pairs, each.labelled, each.failed) for aim, each in counted.items()} == {
        "harmless": (2, 0, {"the judge answered with neither option": 2}),
        "helpful": (1, 0, {"the judge answered with neither option": 1}),
    }
    assert RunFolder.read(tmp_path / "run").stage_stats["prefer"]["records"] == 3
