"""Human preferences of any form that Charter reads, as records; and those of them that are on a run's pairs."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from charter.codec import to_row
from charter.digests import digest, file_digest
from charter.errors import ConfigError
from charter.human.keep import holds_labels, read_kept
from charter.human.looks import contradictions, joined, look
from charter.human.rows import Form, Row, open_rows
from charter.records import Aim, Pair, Preference, Prompt, PromptKind
from charter.run_files import MANIFEST_NAME

_LOG = logging.getLogger(__name__)

LABELS_NAME = "human"
"""Folder of a run that holds what people said of its pairs."""
_SHOWN_REASONS = 4


@dataclass(frozen=True, slots=True)
class Unusable:
    """Rows that could not be used, for one reason."""

    reason: str
    rows: int
    line: int
    """The first of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanLabels:
    """What a file or folder of human preferences holds."""

    looks: tuple[Preference, ...]
    """One record a look of one rater at one pair, or one a row; a look without a label is a failed record."""
    form: Form
    unusable: tuple[Unusable, ...] = ()
    kinds_known: bool = False
    """Whether the source says what each prompt's responses are compared for."""

    @property
    def rows_unusable(self) -> int:
        """All rows that could not be used."""
        return sum(each.rows for each in self.unusable)


def read_labels(path: Path | str, form: Form | None = None, *, kind: PromptKind = "red_team") -> HumanLabels:
    """Every label of a file, or of a folder that ``charter annotate`` wrote (a run's folder stands for the one in it).

    Which response becomes a pair's first is a matter of a hash of the two texts, so that nothing can be read off
    their order. What could not be used is counted, and logged as a warning. ``kind`` is that of prompts whose row
    names none.

    Raises:
        ConfigError: there is nothing to read, it is of no known form, or not one row can be used.
        RunFolderError: a damaged shard.
    """
    path = Path(path)
    if path.is_dir():
        looks = read_kept(_label_folder(path))
        return HumanLabels(looks=tuple(looks), form="charter", kinds_known=True)
    opened = open_rows(path, form)
    looks, refused, kinds_known = [], _Refused(), True
    counts: dict[tuple[str, str], int] = {}
    for numbered in opened.rows:
        row = numbered.row
        if row is None or (reason := _no_label(row)):
            refused.add(numbered.reason if row is None else reason, numbered.line)
            continue
        kinds_known &= row.kind is not None
        looks.append(_look(row, kind, counts))
    found = HumanLabels(looks=tuple(looks), form=opened.form, unusable=refused.all(), kinds_known=kinds_known)
    refused.tell(path, len(looks))
    return found


def read_pairs(path: Path | str, form: Form | None = None, *, kind: PromptKind = "red_team") -> tuple[Pair, ...]:
    """The pairs of a file, labelled or not, each once, in the file's order.

    Raises:
        ConfigError: as of ``read_labels``.
    """
    path = Path(path)
    opened = open_rows(path, form, labelled=False)
    pairs: dict[str, Pair] = {}
    refused = _Refused()
    for numbered in opened.rows:
        if numbered.row is None:
            refused.add(numbered.reason, numbered.line)
        else:
            pair = _pair(numbered.row, kind)
            pairs.setdefault(pair.id, pair)
    refused.tell(path, len(pairs))
    return tuple(pairs.values())


def labels_digest(path: Path | str) -> str:
    """SHA-256 of the file's bytes, or of every look in the folder.

    Raises:
        ConfigError: there is nothing to read.
        RunFolderError: a damaged shard.
    """
    path = Path(path)
    if path.is_dir():
        return digest([to_row(look) for look in read_kept(_label_folder(path))])
    try:
        return file_digest(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}; check the path") from error


def load_human_labels(path: Path | str, pairs: Sequence[Pair]) -> list[Preference]:
    """One preference a pair, in the order of ``pairs``: what the labels at ``path`` say of it.

    A label is on a pair if it is on the same conversation and the same two responses, in whichever order. Several
    looks become votes, and the label their mean. A pair without any is a tie where the two responses are the same, and
    else a failed preference. Labels on other pairs, and raters who contradict themselves, are counted in a warning.

    Raises:
        ConfigError: as of ``read_labels``, or not one label is on one of the pairs.
        RunFolderError: a damaged shard.
    """
    labels = read_labels(path)
    by_key: dict[_Key, list[Preference]] = {}
    for each in labels.looks:
        by_key.setdefault(_key(each.pair, labels.kinds_known), []).append(each)
    keys = [_key(pair, labels.kinds_known) for pair in pairs]
    matched = sum(len(by_key.get(key, ())) for key in set(keys))
    if pairs and not matched:
        raise ConfigError(
            f"{path}: none of its {len(labels.looks):,} labels is on one of this run's {len(pairs):,} pairs; label "
            "these with 'charter annotate', or name the labels of this run"
        )
    looks = [[_turned(each, pair) for each in by_key.get(key, ())] for pair, key in zip(pairs, keys, strict=True)]
    _tell(Path(path), len(labels.looks) - matched, [each for of_pair in looks for each in of_pair])
    return [joined(pair, of_pair) for pair, of_pair in zip(pairs, looks, strict=True)]


