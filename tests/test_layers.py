"""Imports point downward: stages never import one another, and torch stays where models are run and trained."""

import ast
from collections.abc import Iterator
from pathlib import Path

import charter

ROOT = Path(charter.__file__).parent
STAGES = {
    "agreement",
    "evaluate",
    "gap",
    "gate",
    "human",
    "prefer",
    "redteam",
    "report",
    "revise",
    "scan",
    "trace",
    "train",
}
"""Each stands by itself. A constitution is no stage: it is what the stages read, as they read records."""
WIRING = {"__main__", "cli", "pipeline"}
"""These alone put stages together."""
HEAVY = {"accelerate", "datasets", "peft", "safetensors", "torch", "transformers", "trl"}
RUNS_MODELS = ("train/", "models/hf", "organisms/")


def imports() -> Iterator[tuple[str, str]]:
    """Every module that a file imports, at its top or inside: the file, relative to the package, and the module."""
    for file in sorted(ROOT.rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module == "charter":
                yield from ((name, f"charter.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{name}: write the whole name of the module"
                yield name, node.module or ""


def part(of: str) -> str:
    """The package of Charter that a file or a module belongs to, or the module at its top."""
    return of.removeprefix("charter.").replace("/", ".").removesuffix(".py").split(".")[0]


def crossing(found: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """The imports that point sideways or up."""
    above = STAGES | WIRING
    return [
        (file, module)
        for file, module in found
        if module.startswith("charter.") and part(module) in above and not _may(part(file), part(module))
    ]


def _may(importer: str, imported: str) -> bool:
    return importer in (imported, "cli", "__main__") or (importer == "pipeline" and imported in STAGES)


def test_stages_never_import_one_another_and_nothing_below_imports_them() -> None:
    assert crossing(imports()) == []


def test_torch_is_imported_only_where_models_are_run_and_trained() -> None:
    heavy = [(file, module) for file, module in imports() if module.split(".")[0] in HEAVY]
    assert len(heavy) > 20
    assert [each for each in heavy if not each[0].startswith(RUNS_MODELS)] == []


def test_ray_is_imported_by_the_engine_alone() -> None:
    assert {file for file, module in imports() if module.split(".")[0] == "ray"} <= {"engine.py"}


def test_what_points_sideways_or_up_is_found() -> None:
    right = [
        ("cli/run.py", "charter.pipeline"),
        ("pipeline/policy.py", "charter.train.launch"),
        ("train/rl.py", "charter.train.encode"),
        ("train/rl.py", "charter.records"),
        ("trace/words.py", "charter.constitution"),
    ]
    wrong = [
        ("trace/lessons.py", "charter.train"),
        ("labelling.py", "charter.prefer"),
        ("plan.py", "charter.pipeline"),
        ("pipeline/plan.py", "charter.cli.run"),
        ("evaluate/judge.py", "charter.pipeline.models"),
    ]
    assert crossing(iter([*right, *wrong])) == wrong
