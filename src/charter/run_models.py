"""The models that a run folder holds, and how to load them."""

from charter.recipe import ModelConfig
from charter.stages import BASE, checkpoints_of
from charter.store import RunFolder


def run_models(run: RunFolder) -> dict[str, ModelConfig]:
    """By checkpoint, in the order in which they are made: the base model, and what was trained from it so far."""
    own = run.recipe.model
    found = {BASE: own}
    for name in checkpoints_of(run.recipe):
        folder = run.path / "checkpoints" / name
        if folder.is_dir():
            server = run.recipe.evaluate.servers.get(name)
            found[name] = own.model_copy(update={"name": str(folder), "revision": None, "server": server})
    return found
