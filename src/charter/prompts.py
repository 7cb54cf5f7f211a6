"""Prompts: read from a user's JSONL or from the organism's world, and dealt out to training and to the tests.

The file format is described in ``docs/prompts.md``.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from charter.digests import derive_seed
from charter.disk import write_atomic
from charter.documents import did_you_mean
from charter.errors import ConfigError
from charter.jsonl import JsonLine, kind_of, read_lines
from charter.recipe import PromptsConfig
from charter.records import Message, Prompt, PromptKind, Role, Split

_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)

_KEYS = ("messages", "prompt", "kind", "category", "split", "held_out")
_TURN_KEYS = ("role", "content")
_ALIASES = {
    "conversation": "messages",
    "conversations": "messages",
    "dialogue": "messages",
    "instruction": "prompt",
    "question": "prompt",
    "text": "prompt",
    "input": "prompt",
    "label": "category",
    "type": "kind",
    "from": "role",
    "value": "content",
    "human": "user",
    "prompter": "user",
    "ai": "assistant",
    "bot": "assistant",
    "gpt": "assistant",
    "model": "assistant",
    "harmful": "red_team",
    "harmless": "benign",
    "helpful": "benign",
    "borderline": "look_alike",
    "training": "train",
    "validation": "test",
    "eval": "test",
}
"""What other formats call the same thing, for the suggestion in an error."""


@dataclass(frozen=True, slots=True)
class PromptSets:
    """The prompts of a run, dealt out. Each set is in the order of a hash, whatever order the file had."""

    train_red_team: tuple[Prompt, ...]
    """Revised, and trained on."""
    train_benign: tuple[Prompt, ...]
    """Answered by the model itself; the answers are trained on beside the revisions."""
    spare_red_team: tuple[Prompt, ...]
    """Training prompts beyond ``PromptsConfig.train_red_team``: only responses to them are compared, and rewarded."""
    spare_benign: tuple[Prompt, ...]
    test_red_team: tuple[Prompt, ...]
    test_benign: tuple[Prompt, ...]
    test_look_alike: tuple[Prompt, ...]
    test_held_out: tuple[Prompt, ...]
    """Red-team prompts of categories that no training prompt has."""

    @property
    def train(self) -> tuple[Prompt, ...]:
        """Every prompt that the supervised stages use."""
        return self.train_red_team + self.train_benign

    @property
    def spare(self) -> tuple[Prompt, ...]:
        """Every other prompt that training may use."""
        return self.spare_red_team + self.spare_benign

    def feedback(self, kind: Literal["red_team", "benign"], at_most: int | None) -> tuple[Prompt, ...]:
        """Training prompts for the stages after fine-tuning; first those that it has not seen."""
        spare, used = {
            "red_team": (self.spare_red_team, self.train_red_team),
            "benign": (self.spare_benign, self.train_benign),
        }[kind]
        return (spare + used)[:at_most]

    @property
    def test(self) -> tuple[Prompt, ...]:
        """Every prompt that is evaluated on."""
        return self.test_red_team + self.test_benign + self.test_look_alike + self.test_held_out


def load_prompts(config: PromptsConfig, seed: int) -> tuple[Prompt, ...]:
    """The prompts that a recipe names, each with its split decided.

    Raises:
        ConfigError: the file cannot be used; see ``read_jsonl``.
    """
    if config.path == "organism":
        from charter.organisms import shipped_prompts

        return shipped_prompts()
    return read_jsonl(Path(config.path), test_fraction=config.test_fraction, seed=seed)


def read_jsonl(path: Path, *, test_fraction: float = 0.2, seed: int = 0) -> tuple[Prompt, ...]:
    """The prompts of a JSONL file, in its order.

    A prompt whose line names no split gets one from a hash of its id and ``seed``: adding or moving lines changes
    the split of no other. Look-alike and held-out prompts without a split are test prompts, for nothing trains on
    them. A conversation that stands in the file twice is kept once; how many were dropped is logged as a warning.

    Raises:
        ConfigError: naming file, line, key and mend.
    """
    kept: dict[tuple[Message, ...], _Entry] = {}
    repeats: list[tuple[int, int]] = []
    for line in read_lines(path):
        entry = _Entry.parse(line)
        first = kept.setdefault(entry.prompt.messages, entry)
        if first is not entry:
            _check_same_labels(first, entry)
            repeats.append((first.line.number, line.number))
    if repeats:
        first_line, line_number = repeats[0]
        _LOG.warning(
            "%s: %d duplicate prompts dropped (the first: line %d repeats line %d)",
            path,
            len(repeats),
            line_number,
            first_line,
        )
    entries = [entry.with_split(test_fraction, seed) for entry in kept.values()]
    _check_held_out(entries)
    return tuple(entry.prompt for entry in entries)


def write_jsonl(prompts: Iterable[Prompt], path: Path) -> None:
    """Write prompts as ``read_jsonl`` reads them. The file appears whole or not at all."""
    lines = (json.dumps(row(prompt), ensure_ascii=False) + "\n" for prompt in prompts)
    write_atomic(path, "".join(lines).encode("utf-8"))


def row(prompt: Prompt) -> dict[str, Any]:
    return {
        "messages": [{"role": message.role, "content": message.content} for message in prompt.messages],
        "kind": prompt.kind,
        "category": prompt.category,
        "split": prompt.split,
        "held_out": prompt.held_out,
    }


def split(prompts: Sequence[Prompt], config: PromptsConfig, seed: int) -> PromptSets:
    """Deal prompts out by split and kind, and take at most as many of each as ``config`` says.

    Which ones are taken depends on a hash of their ids and ``seed``: a smaller maximum takes a subset of what a
    larger one takes, and the order of ``prompts`` does not matter.

    Raises:
        ConfigError: there is no red-team training prompt, or no red-team test prompt outside held-out categories.
    """
    dealt: dict[tuple[Split, PromptKind, bool], list[Prompt]] = {}
    for prompt in sorted(prompts, key=lambda prompt: (derive_seed(seed, "subsample", prompt.id), prompt.id)):
        apart = prompt.kind == "red_team" and prompt.split == "test" and prompt.held_out
        dealt.setdefault((prompt.split, prompt.kind, apart), []).append(prompt)

    def take(part: Split, kind: PromptKind, maximum: int | None, *, held_out: bool = False) -> tuple[Prompt, ...]:
        return tuple(dealt.get((part, kind, held_out), [])[:maximum])

    def leave(kind: PromptKind, maximum: int | None) -> tuple[Prompt, ...]:
        return () if maximum is None else tuple(dealt.get(("train", kind, False), [])[maximum:])

    sets = PromptSets(
        train_red_team=take("train", "red_team", config.train_red_team),
        train_benign=take("train", "benign", config.train_benign),
        spare_red_team=leave("red_team", config.train_red_team),
        spare_benign=leave("benign", config.train_benign),
        test_red_team=take("test", "red_team", config.test_red_team),
        test_benign=take("test", "benign", config.test_benign),
        test_look_alike=take("test", "look_alike", config.test_look_alike),
        test_held_out=take("test", "red_team", config.test_held_out, held_out=True),
    )
    unused = dealt.get(("train", "look_alike", False), [])
    if unused:
        _LOG.warning("%s: %d look-alike prompts have split 'train' and are not used", config.path, len(unused))
    if not sets.train_red_team:
        raise ConfigError(
            f"{config.path}: no red-team training prompts, and those are what is revised; "
            'add prompts of kind "red_team", or give some the split "train"'
        )
    if not sets.test_red_team:
        raise ConfigError(
            f"{config.path}: no red-team test prompts, so nothing could be measured; "
            'give some prompts of kind "red_team" the split "test", add more, or raise prompts.test_fraction'
        )
    return sets


@dataclass(frozen=True, slots=True)
class _Entry:
    """A prompt, and the split that its line names, if any."""

    line: JsonLine
    prompt: Prompt
    given_split: Split | None

    @classmethod
    def parse(cls, line: JsonLine) -> "_Entry":
        for key in line.value:
            if key not in _KEYS:
                raise line.error(f"unknown key {key!r}; {_suggest(key, _KEYS)}")
        kind = _choice(line, "kind", get_args(PromptKind))
        given: Split | None = _choice(line, "split", get_args(Split))
        category = _value(line, "category", str, "text") or ""
        held_out = _value(line, "held_out", bool, "true or false") or False
        if held_out and given == "train":
            raise line.error("key 'held_out': a held-out prompt is a test prompt; give it the split \"test\"")
        if held_out and not category.strip():
            raise line.error("key 'held_out': it says that a category is held out; name it under 'category'")
        prompt = Prompt(
            messages=_messages(line),
            kind=kind or "red_team",
            category=category,
            split=given or "train",
            held_out=held_out,
        )
        return cls(line, prompt, given)

    def with_split(self, test_fraction: float, seed: int) -> "_Entry":
        if self.given_split is not None:
            return self
        only_tested = self.prompt.held_out or self.prompt.kind == "look_alike"
        drawn = derive_seed(seed, "split", self.prompt.id) < test_fraction * 2**63
        return replace(self, prompt=replace(self.prompt, split="test" if only_tested or drawn else "train"))


def _check_same_labels(first: _Entry, again: _Entry) -> None:
    for key, before, now in (
        ("kind", first.prompt.kind, again.prompt.kind),
        ("category", first.prompt.category, again.prompt.category),
        ("split", first.given_split, again.given_split),
        ("held_out", first.prompt.held_out, again.prompt.held_out),
    ):
        if before != now:
            raise again.line.error(
                f"key {key!r}: the same conversation as in line {first.line.number}, but {_shown(now)} here and "
                f"{_shown(before)} there; keep one of the two"
            )


def _check_held_out(entries: Sequence[_Entry]) -> None:
    trained = {entry.prompt.category: entry for entry in entries if entry.prompt.split == "train"}
    for entry in entries:
        category = entry.prompt.category
        if entry.prompt.held_out and category in trained:
            raise entry.line.error(
                f"key 'held_out': category {category!r} is also trained on (line {trained[category].line.number}); "
                "set held_out on every prompt of the category, or on none"
            )


def _messages(line: JsonLine) -> tuple[Message, ...]:
    messages, text = line.value.get("messages"), line.value.get("prompt")
    if messages is not None and text is not None:
        raise line.error("both 'messages' and 'prompt'; keep one of the two")
    if text is not None:
        return (Message("user", _content(line, "prompt", text)),)
    if messages is None:
        raise line.error('no \'messages\'; add "messages": [{"role": "user", "content": "..."}], or "prompt": "..."')
    if not isinstance(messages, list):
        raise line.error(
            f"key 'messages': {kind_of(messages)} where a list of turns should be; for a text use 'prompt'"
        )
    if not messages:
        raise line.error("key 'messages': no turns; a prompt has at least the user's")
    turns = tuple(_turn(line, f"messages[{index}]", turn) for index, turn in enumerate(messages))
    _check_order(line, turns)
    return turns


def _turn(line: JsonLine, key: str, turn: object) -> Message:
    if not isinstance(turn, dict):
        raise line.error(f'key {key!r}: {kind_of(turn)} where {{"role": ..., "content": ...}} should be')
    for name in turn:
        if name not in _TURN_KEYS:
            raise line.error(f"key {key!r}: unknown key {name!r}; {_suggest(name, _TURN_KEYS)}")
    for name in _TURN_KEYS:
        if name not in turn:
            raise line.error(f"key {key!r}: no {name!r}; a turn has 'role' and 'content'")
    roles: tuple[Role, ...] = get_args(Role)
    role = turn["role"]
    if role not in roles:
        raise line.error(f"key '{key}.role': {_shown(role)} is no role; {_suggest(role, roles)}")
    return Message(role, _content(line, f"{key}.content", turn["content"]))


def _check_order(line: JsonLine, turns: Sequence[Message]) -> None:
    for index, turn in enumerate(turns):
        previous = turns[index - 1].role if index else None
        if turn.role == "system" and index:
            raise line.error(f"key 'messages[{index}].role': a system turn after the first; move it to the beginning")
        if turn.role == previous:
            raise line.error(f"key 'messages[{index}].role': two turns of the {turn.role} in a row; join them into one")
        if turn.role == "assistant" and previous in (None, "system"):
            raise line.error(f"key 'messages[{index}].role': the assistant speaks first; begin with the user's turn")
    if turns[-1].role != "user":
        raise line.error(
            f"key 'messages': the last turn is the {turns[-1].role}'s; a prompt ends with the user's, "
            "so drop the turns after it"
        )


def _content(line: JsonLine, key: str, content: object) -> str:
    if not isinstance(content, str):
        raise line.error(f"key {key!r}: {kind_of(content)} where text should be; write one string (text turns only)")
    if not content.strip():
        raise line.error(f"key {key!r}: the text is blank; write it, or drop the line")
    return content


def _value(line: JsonLine, key: str, kind: type[_T], name: str) -> _T | None:
    """The value under an optional key; None when it is absent or null."""
    value = line.value.get(key)
    if value is not None and not isinstance(value, kind):
        raise line.error(f"key {key!r}: {kind_of(value)} where {name} should be")
    return value


def _choice(line: JsonLine, key: str, options: tuple[Any, ...]) -> Any:
    value = line.value.get(key)
    if value is not None and value not in options:
        raise line.error(f"key {key!r}: {_shown(value)} is none of its values; {_suggest(value, options)}")
    return value


def _suggest(given: object, options: Sequence[str]) -> str:
    """The mend for ``given``, which is none of ``options``."""
    word = str(given).strip().casefold()
    alias = _ALIASES.get(word)
    return did_you_mean(alias if alias is not None and alias in options else word, options)


def _shown(value: object) -> str:
    text = "none" if value is None else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