_Key = tuple[tuple[tuple[str, str], ...], tuple[str, ...], Aim | None]
"""A conversation, two texts in whichever order, and what they are compared for where that is known."""


def _key(pair: Pair, kinds_known: bool) -> _Key:
    turns = tuple((turn.role, turn.content.strip()) for turn in pair.prompt.messages)
    return turns, tuple(sorted((pair.first.strip(), pair.second.strip()))), pair.aim if kinds_known else None


def _turned(label: Preference, pair: Pair) -> Preference:
    """The label as one of ``pair``, which holds the same texts, perhaps in the other order."""
    same = label.pair.first.strip() == pair.first.strip()
    return replace(label if same else label.swapped(), id=label.id, pair=pair)


def _tell(path: Path, strangers: int, looks: Sequence[Preference]) -> None:
    if strangers:
        _LOG.warning("%s: %d labels are on no pair of this run and are left out", path, strangers)
    if torn := contradictions(looks):
        rater, pair = torn[0]
        _LOG.warning(
            "%s: %d times a rater took one response and later the other (the first: %s on pair %s); both looks count",
            path,
            len(torn),
            rater or "a rater without a name",
            pair.id,
        )


def _label_folder(path: Path) -> Path:
    folder = path / LABELS_NAME if (path / MANIFEST_NAME).is_file() else path
    if not holds_labels(folder):
        raise ConfigError(f"{folder}: no labels are there; make some with 'charter annotate', or name a file of them")
    return folder


def _no_label(row: Row) -> str:
    """Why a row is no label of a person; empty where it is one."""
    if row.by_model or (isinstance(row.record, Preference) and row.record.feedback == "ai"):
        return "labelled by a model, not by a person"
    if isinstance(row.record, Preference):
        return ""
    return "no preference" if row.p_one is None else ""


def _look(row: Row, kind: PromptKind, counts: dict[tuple[str, str], int]) -> Preference:
    if isinstance(row.record, Preference):
        return row.record
    pair = _pair(row, kind)
    number = counts.get((row.rater, pair.id), 0)
    counts[row.rater, pair.id] = number + 1
    same = pair.first == row.one
    p_first = None if row.p_one is None else row.p_one if same else 1 - row.p_one
    return look(pair, row.rater, number, p_first, seconds=row.seconds)


def _pair(row: Row, kind: PromptKind) -> Pair:
    """The row's pair, the first of the two decided by a hash of the texts."""
    if row.record is not None:
        return row.record.pair if isinstance(row.record, Preference) else row.record
    first, second = sorted((row.one, row.other), key=digest)
    return Pair(prompt=Prompt(messages=row.messages, kind=row.kind or kind), first=first, second=second)


class _Refused:
    """Counts the rows that cannot be used."""

    def __init__(self) -> None:
        self._lines: dict[str, list[int]] = {}

    def add(self, reason: str, line: int) -> None:
        self._lines.setdefault(reason, []).append(line)

    def all(self) -> tuple[Unusable, ...]:
        """By reason, the most frequent first."""
        every = (Unusable(reason, len(lines), lines[0]) for reason, lines in self._lines.items())
        return tuple(sorted(every, key=lambda each: -each.rows))

    def tell(self, path: Path, usable: int) -> None:
        """A warning that counts them; an error where nothing else is in the file."""
        every = self.all()
        if not every:
            return
        total = sum(each.rows for each in every)
        reasons = "; ".join(
            f"{each.reason}: {each.rows:,} (first: line {each.line})" for each in every[:_SHOWN_REASONS]
        )
        more = f"; {len(every) - _SHOWN_REASONS} more reasons" if len(every) > _SHOWN_REASONS else ""
        if not usable:
            raise ConfigError(f"{path}:{every[0].line}: not one of {total:,} rows can be used: {reasons}{more}")
        _LOG.warning("%s: %d of %d rows cannot be used: %s%s", path, total, total + usable, reasons, more)
