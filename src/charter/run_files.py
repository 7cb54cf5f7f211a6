"""The files that make a folder a run, ``run.json`` and ``recipe.yaml``: reading them, and telling whose run it is."""

from pathlib import Path

import yaml
from pydantic import ValidationError

from charter.disk import TEMPORARY_PREFIX
from charter.errors import RunFolderError
from charter.lock import LOCK_NAME
from charter.manifest import Manifest, current_environment, utc_now
from charter.recipe import Recipe
from charter.recipe_diff import recipe_differences, recipe_digest

MANIFEST_NAME = "run.json"
RECIPE_NAME = "recipe.yaml"

_SHOWN_DIFFERENCES = 8


def new_manifest(path: Path, recipe: Recipe, constitution_digest: str) -> Manifest:
    """The manifest of a run that begins now."""
    now = utc_now()
    return Manifest(
        id=path.resolve().name,
        created=now,
        updated=now,
        recipe=recipe.name,
        recipe_digest=recipe_digest(recipe),
        constitution_digest=constitution_digest,
        environment=current_environment(),
    )


def check_same(path: Path, recipe: Recipe, constitution_digest: str) -> tuple[Recipe, Manifest]:
    """The recipe and manifest of the run that is there, if it is that of ``recipe`` and the constitution."""
    manifest, kept = read_manifest(path), read_recipe(path)
    if differences := recipe_differences(kept, recipe):
        more = len(differences) - _SHOWN_DIFFERENCES
        raise RunFolderError(
            f"{path} belongs to another recipe: {', '.join(map(str, differences[:_SHOWN_DIFFERENCES]))}"
            f"{f' and {more} more' if more > 0 else ''}; use another --out or the same settings"
        )
    if manifest.constitution_digest != constitution_digest:
        raise RunFolderError(
            f"{path} was made with another constitution: digest {manifest.constitution_digest[:12]} -> "
            f"{constitution_digest[:12]}; use another --out or the same constitution"
        )
    here = current_environment()
    if here not in (manifest.environment, *manifest.resumed_in):
        manifest = manifest.model_copy(update={"resumed_in": (*manifest.resumed_in, here)})
    return kept, manifest


def refuse_foreign(path: Path) -> None:
    """Refuses what is neither a run, nor empty, nor a run whose creation was cut off."""
    if path.exists() and not path.is_dir():
        raise RunFolderError(f"{path} is a file; name a folder with --out")
    if not path.exists() or (path / MANIFEST_NAME).exists():
        return
    begun = {LOCK_NAME, RECIPE_NAME} if (path / LOCK_NAME).exists() else set()
    others = sorted(item.name for item in path.iterdir() if item.name not in begun)
    if found := [name for name in others if not name.startswith(TEMPORARY_PREFIX)]:
        raise RunFolderError(f"{path} is no run folder (it holds {found[0]} and no run.json); use another --out")


def read_manifest(path: Path) -> Manifest:
    """The content of ``run.json``."""
    file = path / MANIFEST_NAME
    if not file.is_file():
        raise RunFolderError(f"{path}: no run folder (there is no {file}); 'charter runs list' shows those there are")
    try:
        return Manifest.model_validate_json(read_text(file))
    except ValidationError as error:
        raise unusable(file, error) from error


def read_recipe(path: Path) -> Recipe:
    """The recipe that the run was created with, resolved."""
    file = path / RECIPE_NAME
    try:
        return Recipe.model_validate(yaml.safe_load(read_text(file)))
    except (yaml.YAMLError, ValidationError) as error:
        raise unusable(file, error) from error


def recipe_yaml(recipe: Recipe) -> str:
    """The resolved recipe as YAML: every key, defaults included."""
    text: str = yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=100)
    return text


def read_text(file: Path) -> str:
    """A UTF-8 file's content, or a RunFolderError."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unusable(file, error) from error


def unusable(file: Path, error: Exception) -> RunFolderError:
    """The error that says why a file of the run cannot be read."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    elif isinstance(error, KeyError):
        why = f"no key {error}"
    else:
        why = " ".join(str(error).split())
    return RunFolderError(f"{file}: damaged, or of another version of Charter ({why}); use another --out")
