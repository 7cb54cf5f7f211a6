"""Which models a run folder holds, and how they are loaded."""

from pathlib import Path

from charter.recipe import EvaluateConfig, ModelConfig, Recipe
from charter.run_models import run_models
from charter.store import RunFolder


def test_the_base_model_and_what_was_trained_so_far(tmp_path: Path) -> None:
    recipe = Recipe(
        model=ModelConfig(name="./base", revision="v1", format="transcript"),
        evaluate=EvaluateConfig(servers={"sl-cai": "openai:tuned@http://localhost:8000/v1"}),
    )
    with RunFolder.open(tmp_path / "x", recipe, constitution_digest="c") as run:
        assert run_models(run) == {"base": recipe.model}
        for name in ("reward", "rl-cai", "sl-cai"):
            (run.path / "checkpoints" / name).mkdir(parents=True)
        found = run_models(run)
    assert list(found) == ["base", "sl-cai", "rl-cai"]  # a reward model answers nothing
    tuned = found["sl-cai"]
    assert (tuned.name, tuned.revision, tuned.format) == (str(run.path / "checkpoints/sl-cai"), None, "transcript")
    assert tuned.server == "openai:tuned@http://localhost:8000/v1"
    assert found["rl-cai"].server is None
