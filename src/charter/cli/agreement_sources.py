"""Where ``charter agreement`` finds labels: in runs, folders of shards, and files of any form that Charter reads."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path

from charter.agreement import Source
from charter.codec import from_row
from charter.errors import ConfigError, RunFolderError
from charter.human import LABELS_NAME, read_labels
from charter.human.keep import holds_labels, read_kept
from charter.human.looks import BETWEEN_RATERS
from charter.jsonl import JsonLine, read_lines
from charter.records import Pair, Preference
from charter.run_files import MANIFEST_NAME
from charter.store import RunFolder

_LOG = logging.getLogger(__name__)

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
        _tell_left_out(path, found, looks)
        found = [each for each in found if each.feedback != "human"] + looks
    if not found:
        raise RunFolderError(f"{path}: the run has no labels yet; make them with 'charter prefer --out {path}'")
    entry = run.manifest.stages.get(PREFER)
    by_ai = sum(each.feedback == "ai" for each in found)
    seconds = entry.seconds / by_ai if entry is not None and entry.done and by_ai else None
    return Source(str(path), tuple(found), seconds_per_ai_label=seconds)


def _tell_left_out(path: Path, found: Sequence[Preference], looks: Sequence[Preference]) -> None:
    """Counts the run's human labels of which the looks that stand for them hold no part: they are from elsewhere."""
    seen = {(_texts(each.pair), each.rater) for each in looks}
    left_out = [
        each
        for each in found
        if each.feedback == "human"
        and each.p_first is not None
        and not any((_texts(each.pair), rater) in seen for rater in each.rater.split(BETWEEN_RATERS))
    ]
    if left_out:
        _LOG.warning(
            "%s: %d of the run's human labels are not from %s and are left out (the first: pair %s); name the file or "
            "folder that they are from as well",
            path,
            len(left_out),
            path / LABELS_NAME,
            left_out[0].pair.id,
        )


def _texts(pair: Pair) -> tuple[object, ...]:
    return pair.prompt.messages, frozenset((pair.first.strip(), pair.second.strip()))


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
