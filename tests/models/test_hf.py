"""The completer in this process: the tokens of transformers' own generate, whatever is shared, batched or continued."""

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from charter.models.completer import Chat, Completion, Sampling
from charter.models.hf import HfCompleter
from charter.models.hf_rows import SLOTS_AHEAD
from charter.records import Message

FolderOf = Callable[[str], Path]
Load = Callable[..., HfCompleter]

SHARED = ("llama", "llama_gqa", "qwen2", "gpt2", "gpt_neox", "opt")
PLAIN = ("mistral_sliding", "mamba")
GREEDY = Sampling(temperature=0, max_new_tokens=12)
SAMPLED = Sampling(temperature=1, top_p=0.9, max_new_tokens=12)


class Reference:
    """transformers alone: one prompt at a time, no padding, no sharing."""

    def __init__(self, folder: Path) -> None:
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)

    def tokens(self, chat: Chat) -> list[int]:
        turns = [{"role": turn.role, "content": turn.content} for turn in chat.messages]
        text = self.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def new_tokens(self, chat: Chat, most: int) -> list[int]:
        ids = torch.tensor([self.tokens(chat)])
        out = self.model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=most, do_sample=False)
        new: list[int] = out[0, ids.shape[1] :].tolist()
        return new

    def greedy(self, chat: Chat, most: int) -> Completion:
        new = self.new_tokens(chat, most)
        stopped = new[-1] == self.tokenizer.eos_token_id
        text = self.tokenizer.decode(new[:-1] if stopped else new, skip_special_tokens=True)
        return Completion(text.strip(), "stop" if stopped else "length", len(new))

    @torch.inference_mode()
    def score(self, chat: Chat, option: str) -> float:
        prompt, rest = self.tokens(chat), self.tokenizer(option, add_special_tokens=False)["input_ids"]
        after = self.model(torch.tensor([prompt + rest])).logits[0].double().log_softmax(-1)
        return sum(float(after[len(prompt) - 1 + index, token]) for index, token in enumerate(rest))


