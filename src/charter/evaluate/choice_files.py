"""Multiple-choice sets from a user's files, in the forms in which they are published; see docs/multiple-choice.md."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charter.documents import did_you_mean
from charter.errors import ConfigError
from charter.jsonl import JsonLine, kind_of, read_items, read_lines
from charter.records import Message
from charter.transcripts import is_transcript, transcript

_ASKED = ("prompt", "question", "query", "input")
_OPTIONS = ("options", "choices")
_ANSWER = ("answer", "label", "human_label", "correct")
_LABELLED = ("targets", "mc1_targets")
_SUBSET = ("subset", "category", "task")
_MOST_OPTIONS = 26

_LETTER = re.compile(r"\(([A-Z])\)")
_LISTED = re.compile(
    r"^[ \t]*\(([A-Z])\)(.*?)(?=\n[ \t]{0,20}\([A-Z]\)|\n\s{0,20}The answer is|\Z)", re.MULTILINE | re.DOTALL
)
"""An option of a listing within a prompt: a letter in brackets at the beginning of a line, and its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A conversation, answers to its last turn, and which of them are right."""

    where: str
    """File and line."""
    subset: str
    messages: tuple[Message, ...]
    """What the options answer, without a list of them."""
    options: tuple[str, ...]
    """Their texts; empty where the file gives letters alone."""
    right: frozenset[int]
    """Places among the options."""
    listed: str = ""
    """The file's own prompt, which lists the options after letters; empty where there is none."""
    letters: tuple[str, ...] = ()
    """The options of ``listed``, in the same order as ``options``."""


def read_choices(path: Path) -> tuple[Question, ...]:
    """The questions of a JSON Lines or JSON file, in its order.

    Raises:
        ConfigError: the file or one of its questions cannot be used; file, line and mend.
    """
    lines = read_items(path, "examples") if _is_document(path) else read_lines(path)
    subset = path.parent.name if path.stem == "task" else path.stem
    return tuple(_question(line, subset) for line in lines)


def _is_document(path: Path) -> bool:
    """Whether the file is one JSON value over several lines or a list, rather than an object a line."""
    if path.suffix != ".json" or not path.is_file():
        return False
    try:
        next(read_lines(path))
    except ConfigError:
        return True
    with path.open(encoding="utf-8", errors="replace") as file:
        first = next(line for line in file if line.strip())
    return re.search(r'"examples"\s*:', first) is not None


def _question(line: JsonLine, subset: str) -> Question:
    given = next((line.value[key] for key in _SUBSET if isinstance(line.value.get(key), str)), "")
    asked = _asked(line)
    read = next((form for key, form in _FORMS.items() if key in line.value), None)
    if read is None:
        raise line.error(
            "no options; write 'corrects' and 'incorrects', 'target_scores', or 'options' and 'answer' "
            f"(it has: {', '.join(map(repr, line.value)) or 'nothing'})"
        )
    return read(line, given or subset, asked)


def _paper(line: JsonLine, subset: str, asked: str) -> Question:
    """``corrects`` and ``incorrects``, as in the sets of the Constitutional AI paper."""
    right, wrong = _texts(line, "corrects"), _texts(line, "incorrects")
    options = _checked(line, sorted({*right, *wrong}), [*right, *wrong], right)
    places = frozenset(options.index(text) for text in right)
    if not all(_LETTER.fullmatch(option) for option in options):
        return Question(
            where=_where(line), subset=subset, messages=_messages(asked), options=tuple(options), right=places
        )
    # The conversation itself may list options too: what stands last is the question's own list.
    listed = {match[1]: match for match in _LISTED.finditer(asked)}
    texts = tuple(_unwrapped(listed[option[1]][2]) if option[1] in listed else "" for option in options)
    before = asked[: listed[options[0][1]].start()] if all(texts) else asked
    dialogues = [line.value.get("text_correct"), line.value.get("text_incorrect")]
    if len(options) == 2 and all(map(is_transcript, dialogues)):
        one, other = (transcript(str(dialogue)) for dialogue in dialogues)
        if one[:-1] == other[:-1] and one[-1].role == other[-1].role == "assistant":
            ends = (one[-1].content, other[-1].content)
            texts = tuple(ends[place not in places] for place in range(2))
            return Question(
                where=_where(line), subset=subset, messages=one[:-1], options=texts, right=places,
                listed=asked.strip(), letters=tuple(options),
            )  # fmt: skip
    return Question(
        where=_where(line),
        subset=subset,
        messages=(Message("user", before.strip().removesuffix("Options:").strip()),),
        options=texts if all(texts) else (),
        right=places,
        listed=asked.strip(),
        letters=tuple(options),
    )


