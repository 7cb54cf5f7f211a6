"""A conversation keeps what was said, takes it back, and is written down."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from charter.chat import Talk, model_config
from charter.errors import ConfigError, ModelError, StageError
from charter.models import Chat, Completion, Sampling
from charter.models.completer import OnDone
from charter.recipe import ModelConfig, Recipe
from charter.store import RunFolder

SAMPLING = Sampling(temperature=0.5, max_new_tokens=7)


class Scripted:
    """Answers with its name, how many turns it has seen, and the seed; remembers what it was asked."""

    digest = "d" * 64

    def __init__(self, name: str, answer: Callable[[Chat], Completion] | None = None) -> None:
        self.name = name
        self.asked: list[Chat] = []
        self._answer = answer or (lambda chat: Completion(f"{name} after {len(chat.messages)}", "stop", 3))

    def complete(self, chats: Sequence[Chat], sampling: Sampling, on_done: OnDone | None = None) -> list[Completion]:
        assert sampling == SAMPLING
        self.asked += chats
        return [self._answer(chat) for chat in chats]

    def score(self, chats: Sequence[Chat], options: Sequence[Sequence[str]]) -> list[list[float]]:
        raise NotImplementedError


def contents(chat: Chat) -> list[str]:
    return [message.content for message in chat.messages]


def test_each_model_hears_its_own_answers_alone() -> None:
    one, two = Scripted("one"), Scripted("two")
    talk = Talk({"a": one, "b": two}, SAMPLING, system="Be brief.")
    first = talk.say("Hi")
    talk.say("And?")
    assert {name: answer.text for name, answer in first.answers.items()} == {"a": "one after 2", "b": "two after 2"}
    assert contents(one.asked[1]) == ["Be brief.", "Hi", "one after 2", "And?"]
    assert contents(two.asked[1]) == ["Be brief.", "Hi", "two after 2", "And?"]
    assert [message.role for message in one.asked[1].messages] == ["system", "user", "assistant", "user"]
    assert [chat.seed for chat in one.asked] == [chat.seed for chat in two.asked]


def test_what_is_taken_back_is_forgotten_and_asked_again_with_another_seed() -> None:
    model = Scripted("one")
    talk = Talk({"a": model}, SAMPLING)
    assert not talk.undo()
    talk.say("Hi")
    assert talk.undo()
    talk.say("Hi")
    assert contents(model.asked[0]) == contents(model.asked[1]) == ["Hi"]
    assert model.asked[0].seed != model.asked[1].seed
    talk.reset()
    assert talk.exchanges == ()
    talk.say("Hi")
    assert contents(model.asked[2]) == ["Hi"]


def test_the_same_conversation_has_the_same_seeds() -> None:
    seeds = []
    for seed in (1, 1, 2):
        model = Scripted("one")
        talk = Talk({"a": model}, SAMPLING, seed=seed)
        talk.say("Hi")
        talk.say("And?")
        seeds.append([chat.seed for chat in model.asked])
    assert seeds[0] == seeds[1] != seeds[2]
    assert len({*seeds[0], *seeds[2]}) == 4


@pytest.mark.parametrize(
    ("completion", "said"),
    [
        (Completion("", "stop", 0, error="the prompt has 9 tokens"), "b has no answer: the prompt has 9 tokens"),
        (Completion(" \n", "stop", 1), "b has no answer: the model wrote nothing"),
    ],
)
def test_without_every_answer_nothing_is_kept(completion: Completion, said: str) -> None:
    talk = Talk({"a": Scripted("one"), "b": Scripted("two", lambda _: completion)}, SAMPLING)
    with pytest.raises(StageError, match=said):
        talk.say("Hi")
    assert talk.exchanges == ()


def test_an_answer_that_is_stopped_is_not_kept() -> None:
    def stopped(chat: Chat) -> Completion:
        if len(chat.messages) > 1:
            raise KeyboardInterrupt
        return Completion("x", "stop", 1)

    talk = Talk({"a": Scripted("one", stopped)}, SAMPLING)
    talk.say("Hi")
    with pytest.raises(KeyboardInterrupt):
        talk.say("And?")
    assert [exchange.said for exchange in talk.exchanges] == ["Hi"]


def test_it_is_written_down_once(tmp_path: Path) -> None:
    talk = Talk({"a": Scripted("one"), "b": Scripted("two")}, SAMPLING, system="S", seed=3)
    talk.say("Hé")
    path = tmp_path / "new" / "talk.jsonl"
    talk.save(path)
    first, second = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert (first["model"], second["model"], first["seed"], first["digest"]) == ("a", "b", 3, "d" * 64)
    assert first["sampling"] == {"temperature": 0.5, "top_p": 1.0, "max_new_tokens": 7}
    assert first["messages"] == [
        {"role": "system", "content": "S"},
        {"role": "user", "content": "Hé"},
        {"role": "assistant", "content": "one after 2"},
    ]
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="is there already; name a new file"):
        talk.save(path)
    with pytest.raises(ConfigError, match="cannot be written; name another file"):
        talk.save(path / "below-a-file")
    assert path.read_bytes() == before


def test_a_run_folder_means_the_model_that_it_trained_last(tmp_path: Path, tiny_llama: Path) -> None:
    folder = tmp_path / "run"
    recipe = Recipe(model=ModelConfig(name="base", revision="main", format="transcript", dtype="float32"))
    with RunFolder.open(folder, recipe, constitution_digest=""):
        pass
    with pytest.raises(ModelError, match=f"^{folder}: this run has trained no model yet; .*charter run --out {folder}"):
        model_config(str(folder), None)
    shutil.copytree(tiny_llama, folder / "checkpoints" / "sl-cai")
    config = model_config(str(folder), None)
    assert (config.name, config.revision) == (str(folder / "checkpoints" / "sl-cai"), None)
    assert (config.format, config.dtype) == ("transcript", "float32")
    assert model_config(str(folder), "chat").format == "chat"
    for later in ("dpo", "rl-cai"):
        shutil.copytree(tiny_llama, folder / "checkpoints" / later)
        assert model_config(str(folder), None).name == str(folder / "checkpoints" / later)


def test_any_other_name_is_that_of_a_recipe() -> None:
    assert model_config("organism", None) == ModelConfig(name="organism")
    assert model_config("org/name", "transcript") == ModelConfig(name="org/name", format="transcript")