class Counter:
    """Counts the tokens that a model is given, padding included."""

    def __init__(self, completer: HfCompleter) -> None:
        self.passes: list[tuple[int, int]] = []
        completer._loaded.model.register_forward_pre_hook(self._count, with_kwargs=True)

    def _count(self, _module: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        self.passes.append(tuple(kwargs["input_ids"].shape))

    def prompt_tokens(self) -> int:
        """Tokens of passes over more than one token a row."""
        return sum(rows * tokens for rows, tokens in self.passes if tokens > 1)


def revise(chats: Sequence[Chat], completions: Sequence[Completion]) -> list[Chat]:
    """What comes after a critique: the same chat, what was written, and another request."""
    again = "Rewrite the answer so that nobody is hurt."
    return [
        Chat(
            (*chat.messages, Message("assistant", done.text), Message("user", again * (1 + index % 2))), chat.seed + 50
        )
        for index, (chat, done) in enumerate(zip(chats, completions, strict=True))
    ]


@pytest.mark.parametrize("architecture", SHARED + PLAIN)
def test_greedy_tokens_are_those_of_generate_in_a_batch_and_continued(
    architecture: str, folder_of: FolderOf, load: Load, chats: list[Chat]
) -> None:
    folder = folder_of(architecture)
    completer, reference = load(folder, batch_size=4), Reference(folder)
    first = completer.complete(chats, GREEDY)
    assert first == [reference.greedy(chat, 12) for chat in chats]
    second = revise(chats, first)
    assert completer.complete(second, GREEDY) == [reference.greedy(chat, 12) for chat in second]


@pytest.mark.parametrize(
    ("architecture", "way"), [(name, "shared:") for name in SHARED] + [(name, "one by one") for name in PLAIN]
)
def test_each_architecture_runs_the_way_it_can(architecture: str, way: str, folder_of: FolderOf, load: Load) -> None:
    assert load(folder_of(architecture)).choices["generation"].startswith(way)


@pytest.mark.parametrize("architecture", ["llama_gqa", "mamba"])
def test_a_seed_gives_the_same_sample_alone_in_any_batch_and_in_any_order(
    architecture: str, folder_of: FolderOf, load: Load, chats: list[Chat]
) -> None:
    completer = load(folder_of(architecture), batch_size=4)
    together = completer.complete(chats, SAMPLED)
    assert [completer.complete([chat], SAMPLED)[0] for chat in chats] == together
    assert completer.complete(chats[::-1], SAMPLED)[::-1] == together
    assert len({done.text for done in together}) == len(together)
    other_seeds = completer.complete([Chat(chat.messages, chat.seed + 1000) for chat in chats], SAMPLED)
    assert all(one != other for one, other in zip(together, other_seeds, strict=True))


def test_the_same_chat_with_many_seeds_is_computed_once(tiny_llama: Path, load: Load, chats: list[Chat]) -> None:
    completer = load(tiny_llama)
    counter = Counter(completer)
    prompt = completer._requests(chats[:1], 1)[0].tokens
    many = completer.complete([Chat(chats[0].messages, seed) for seed in range(20)], SAMPLED)
    assert len({done.text for done in many}) > 10
    assert counter.prompt_tokens() <= len(prompt)


def test_a_shared_beginning_is_computed_once_and_kept_for_later_calls(
    tiny_llama: Path, load: Load, chats: list[Chat]
) -> None:
    completer = load(tiny_llama)
    counter = Counter(completer)
    lengths = [len(request.tokens) for request in completer._requests(chats, 1)]
    completer.complete(chats, GREEDY)
    prefix, *rest = [shape for shape in counter.passes if shape[1] > 1]
    assert prefix[0] == 1
    assert prefix[1] > 32
    assert rest == [(len(chats), max(lengths) - prefix[1])]
    counter.passes.clear()
    completer.complete(list(chats), GREEDY)
    assert [shape for shape in counter.passes if shape[1] > 1] == rest


def test_a_chat_that_goes_on_computes_only_what_is_new(tiny_llama: Path, load: Load, chats: list[Chat]) -> None:
    completer = load(tiny_llama)
    first = completer.complete(chats, GREEDY)
    second = revise(chats, first)
    before = [len(request.tokens) for request in completer._requests(chats, 1)]
    after = [len(request.tokens) for request in completer._requests(second, 1)]
    counter = Counter(completer)
    completer.complete(second, GREEDY)
    # All that is new: the answer's last token, which was never put in, the request, and the template's own tokens.
    most = max(new - old for new, old in zip(after, before, strict=True))
    assert counter.prompt_tokens() <= len(chats) * most
    anew = load(tiny_llama)
    count_anew = Counter(anew)
    anew.complete(second, GREEDY)
    assert counter.prompt_tokens() < count_anew.prompt_tokens() / 1.5


def test_a_call_gives_the_same_bits_whatever_was_kept(tiny_llama: Path, load: Load, chats: list[Chat]) -> None:
    fresh = load(tiny_llama).complete(chats, SAMPLED)
    used = load(tiny_llama)
    used.complete(revise(chats, used.complete(chats[::-1], GREEDY)), SAMPLED)
    used.score(chats, [["(A)", "(B)"]] * len(chats))
    assert used.complete(chats, SAMPLED) == fresh


@pytest.mark.parametrize("architecture", SHARED + PLAIN)
def test_scores_are_those_of_a_pass_by_hand(
    architecture: str, folder_of: FolderOf, load: Load, chats: list[Chat]
) -> None:
    folder = folder_of(architecture)
    options = [["(A)", "(B)"], ["yes"], [], ["", "no, never"], ["(A) the first", "x"], ["(A)", "(A)"]]
    found = load(folder, batch_size=3).score(chats, options)
    reference = Reference(folder)
    expected = [[reference.score(chat, text) for text in texts] for chat, texts in zip(chats, options, strict=True)]
    assert [len(row) for row in found] == [2, 1, 0, 2, 2, 2]
    for row, wanted in zip(found, expected, strict=True):
        assert row == pytest.approx(wanted, abs=2e-4)


def test_scoring_computes_a_prompt_once_for_all_its_options(tiny_llama: Path, load: Load, chats: list[Chat]) -> None:
    completer = load(tiny_llama)
    counter = Counter(completer)
    prompt = completer._requests(chats[:1], 1)[0].tokens
    completer.score(chats[:1], [["(A)", "(B)", "yes", "no"]])
    assert [shape for shape in counter.passes if shape[1] == len(prompt)] == [(1, len(prompt))]
    assert all(tokens < 8 for _, tokens in counter.passes[1:])


def test_answers_longer_than_the_slots_made_ahead(tiny_llama: Path, load: Load, chats: list[Chat]) -> None:
    most = 2 * SLOTS_AHEAD["cpu"] + 7
    reference = Reference(tiny_llama)
    found = load(tiny_llama).complete(chats, Sampling(temperature=0, max_new_tokens=most))
    assert max(done.tokens for done in found) > SLOTS_AHEAD["cpu"] + 1
    assert found == [reference.greedy(chat, most) for chat in chats]


def test_a_prompt_that_does_not_fit_is_an_error_of_its_own(tiny_llama: Path, load: Load, chats: list[Chat]) -> None:
    completer = load(tiny_llama)
    long = Chat((Message("user", "lock " * 600),))
    done: list[int] = []
    found = completer.complete([chats[0], long, chats[1]], GREEDY, done.append)
    assert "tokens, and the model's context 512" in found[1].error
    assert found[1].text == ""
    assert [found[0], found[2]] == completer.complete(chats[:2], GREEDY)
    assert sum(done) == 3
    scores = completer.score([chats[0], long], [["(A)"], ["(A)", "(B)"]])
    assert math.isfinite(scores[0][0])
    assert all(math.isnan(score) for score in scores[1])


def test_an_answer_is_cut_where_the_context_ends(tiny_llama: Path, load: Load) -> None:
    completer = load(tiny_llama)
    nearly = Chat((Message("user", "lock " * 96),))
    length = len(completer._requests([nearly], 1)[0].tokens)
    found = completer.complete([nearly], Sampling(temperature=0, max_new_tokens=2000))[0]
    assert not found.error
    assert found.finish == "stop" or found.tokens == 512 - length


@pytest.mark.parametrize("architecture", ["llama", "mamba"])
def test_only_the_sampling_says_how_text_is_drawn(
    architecture: str, make_tiny_model: Callable[..., Path], tmp_path: Path, load: Load, chats: list[Chat]
) -> None:
    folder = make_tiny_model(tmp_path / "m", architecture)
    expected = load(folder).complete(chats, SAMPLED)
    settings = folder / "generation_config.json"
    own = {"repetition_penalty": 5.0, "top_k": 1, "temperature": 0.1, "do_sample": True, "suppress_tokens": [9, 10, 11]}
    settings.write_text(json.dumps(json.loads(settings.read_text()) | own))
    assert load(folder).complete(chats, SAMPLED) == expected


def test_the_models_own_ends_of_text_end_a_turn(
    make_tiny_model: Callable[..., Path], tmp_path: Path, load: Load, chats: list[Chat]
) -> None:
    folder = make_tiny_model(tmp_path / "m")
    before = load(folder).complete(chats, GREEDY)
    which = next(index for index, done in enumerate(before) if done.tokens > 3)
    third = Reference(folder).new_tokens(chats[which], 3)[2]
    settings = folder / "generation_config.json"
    own = json.loads(settings.read_text())
    settings.write_text(json.dumps(own | {"eos_token_id": [own["eos_token_id"], third]}))
    after = load(folder).complete(chats, GREEDY)[which]
    assert after.finish == "stop"
    assert after.tokens <= 3
    assert before[which].text.startswith(after.text)


def test_turns_that_the_template_refuses_are_an_error_of_that_chat(
    make_tiny_model: Callable[..., Path], tmp_path: Path, load: Load, chats: list[Chat]
) -> None:
    folder = make_tiny_model(tmp_path / "m")
    template = folder / "chat_template.jinja"
    refusal = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system turn') }}{% endif %}"
    template.write_text(refusal + template.read_text())
    completer = load(folder)
    system = Chat((Message("system", "Be kind."), Message("user", "Hello.")))
    found = completer.complete([system, chats[0]], GREEDY)
    assert found[0].error == "the chat template does not take these turns: no system turn"
    assert found[1] == completer.complete(chats[:1], GREEDY)[0]


def test_every_chat_is_told_of_when_it_is_done(tiny_llama: Path, load: Load, chats: list[Chat]) -> None:
    done: list[int] = []
    load(tiny_llama, batch_size=2).complete(chats, GREEDY, done.append)
    assert done == [1] * len(chats)


def test_no_chats_make_no_completions(tiny_llama: Path, load: Load) -> None:
    assert load(tiny_llama).complete([], GREEDY) == []
    assert load(tiny_llama).score([], []) == []


@pytest.mark.parametrize("architecture", ["llama", "mamba"])
def test_a_batch_that_does_not_fit_in_memory_is_halved(
    architecture: str, folder_of: FolderOf, load: Load, chats: list[Chat]
) -> None:
    expected = load(folder_of(architecture)).complete(chats, SAMPLED)
    completer = load(folder_of(architecture))
    _limit_rows(completer, 2)
    done: list[int] = []
    assert completer.complete(chats, SAMPLED, done.append) == expected
    assert sum(done) == len(chats)
    assert completer.choices["batch"] == "2: 3 rows together did not fit in memory"
    assert "batch" not in load(folder_of(architecture)).choices


@pytest.mark.parametrize("architecture", ["llama", "mamba"])
def test_a_chat_that_does_not_fit_in_memory_alone_is_an_error(
    architecture: str, folder_of: FolderOf, load: Load, chats: list[Chat]
) -> None:
    completer = load(folder_of(architecture))
    _limit_rows(completer, 0)
    found = completer.complete(chats[:2], GREEDY)
    assert [done.error for done in found] == ["out of memory, even alone in its batch"] * 2
    assert all(math.isnan(score) for score in completer.score(chats[:1], [["a"]])[0])


def _limit_rows(completer: HfCompleter, most: int) -> None:
    """As on a GPU whose memory takes so many rows."""

    def refuse(_module: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        if len(kwargs["input_ids"]) > most:
            raise torch.OutOfMemoryError("too many rows")

    completer._loaded.model.register_forward_pre_hook(refuse, with_kwargs=True)


def test_a_window_longer_than_the_chat_is_no_hindrance(
    make_tiny_model: Callable[..., Path], tmp_path: Path, load: Load, chats: list[Chat]
) -> None:
    folder = make_tiny_model(tmp_path / "m", "mistral_sliding")
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"sliding_window": 16', '"sliding_window": 130'))
    completer, reference = load(folder), Reference(folder)
    assert completer.choices["generation"].startswith("shared:")
    assert "through generate for more than 130 tokens" in completer.choices["generation"]
    lengths = [len(request.tokens) for request in completer._requests(chats, 1)]
    assert min(lengths) + 12 < 130 < max(lengths)
    assert completer.complete(chats, GREEDY) == [reference.greedy(chat, 12) for chat in chats]


def test_attention_that_is_more_than_a_softmax_runs_in_its_own_way(
    tmp_path: Path, tiny_llama: Path, load: Load, chats: list[Chat]
) -> None:
    from transformers import Gemma2Config

    tokenizer = AutoTokenizer.from_pretrained(tiny_llama)
    torch.manual_seed(0)
    config = Gemma2Config(
        vocab_size=len(tokenizer),
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=12,
        sliding_window=400,
        attn_logit_softcapping=1.0,
        initializer_range=0.2,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=tokenizer.eos_token_id,
    )
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    completer, reference = load(tmp_path, batch_size=4), Reference(tmp_path)
    assert completer.choices["generation"] == "one by one through generate: NotImplementedError when tried"
    assert completer.complete(chats, GREEDY) == [reference.greedy(chat, 12) for chat in chats]


def test_transcripts_serve_a_base_model(make_tiny_model: Callable[..., Path], tmp_path: Path, load: Load) -> None:
    folder = make_tiny_model(tmp_path / "base", chat_template=False)
    completer = load(folder, format="transcript")
    turns = (Message("user", "Hello."), Message("assistant", "Good morning!"), Message("user", "What now?"))
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    text = "\n\nHuman: Hello.\n\nAssistant: Good morning!\n\nHuman: What now?\n\nAssistant:"
    ids = tokenizer(text, return_tensors="pt").input_ids
    out = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=12, do_sample=False)
    new = out[0, ids.shape[1] :]
    found = completer.complete([Chat(turns)], GREEDY)[0]
    assert found.tokens == len(new)
    assert found.text == tokenizer.decode(new, skip_special_tokens=True).strip()
    longer = torch.cat([ids, tokenizer(" yes", return_tensors="pt").input_ids], 1)
    after = model(longer).logits[0].detach().log_softmax(-1)
    rest = tokenizer(" yes").input_ids
    expected = sum(float(after[ids.shape[1] - 1 + index, token]) for index, token in enumerate(rest))
    assert completer.score([Chat(turns)], [["yes"]])[0] == pytest.approx([expected], abs=1e-4)