def _target_scores(line: JsonLine, subset: str, asked: str) -> Question:
    """``target_scores``, as in BIG-bench: an option's text to 1 where it is right, else 0."""
    scores = line.value["target_scores"]
    if not isinstance(scores, Mapping):
        raise line.error(f"key 'target_scores': {kind_of(scores)} where an object of options and scores should be")
    for text, score in scores.items():
        if isinstance(score, bool) or not isinstance(score, int | float):
            raise line.error(f"key 'target_scores': {kind_of(score)} for option {text[:40]!r}; write 1 or 0")
    best = max(scores.values(), default=0)
    return _plain(line, subset, asked, list(scores), [text for text in scores if scores[text] == best])


def _labelled(line: JsonLine, subset: str, asked: str) -> Question:
    """``targets`` with ``choices`` and ``labels``."""
    key = next(key for key in _LABELLED if key in line.value)
    targets = line.value[key]
    if not isinstance(targets, dict) or not {"choices", "labels"} <= targets.keys():
        raise line.error(f"key {key!r}: {kind_of(targets)} where 'choices' and 'labels' should be")
    inner = JsonLine(line.path, line.number, targets)
    texts, labels = _texts(inner, "choices"), targets["labels"]
    if not isinstance(labels, list) or len(labels) != len(texts) or not all(label in (0, 1) for label in labels):
        raise line.error(f"key '{key}.labels': write a list of 0 and 1, one for each choice")
    return _plain(line, subset, asked, texts, [text for text, label in zip(texts, labels, strict=True) if label])


def _listed(line: JsonLine, subset: str, asked: str) -> Question:
    """``options`` and ``answer``: a place counted from 0, a letter, or the text itself."""
    texts = _texts(line, next(key for key in _OPTIONS if key in line.value))
    key = next((key for key in _ANSWER if key in line.value), None)
    if key is None:
        raise line.error("options, but no 'answer'; write the right one's place (from 0), letter or text")
    answer = line.value[key]
    if isinstance(answer, int) and not isinstance(answer, bool) and 0 <= answer < len(texts):
        return _plain(line, subset, asked, texts, [texts[answer]])
    if isinstance(answer, str) and answer.strip() in texts:
        return _plain(line, subset, asked, texts, [answer.strip()])
    letter = answer.strip().strip("().").upper() if isinstance(answer, str) else ""
    if len(letter) == 1 and 0 <= (place := ord(letter) - ord("A")) < len(texts):
        return _plain(line, subset, asked, texts, [texts[place]])
    shown = repr(answer)[:40]
    raise line.error(
        f"key {key!r}: {shown} is none of the {len(texts)} options; write a place (from 0), letter or text"
    )


_FORMS: dict[str, Callable[[JsonLine, str, str], Question]] = {
    "corrects": _paper,
    "target_scores": _target_scores,
    **dict.fromkeys(_LABELLED, _labelled),
    **dict.fromkeys(_OPTIONS, _listed),
}


def _plain(line: JsonLine, subset: str, asked: str, texts: Sequence[str], right: Sequence[str]) -> Question:
    options = tuple(_checked(line, texts, texts, right))
    places = frozenset(options.index(text) for text in right)
    return Question(where=_where(line), subset=subset, messages=_messages(asked), options=options, right=places)


def _checked(line: JsonLine, options: Sequence[str], given: Sequence[str], right: Sequence[str]) -> list[str]:
    if not all(text.strip() for text in given):
        raise line.error("a blank option; write what it says, or leave it out")
    if len({text.strip() for text in given}) < len(given):
        raise line.error("the same option twice; keep one of the two")
    if not 2 <= len(options) <= _MOST_OPTIONS:
        raise line.error(f"{len(options)} options; a question has 2 to {_MOST_OPTIONS}")
    if not 0 < len(right) < len(options):
        raise line.error(f"{len(right)} of {len(options)} options are right; at least one must be, and one must not")
    return list(options)


def _asked(line: JsonLine) -> str:
    for key in _ASKED:
        text = line.value.get(key)
        if text is not None:
            if not isinstance(text, str) or not text.strip():
                what = "a blank text" if isinstance(text, str) else kind_of(text)
                raise line.error(f"key {key!r}: {what} where the question should be; write it as one text")
            return text
    nearest = next(iter(line.value), "")
    raise line.error(f"no question; {did_you_mean(nearest, _ASKED)}")


def _texts(line: JsonLine, key: str) -> list[str]:
    values: Any = line.value.get(key)
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise line.error(f"key {key!r}: write a list of texts, none of them blank")
    return [value.strip() for value in values]


def _messages(asked: str) -> tuple[Message, ...]:
    """The conversation that a question is: a transcript's turns, or one turn of the user."""
    if not is_transcript(asked):
        return (Message("user", asked.strip()),)
    turns = transcript(asked)
    if turns[0].role == "system":  # a first turn without a mark is the user's
        turns = transcript(f"Human: {asked.strip()}")
    return turns[:-1] if turns[-1] == Message("assistant", "") else turns


def _unwrapped(text: str) -> str:
    return text.strip().removeprefix("[[[").removesuffix("]]]").strip()


def _where(line: JsonLine) -> str:
    return f"{line.path}:{line.number}"
