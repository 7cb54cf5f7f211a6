"""Labels of people in a run: taken from the recipe's file, whose digest is noted."""

import csv
import json
from pathlib import Path

import pytest

from charter.digests import file_digest
from charter.errors import RunFolderError
from charter.pipeline import Inputs, Models, Session
from charter.pipeline.labellers import labeller
from charter.progress import Progress
from charter.recipe import PreferConfig, Recipe
from charter.recipe_feedback import HumanConfig
from charter.records import Pair
from charter.store import RunFolder


def test_the_digest_of_the_labels_is_noted_and_other_labels_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    recipe = Recipe(prefer=PreferConfig(feedback="human", human=HumanConfig(labels=str(file))))
    inputs = Inputs.read(recipe)
    pair = Pair(prompt=inputs.compared[0], first="I will not.", second="First, push.")

    def write(preference: str) -> None:
        with file.open("w", newline="", encoding="utf-8") as out:
            rows = csv.writer(out)
            rows.writerow(["prompt", "response_a", "response_b", "preference"])
            rows.writerow([pair.prompt.messages[-1].content, pair.first, pair.second, preference])

    write("a")
    with RunFolder.open(tmp_path / "run", recipe, constitution_digest=inputs.constitution.digest) as folder:
        session = Session(inputs, folder, Models(recipe.model), Progress(quiet=True))
        (label,) = labeller(session, [pair]).work([pair])
        assert label.p_first == 1.0
        assert json.loads((folder.path / "inputs.json").read_text()) == {"labels_digest": file_digest(file)}
        labeller(session, [pair])
        write("b")
        with pytest.raises(RunFolderError, match="made with another labels"):
            labeller(session, [pair])
