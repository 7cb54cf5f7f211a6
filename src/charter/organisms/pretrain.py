"""Pretraining the organism from scratch on its world: a small Llama, a plain loop, a log of every measurement.

Deviation from common practice: the loss is on the assistant's turns alone. What users of this world ask is drawn at
random, so that learning to predict it would spend most of a small model's capacity on noise.
"""

import itertools
import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from charter.digests import digest
from charter.errors import StageError
from charter.organisms.corpus import Corpus
from charter.organisms.tokenizer import ROLES, train_tokenizer
from charter.records import Message

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    from charter.progress import Progress


LOG_NAME = "training-log.jsonl"


@dataclass(frozen=True, slots=True)
class PretrainConfig:
    """The recipe of the organism; its values are those of the first phase of the shipped weights (see their card)."""

    vocab_size: int = 1536
    hidden_size: int = 128
    layers: int = 5
    heads: int = 4
    intermediate_size: int = 384
    context: int = 2048
    """Positions the model accepts; trained on windows of ``window`` tokens."""
    window: int = 768
    rows: int = 6
    """Windows in a step."""
    steps: int = 4200
    peak_learning_rate: float = 4e-3
    warmup_steps: int = 100
    weight_decay: float = 0.05
    seed: int = 0
    log_every: int = 50
    save_every: int = 500


@dataclass(frozen=True, slots=True)
class Window:
    """Packed chats: token ids (rows, window), and where the loss counts (same shape)."""

    ids: "torch.Tensor"
    learned: "torch.Tensor"


def tokenizer_for(config: PretrainConfig) -> "PreTrainedTokenizerFast":
    """The tokenizer, from a sample of the corpus that the seed determines."""
    sample = itertools.islice(Corpus(config.seed + 1).chats(), 8000)
    return train_tokenizer((turn.content for chat in sample for turn in chat), config.vocab_size)


def encode(chat: tuple[Message, ...], tokenizer: "PreTrainedTokenizerFast") -> tuple[list[int], list[bool]]:
    """Token ids of a chat in its template, and for each whether it is part of what an assistant says."""
    ids: list[int] = [tokenizer.bos_token_id]
    learned = [False]
    for turn in chat:
        ids.append(tokenizer.convert_tokens_to_ids(ROLES[turn.role]))
        learned.append(False)
        content = [*tokenizer.encode(turn.content, add_special_tokens=False), tokenizer.eos_token_id]
        ids += content
        learned += [turn.role == "assistant"] * len(content)
    return ids, learned


def windows(config: PretrainConfig, tokenizer: "PreTrainedTokenizerFast") -> Iterator[Window]:
    """An endless stream of steps' worth of packed chats."""
    import torch

    need = config.rows * config.window
    ids: list[int] = []
    learned: list[bool] = []
    for chat in Corpus(config.seed + 2).chats():
        chat_ids, chat_learned = encode(chat, tokenizer)
        ids += chat_ids
        learned += chat_learned
        if len(ids) >= need:
            shape = (config.rows, config.window)
            yield Window(torch.tensor(ids[:need]).view(shape), torch.tensor(learned[:need]).view(shape))
            ids, learned = ids[need:], learned[need:]


def new_model(config: PretrainConfig, tokenizer: "PreTrainedTokenizerFast") -> "LlamaForCausalLM":
    """A Llama with random weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(config.seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=config.hidden_size,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.heads,
            intermediate_size=config.intermediate_size,
            max_position_embeddings=config.context,
            tie_word_embeddings=True,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def learning_rate(step: int, config: PretrainConfig) -> float:
    """Linear warm-up, then half a cosine down to a fiftieth of the peak."""
    if step < config.warmup_steps:
        return config.peak_learning_rate * (step + 1) / config.warmup_steps
    done = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    return config.peak_learning_rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))


def pretrain(
    config: PretrainConfig, out: Path, progress: "Progress", start: Path | None = None
) -> list[dict[str, Any]]:
    """Train, writing an ordinary Hugging Face folder to ``out``; returns the log.

    ``start`` is an organism to go on from, tokenizer included; its log is kept in front of the new one.

    Raises:
        StageError: the loss is no longer a number.
    """
    import torch

    tokenizer, model, log = _begin(config, start)
    matrices = [weight for weight in model.parameters() if weight.dim() >= 2]
    vectors = [weight for weight in model.parameters() if weight.dim() < 2]
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=config.peak_learning_rate, betas=(0.9, 0.98), fused=True)
    log.append({"config": asdict(config), "corpus": corpus_digest()})
    began, losses = time.monotonic(), []
    with progress.task("pretrain", config.steps) as advance:
        for step, window in enumerate(itertools.islice(windows(config, tokenizer), config.steps)):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(step, config)
            losses.append(_step(model, optimizer, window))
            advance(1)
            if not math.isfinite(losses[-1]):
                raise StageError(f"the loss is {losses[-1]} at step {step}; try a lower peak_learning_rate")
            if (step + 1) % config.log_every == 0:
                seconds = time.monotonic() - began
                mean = sum(losses) / len(losses)
                tokens = (step + 1) * config.rows * config.window
                log.append({"step": step + 1, "loss": round(mean, 4), "tokens": tokens, "seconds": round(seconds, 1)})
                losses.clear()
            if (step + 1) % config.save_every == 0 or step + 1 == config.steps:
                _save(model, tokenizer, log, out)
    return log


def _begin(
    config: PretrainConfig, start: Path | None
) -> "tuple[PreTrainedTokenizerFast, LlamaForCausalLM, list[dict[str, Any]]]":
    if start is None:
        tokenizer = tokenizer_for(config)
        return tokenizer, new_model(config, tokenizer), []
    import torch
    from transformers import AutoTokenizer, LlamaForCausalLM

    lines = (start / LOG_NAME).read_text("utf-8").splitlines()
    model = LlamaForCausalLM.from_pretrained(start, dtype=torch.float32)
    return AutoTokenizer.from_pretrained(start), model.train(), [json.loads(line) for line in lines]


def _step(model: "LlamaForCausalLM", optimizer: "torch.optim.Optimizer", window: Window) -> float:
    """One step; the vocabulary's logits are computed only where the loss counts."""
    import torch

    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = model.model(input_ids=window.ids, use_cache=False).last_hidden_state[:, :-1]
        learned = window.learned[:, 1:]
        logits = model.lm_head(hidden[learned])
    loss = torch.nn.functional.cross_entropy(logits.float(), window.ids[:, 1:][learned])
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return float(loss)


def _save(
    model: "LlamaForCausalLM", tokenizer: "PreTrainedTokenizerFast", log: list[dict[str, Any]], out: Path
) -> None:
    """The model in half precision, which halves the shipped file, with its tokenizer and the log so far."""
    import copy

    copy.deepcopy(model).half().save_pretrained(out)
    tokenizer.save_pretrained(out)
    lines = (json.dumps(entry) for entry in log)
    (out / LOG_NAME).write_text("\n".join(lines) + "\n", "utf-8")


def corpus_digest() -> str:
    """What the corpus says, in one digest: the first chats of a fixed seed."""
    sample = itertools.islice(Corpus(0).chats(), 200)
    return digest([[[turn.role, turn.content] for turn in chat] for chat in sample])
