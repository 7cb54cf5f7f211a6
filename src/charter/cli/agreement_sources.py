"""Where ``charter agreement`` finds labels: in runs, folders of shards, and files of any form that Charter reads."""

import json
from pathlib import Path

from charter.agreement import Source
from charter.codec import from_row
from charter.errors import ConfigError, RunFolderError
from charter.human import LABELS_NAME, read_labels
from charter.human.keep import holds_labels, read_kept
from charter.jsonl import JsonLine, read_lines
from charter.records import Preference
from charter.run_files import MANIFEST_NAME
from charter.store import RunFolder

PREFER = "prefer"
"""Stage and folder of a run that has its labels."""


def read_source(path: Path) -> Source:
    """The labels at ``path``.

    Raises:
        ConfigError: there is no such thing, or nothing in it can be used.
        RunFolderError: a damaged run, shard or journal.
    """
    if not path.exists():
        raise ConfigError(f"{path}: no such run, folder or file; name a run, a folder of labels, or a file of them")
    if (path / MANIFEST_NAME).is_file():
        return _of_run(path)
    if path.is_dir():
        within = path / PREFER  # 'charter label' keeps its records as a run does
        folder = within if holds_labels(within) else path
        if not holds_labels(folder):
            raise ConfigError(
                f"{path}: no labels are there (neither shards nor answers); name a run, or a folder that "
                "'charter label' or 'charter annotate' wrote"
            )
        return Source(str(path), tuple(read_kept(folder)))
    if _is_ours(path):
        return Source(str(path), tuple(_record(line) for line in read_lines(path)))
    labels = read_labels(path)
    return Source(str(path), labels.looks, kinds_known=labels.kinds_known)


def _of_run(path: Path) -> Source:
    """The run's labels, and what people said on ``charter annotate``: each look by itself, instead of joined labels."""
    run = RunFolder.read(path)
    found = run.shards(PREFER, Preference).read()
    looks = read_kept(path / LABELS_NAME) if holds_labels(path / LABELS_NAME) else []
    if looks:
        found = [each for each in found if each.feedback != "human"] + looks
    if not found:
        raise RunFolderError(f"{path}: the run has no labels yet; make them with 'charter prefer --out {path}'")
    entry = run.manifest.stages.get(PREFER)
    by_ai = sum(each.feedback == "ai" for each in found)
    seconds = entry.seconds / by_ai if entry is not None and entry.done and by_ai else None
    return Source(str(path), tuple(found), seconds_per_ai_label=seconds)


def _is_ours(path: Path) -> bool:
    """Whether the file's first line is a record as Charter writes them, of whichever kind of rater."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = json.loads(next((line for line in file if line.strip()), ""))
    except (OSError, ValueError, RecursionError):
        return False  # whoever reads it next says what is wrong with it
    return isinstance(first, dict) and {"id", "pair", "p_first"} <= first.keys()


def _record(line: JsonLine) -> Preference:
    try:
        return from_row(Preference, line.value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"key {error} is missing" if isinstance(error, KeyError) else " ".join(str(error).split())
        raise line.error(f"no preference as Charter writes them: {why}; write the record again") from error
