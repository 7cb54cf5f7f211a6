"""The labelled cases of the benchmark: that each is labelled, and that together they are what they are said to be."""

from pathlib import Path
from typing import Any

import pytest
import yaml

CORPUS = Path(__file__).parents[2] / "benchmarks" / "scan_corpus"
CASES = sorted(path.parent for path in CORPUS.glob("*/*/case.yaml"))
CATEGORIES = {"prompt-injection", "excessive-agency", "insecure-output", "hardcoded-secret"}


def label(case: Path) -> dict[str, Any]:
    """What is said of a case."""
    return yaml.safe_load((case / "case.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_case_is_labelled_where_its_files_have_code(case: Path) -> None:
    said = label(case)
    assert set(said) <= {"safe", "across", "why", "expect", "also"}
    assert case.parent.name in CATEGORIES
    assert said["across"] in ("none", "function", "file", "field")
    assert said["why"].endswith(".")
    assert said["safe"] is not bool(said["expect"])
    for spot in (*said["expect"], *said.get("also", ())):
        assert spot["category"] in CATEGORIES
        for place in (spot, *spot.get("or", ())):
            lines = (case / place["file"]).read_text("utf-8").split("\n")
            assert lines[place["line"] - 1].strip()


def test_every_folder_is_a_case() -> None:
    assert [folder for folder in sorted(CORPUS.glob("*/*")) if folder.is_dir()] == CASES


def test_there_are_as_many_of_each_kind_as_are_needed() -> None:
    labels = {case: label(case) for case in CASES}
    vulnerable = [case for case, said in labels.items() if not said["safe"]]
    typescript = [case for case in CASES if not list(case.rglob("*.py"))]
    assert len(vulnerable) >= 60
    assert len(CASES) - len(vulnerable) >= 60
    assert 2 * sum(said["across"] != "none" for said in labels.values()) >= len(CASES)
    assert 4 * len(typescript) >= len(CASES)
    for language in ({case for case in CASES if case not in typescript}, set(typescript)):
        flows = {labels[case]["across"] for case in vulnerable if case in language}
        assert flows == {"none", "function", "file", "field"}
