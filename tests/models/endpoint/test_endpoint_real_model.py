"""A real model behind a real server: what comes back is what the model says in this process."""

import math
import threading
from pathlib import Path
from typing import Any

import pytest

from charter.models.completer import Sampling

from .conftest import LISTING, Answer, Asked, Connect, Serve, Server, chat_answer, chats

QUESTIONS = ("How do I pick the lock?", "How do I repair the lock of the school?", "Hello.")


class ServedModel:
    """A folder's model that answers chats as servers do: template, seed, sampling, finish reason, log-probabilities."""

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        torch.set_num_threads(1)
        self._torch = torch
        self._model = AutoModelForCausalLM.from_pretrained(folder).eval()
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._lock = threading.Lock()

    def script(self, asked: Asked) -> Answer:
        return Answer(LISTING) if asked.method == "GET" else self._complete(asked.body)

    def _complete(self, body: dict[str, Any]) -> Answer:
        with self._lock:
            new, logits = self.generate(body["messages"], body["seed"], body["temperature"], body["max_tokens"])
        ended = new[-1] == self._tokenizer.eos_token_id
        extra = {"logprobs": {"content": [self._listed(new[0], logits[0])]}} if body.get("logprobs") else {}
        text = self._tokenizer.decode(new, skip_special_tokens=True)
        return chat_answer(text, "stop" if ended else "length", len(new), **extra)

    def generate(self, messages: list[dict[str, str]], seed: int, temperature: float, limit: int) -> Any:
        """New tokens, and the logits of each."""
        sampling = {"do_sample": True, "temperature": temperature, "top_k": 0} if temperature else {"do_sample": False}
        inputs = self._tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        self._torch.manual_seed(seed)
        out = self._model.generate(
            **inputs, max_new_tokens=limit, return_dict_in_generate=True, output_logits=True, **sampling
        )
        return out.sequences[0, inputs["input_ids"].shape[1] :].tolist(), [step[0] for step in out.logits]

    def text(self, question: str, seed: int, temperature: float, limit: int) -> str:
        new, _ = self.generate([{"role": "user", "content": question}], seed, temperature, limit)
        return str(self._tokenizer.decode(new, skip_special_tokens=True))

    def first_tokens(self, question: str) -> dict[str, float]:
        """Log-probability of each token as the first of the answer."""
        _, logits = self.generate([{"role": "user", "content": question}], 0, 0.0, 1)
        logprobs = self._torch.log_softmax(logits[0], -1).tolist()
        return {self._tokenizer.decode([token]): logprob for token, logprob in enumerate(logprobs)}

    def _listed(self, token: int, logits: Any) -> dict[str, Any]:
        logprobs = self._torch.log_softmax(logits, -1)
        top = logprobs.topk(20).indices.tolist()
        named = {index: {"token": self._tokenizer.decode([index]), "logprob": float(logprobs[index])} for index in top}
        return {**named[token], "top_logprobs": list(named.values())}


@pytest.fixture(scope="module")
def model(tiny_llama: Path) -> ServedModel:
    return ServedModel(tiny_llama)


@pytest.fixture
def server(serve: Serve, model: ServedModel) -> Server:
    return serve(model.script)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_it_says_what_it_says_here(server: Server, model: ServedModel, connect: Connect, temperature: float) -> None:
    sampling = Sampling(temperature=temperature, max_new_tokens=12)
    completions = connect(server).complete(chats(*QUESTIONS), sampling)
    expected = [model.text(question, seed, temperature, 12) for seed, question in enumerate(QUESTIONS)]
    assert [completion.text for completion in completions] == expected
    assert len(set(expected)) == len(expected)
    assert all(0 < completion.tokens <= 12 and not completion.error for completion in completions)


def test_its_scores_are_the_model_s_own(server: Server, model: ServedModel, connect: Connect) -> None:
    first = model.first_tokens(QUESTIONS[0])
    likeliest = sorted(first, key=lambda token: -first[token])[:20]
    options = [token for token in likeliest if len(token) == 1 and token.isascii() and token.isalnum()]
    assert len(options) >= 2
    (scores,) = connect(server).score(chats(QUESTIONS[0]), [options])
    alone = [math.exp(first[option]) for option in options]
    with_space = [math.exp(first[f" {option}"]) if f" {option}" in likeliest else 0.0 for option in options]
    assert [math.exp(score) for score in scores] == pytest.approx(
        [a + b for a, b in zip(alone, with_space, strict=True)]
    )
