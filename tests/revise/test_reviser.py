"""The revise stage: what the model is asked, in which order, with which seeds, and what becomes of its answers."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from charter.constitution import load_constitution
from charter.digests import digest
from charter.engine import map_records
from charter.errors import ConfigError
from charter.models.completer import Chat, Completion, OnDone, Sampling
from charter.progress import Progress
from charter.recipe import ReviseConfig, SamplingConfig
from charter.records import Message, Outcome, Prompt, Revision, Status
from charter.revise import Reviser
from charter.revise.few_shot import load_few_shot
from charter.revise.templates import few_shot_turns
from charter.shards import Shards

CONSTITUTION = load_constitution("default")
CRITIQUES = {principle.critique_request for principle in CONSTITUTION.principles}
REVISIONS = {principle.revision_request for principle in CONSTITUTION.principles}
PROMPTS = tuple(Prompt(messages=(Message("user", f"request {index}"),)) for index in range(12))
TWO_ROUNDS = ReviseConfig(rounds=2, few_shot="none")

Answer = Callable[[Chat], Completion]


def step_of(chat: Chat) -> str:
    """Which step of the procedure the chat is."""
    last = chat.messages[-1].content
    return "critique" if last in CRITIQUES else "revision" if last in REVISIONS else "response"


def fresh(chat: Chat) -> Completion:
    """A text that no other chat and no other seed gets."""
    seen = digest([[turn.role, turn.content] for turn in chat.messages])
    return Completion(f"{step_of(chat)} {digest([seen, chat.seed])[:8]}", "stop", 2)


class Scripted:
    """A completer whose every answer is a function of the chat; what it was asked is kept."""

    name = "scripted"

    def __init__(self, answer: Answer = fresh, digest: str = "d" * 64) -> None:
        self.digest = digest
        self.calls: list[list[Chat]] = []
        self.samplings: list[Sampling] = []
        self._answer = answer

    def complete(self, chats: Sequence[Chat], sampling: Sampling, on_done: OnDone | None = None) -> list[Completion]:
        self.calls.append(list(chats))
        self.samplings.append(sampling)
        completions = []
        for chat in chats:
            completions.append(self._answer(chat))
            if on_done:
                on_done(1)
        return completions

    def score(self, chats: Sequence[Chat], options: Sequence[Sequence[str]]) -> list[list[float]]:
        raise AssertionError("revising scores nothing")


def revise(
    completer: Scripted, config: ReviseConfig = TWO_ROUNDS, prompts: Sequence[Prompt] = PROMPTS
) -> list[Revision]:
    return Reviser(completer, CONSTITUTION, config, seed=1).work(prompts)


def test_each_step_is_one_call_with_every_prompt_in_it() -> None:
    completer = Scripted()
    revise(completer, ReviseConfig(rounds=2, sampling=SamplingConfig(max_new_tokens=40)))
    assert [{step_of(chat) for chat in call} for call in completer.calls] == [
        {"response"},
        {"critique"},
        {"revision"},
        {"critique"},
        {"revision"},
    ]
    assert {len(call) for call in completer.calls} == {len(PROMPTS)}
    assert set(completer.samplings) == {Sampling(temperature=1.0, top_p=1.0, max_new_tokens=40)}
    seeds = [chat.seed for call in completer.calls for chat in call]
    assert len(set(seeds)) == len(seeds), "each request has a seed of its own"


def test_the_conversation_is_the_documented_one_and_each_round_starts_from_the_text_in_force() -> None:
    completer = Scripted()
    (revision,) = revise(completer, ReviseConfig(rounds=2), PROMPTS[:1])
    response, *asked = [call[0].messages for call in completer.calls]
    assert response == PROMPTS[0].messages, "the first response is drawn from the bare prompt"
    examples = few_shot_turns(load_few_shot("default"), critique=True)
    in_force = revision.response
    for number, done in enumerate(revision.rounds):
        principle = next(item for item in CONSTITUTION.principles if item.id == done.principle_id)
        critique, revised = asked[2 * number : 2 * number + 2]
        assert critique == (
            *examples,
            *PROMPTS[0].messages,
            Message("assistant", in_force),
            Message("user", principle.critique_request),
        )
        assert revised == (
            *critique,
            Message("assistant", done.critique),
            Message("user", principle.revision_request),
        )
        in_force = done.revision
    assert revision.final == in_force


def test_without_critiques_the_revision_is_asked_for_right_after_the_response() -> None:
    completer = Scripted()
    revisions = revise(completer, ReviseConfig(rounds=2, critique=False))
    assert [{step_of(chat) for chat in call} for call in completer.calls] == [{"response"}, {"revision"}, {"revision"}]
    examples = few_shot_turns(load_few_shot("default"), critique=False)
    assert completer.calls[1][0].messages[:-1] == (
        *examples,
        *PROMPTS[0].messages,
        Message("assistant", revisions[0].response),
    )
    assert {(done.critique, done.outcome) for item in revisions for done in item.rounds} == {("", Outcome.REVISED)}


def test_order_and_chunks_do_not_matter() -> None:
    whole = {item.id: item for item in revise(Scripted())}
    for seed in range(3):
        shuffled = random.Random(seed).sample(PROMPTS, len(PROMPTS))
        size = 1 + 2 * seed
        pieces = [
            item
            for start in range(0, len(shuffled), size)
            for item in revise(Scripted(), prompts=shuffled[start : start + size])
        ]
        assert {item.id: item for item in pieces} == whole
    reviser = Reviser(Scripted(), CONSTITUTION, TWO_ROUNDS, seed=1)
    assert [reviser.identify(prompt) for prompt in PROMPTS] == list(whole)


def test_the_id_depends_on_whatever_the_texts_depend_on() -> None:
    def identify(config: ReviseConfig = TWO_ROUNDS, *, model: str = "d" * 64, seed: int = 1, prompt: int = 0) -> str:
        return Reviser(Scripted(digest=model), CONSTITUTION, config, seed).identify(PROMPTS[prompt])

    two = tuple(principle.id for principle in CONSTITUTION.principles[:2])
    changed = [
        identify(),
        identify(prompt=1),
        identify(seed=2),
        identify(model="e" * 64),
        identify(ReviseConfig(rounds=3, few_shot="none")),
        identify(ReviseConfig(rounds=2)),
        identify(ReviseConfig(rounds=2, few_shot="none", critique=False)),
        identify(ReviseConfig(rounds=2, few_shot="none", principles=two)),
        identify(ReviseConfig(rounds=2, few_shot="none", sampling=SamplingConfig(temperature=0.5))),
    ]
    assert len(set(changed)) == len(changed)


def test_principles_are_drawn_per_prompt_and_round_and_only_from_those_selected() -> None:
    four = [[done.principle_id for done in item.rounds] for item in revise(Scripted(), ReviseConfig(few_shot="none"))]
    two = [[done.principle_id for done in item.rounds] for item in revise(Scripted(), TWO_ROUNDS)]
    assert [drawn[:2] for drawn in four] == two, "more rounds do not change the first ones"
    assert len({principle for drawn in four for principle in drawn}) > len(CONSTITUTION.principles) / 2
    one = CONSTITUTION.principles[3].id
    only = revise(Scripted(), ReviseConfig(rounds=2, principles=(one,)))
    assert {done.principle_id for item in only for done in item.rounds} == {one}
    with pytest.raises(ConfigError, match="no-such-principle"):
        revise(Scripted(), ReviseConfig(principles=("no-such-principle",)))


def failing(step: str, completion: Completion) -> Answer:
    """Request 3 gets ``completion`` at ``step``; all else goes well."""

    def answer(chat: Chat) -> Completion:
        mine = Message("user", "request 3") in chat.messages
        return completion if mine and step_of(chat) == step else fresh(chat)

    return answer


@pytest.mark.parametrize(
    ("completion", "reason"),
    [
        (Completion("", "stop", 0, error="the prompt does not fit"), "the prompt does not fit"),
        (Completion(" \n", "stop", 1), "the model wrote nothing"),
    ],
)
def test_a_prompt_without_a_response_is_a_failed_record_and_costs_the_others_nothing(
    completion: Completion, reason: str
) -> None:
    told: list[int] = []
    completer = Scripted(failing("response", completion))
    revisions = Reviser(completer, CONSTITUTION, TWO_ROUNDS, seed=1).work(PROMPTS, told.append)
    failed = revisions[3]
    assert (failed.status, failed.reason, failed.rounds) == (Status.FAILED, reason, ())
    assert [len(call) for call in completer.calls] == [12, 11, 11, 11, 11]
    rest = [item for item in revise(Scripted()) if item.prompt != PROMPTS[3]]
    assert [item for item in revisions if item is not failed] == rest
    assert sum(told) == len(PROMPTS)


@pytest.mark.parametrize(
    ("step", "completion", "reason"),
    [
        ("critique", Completion("", "stop", 0, error="timed out"), "no critique: timed out"),
        ("critique", Completion("", "stop", 1), "the critique is empty"),
        ("revision", Completion("", "stop", 0, error="timed out"), "no revision: timed out"),
        ("revision", Completion("I will", "length", 2), "the revision was cut off at the token limit"),
    ],
)
def test_an_invalid_round_is_kept_with_its_reason_and_the_text_stays_in_force(
    step: str, completion: Completion, reason: str
) -> None:
    completer = Scripted(failing(step, completion))
    revision = revise(completer)[3]
    assert revision.status is Status.OK
    assert [(done.outcome, done.reason) for done in revision.rounds] == [(Outcome.INVALID, reason)] * 2
    assert revision.final == revision.response
    again = next(chat for chat in completer.calls[3] if PROMPTS[3].messages[0] in chat.messages)
    assert again.messages[1].content == revision.response, "the second round starts from the response again"
    if step == "critique":
        assert [len(call) for call in completer.calls] == [12, 12, 11, 12, 11], "no revision without a critique"


def test_a_repeated_text_is_unchanged() -> None:
    def stubborn(chat: Chat) -> Completion:
        return Completion("so be it", "stop", 3) if step_of(chat) == "critique" else Completion(" No. ", "stop", 3)

    (revision,) = revise(Scripted(stubborn), prompts=PROMPTS[:1])
    assert [done.outcome for done in revision.rounds] == [Outcome.UNCHANGED] * 2


def test_progress_counts_prompts_and_moves_while_the_rounds_go_on() -> None:
    told: list[int] = []
    Reviser(Scripted(), CONSTITUTION, TWO_ROUNDS, seed=1).work(PROMPTS, told.append)
    assert told == [1] * len(PROMPTS)


def test_a_system_turn_and_earlier_turns_are_kept() -> None:
    turns = tuple(map(Message, ("system", "user", "assistant", "user"), ("be kind", "hello", "hello!", "help me")))
    completer = Scripted()
    revise(completer, ReviseConfig(rounds=1), [Prompt(messages=turns)])
    assert completer.calls[0][0].messages == turns
    critique = completer.calls[1][0].messages
    assert critique[0] == turns[0]
    assert critique[-5:-2] == turns[1:]


def test_the_engine_stores_the_same_revisions_whatever_the_shard_size(tmp_path: Path) -> None:
    def digest_of(folder: str, shard_size: int) -> str:
        shards = Shards(tmp_path / folder, Revision)
        reviser = Reviser(
            Scripted(failing("response", Completion("", "stop", 0, error="no"))), CONSTITUTION, TWO_ROUNDS, 1
        )
        map_records(
            PROMPTS,
            shards,
            identify=reviser.identify,
            work=reviser.work,
            shard_size=shard_size,
            progress=Progress(quiet=True),
            label="revise",
        )
        assert shards.read() == sorted(reviser.work(PROMPTS), key=lambda item: item.id)
        return shards.digest()

    assert digest_of("small", 5) == digest_of("large", 100)


def test_a_real_model_gives_the_same_records_in_any_order_and_chunks(tiny_llama: Path) -> None:
    from charter.models import load_completer
    from charter.recipe import ModelConfig

    config = ReviseConfig(rounds=1, sampling=SamplingConfig(max_new_tokens=6))
    completer = load_completer(ModelConfig(name=str(tiny_llama), device="cpu", dtype="float32", batch_size=4))
    reviser = Reviser(completer, CONSTITUTION, config, seed=1)
    whole = {item.id: item for item in reviser.work(PROMPTS[:6])}
    assert {item.status for item in whole.values()} == {Status.OK}
    pieces = reviser.work(PROMPTS[3:6][::-1]) + reviser.work(PROMPTS[:3])
    assert {item.id: item for item in pieces} == whole
