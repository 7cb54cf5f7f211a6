"""How fast critique and revision are generated, against transformers on the same model, prompts and token counts.

    python benchmarks/generate.py [--model FOLDER] [--prompts N] [--new-tokens K] [--threads T] [--repeats R]

The work is that of one round of the revise stage: N prompts begin with the same few-shot tokens, each gets K tokens
(the critique), and then K more after a second request that follows them (the revision). Decoding is greedy and nothing
stops it early, so every method does the same work. Their tokens are compared: "tied" are answers that part where two
tokens' logits are equal but for float32's rounding, and any other difference makes the exit code 1. Times are the best
of R runs in one process. The roofline is what a matrix product of this machine would need for the multiplications that
no method can avoid.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.table import Table
from transformers import AutoModelForCausalLM, ContinuousBatchingConfig, GenerationConfig, LlamaConfig

from charter.models.completer import Sampling
from charter.models.hf_probe import probe
from charter.models.hf_requests import Batches, Request
from charter.models.hf_shared import SharedRunner
from charter.models.hf_workers import Workers
from charter.terminal import console

Tokens = tuple[int, ...]
Generate = Callable[[Sequence[Tokens]], list[Tokens]]
"""Answers of K tokens to prompts."""

NO_TOKEN = -1
"""An end of text that never comes."""
TIE = 1e-4
"""Logits this near to each other, in units of their spread, may change places by rounding."""


@dataclass(frozen=True)
class Work:
    """The prompts of a round."""

    prompts: list[Tokens]
    requests: list[Tokens]
    """What is put after each critique."""
    shared: int
    new_tokens: int

    def run(self, generate: Generate) -> tuple[float, float, list[Tokens]]:
        """Seconds of the critique, seconds of the revision, and all that was written."""
        began = time.perf_counter()
        critiques = generate(self.prompts)
        between = time.perf_counter()
        again = [a + b + c for a, b, c in zip(self.prompts, critiques, self.requests, strict=True)]
        revisions = generate(again)
        return between - began, time.perf_counter() - between, critiques + revisions

    @property
    def written(self) -> int:
        """Tokens that a run writes."""
        return 2 * self.new_tokens * len(self.prompts)

    @property
    def answers(self) -> int:
        """Critiques and revisions."""
        return 2 * len(self.prompts)


@dataclass
class Result:
    """A method's best run."""

    name: str
    critique: float = float("inf")
    revision: float = float("inf")
    tokens: list[Tokens] | None = None
    problem: str = ""

    @property
    def seconds(self) -> float:
        """Of both steps."""
        return self.critique + self.revision


def main() -> int:
    """Runs the benchmark; 1 when the tokens differ."""
    options = _options()
    logging.getLogger("transformers").setLevel(logging.ERROR)
    if options.threads:
        torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.model or _random_llama(Path(temporary))
        # Without an end of text: generate would fill it in from the model's own settings, and stop there.
        peer, ours = (AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval() for _ in range(2))
    peer.generation_config = GenerationConfig()
    work = _work(peer.config.vocab_size, options)
    generate = _static(peer, options.new_tokens)
    methods: dict[str, Callable[[], Generate]] = {"transformers generate, static batch": lambda: generate}
    if not options.no_generate_batch:
        methods["transformers generate_batch"] = lambda: _continuous(peer, work)
    methods["charter"] = lambda: _charter(ours, len(work.prompts), options.new_tokens)
    results = [_best(name, make, work, options.repeats) for name, make in methods.items()]
    return _print(results, work, peer, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", type=Path, help="a model folder; a random 6-layer Llama when absent")
    parser.add_argument("--prompts", type=int, default=32)
    parser.add_argument("--shared", type=int, default=1024, help="tokens that all prompts begin with")
    parser.add_argument("--own", type=int, default=32, help="tokens of each prompt's own")
    parser.add_argument("--new-tokens", type=int, default=32)
    parser.add_argument("--threads", type=int, default=0, help="of torch; its own choice when absent")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-generate-batch", action="store_true", help="leave out the slowest method")
    return parser.parse_args()


def _random_llama(folder: Path) -> Path:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=1024,
        hidden_size=256,
        intermediate_size=688,
        num_hidden_layers=6,
        num_attention_heads=8,
        max_position_embeddings=4096,
        initializer_range=0.05,  # wide enough that what is written depends on all of the prompt
        tie_word_embeddings=False,
    )
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    return folder


def _work(vocabulary: int, options: argparse.Namespace) -> Work:
    generator = torch.Generator().manual_seed(1)

    def draw(count: int) -> Tokens:
        return tuple(torch.randint(3, vocabulary, (count,), generator=generator).tolist())

    shared = draw(options.shared)
    # Lengths differ, as those of real prompts do; their mean is what was asked for.
    lengths = [max(1, options.own + (index % 9) - 4) for index in range(options.prompts)]
    prompts = [shared + draw(length) for length in lengths]
    return Work(prompts, [draw(length) for length in lengths], options.shared, options.new_tokens)


def _static(model: Any, new_tokens: int) -> Generate:
    config = GenerationConfig(max_new_tokens=new_tokens, do_sample=False, pad_token_id=0, eos_token_id=None)

    @torch.inference_mode()
    def generate(prompts: Sequence[Tokens]) -> list[Tokens]:
        width = max(map(len, prompts))
        ids = torch.tensor([(0,) * (width - len(prompt)) + prompt for prompt in prompts])
        mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
        out = model.generate(input_ids=ids, attention_mask=mask, generation_config=config)
        return [tuple(row) for row in out[:, width:].tolist()]

    return generate


def _continuous(model: Any, work: Work) -> Generate:
    longest = max(map(len, work.prompts)) + 2 * work.new_tokens + max(map(len, work.requests))
    pages = len(work.prompts) * (longest // 32 + 2)
    batching = ContinuousBatchingConfig(page_size=32, num_blocks=pages, max_batch_tokens=2048)
    config = GenerationConfig(
        max_new_tokens=work.new_tokens, do_sample=False, pad_token_id=0, eos_token_id=NO_TOKEN, use_cache=True
    )

    @torch.inference_mode()
    def generate(prompts: Sequence[Tokens]) -> list[Tokens]:
        inputs = [list(prompt) for prompt in prompts]
        outputs = model.generate_batch(inputs, generation_config=config, continuous_batching_config=batching)
        by_prompt = {tuple(output.prompt_ids): tuple(output.generated_tokens) for output in outputs.values()}
        return [by_prompt[prompt] for prompt in prompts]

    return generate


def _charter(model: Any, batch_size: int, new_tokens: int) -> Generate:
    forward, reason = probe(model)
    if forward is None:
        raise RuntimeError(reason)
    runner = SharedRunner(forward, Batches(batch_size, Workers(model)))

    def generate(prompts: Sequence[Tokens]) -> list[Tokens]:
        requests = [Request(prompt, 0, new_tokens) for prompt in prompts]
        runner.generate(requests, Sampling(temperature=0), lambda tokens: False, lambda: None)
        return [tuple(request.written) for request in requests]

    return generate


def _best(name: str, make: Callable[[], Generate], work: Work, repeats: int) -> Result:
    """Each repeat begins anew, so nothing is left of the repeat before: what is measured is a first round."""
    best = Result(name)
    for repeat in range(repeats):
        print(f"{name}: run {repeat + 1} of {repeats}", file=sys.stderr, flush=True)
        try:
            critique, revision, tokens = work.run(make())
        except Exception as error:  # noqa: BLE001  # a peer that does not run here is a line of the table
            best.problem = f"did not run: {type(error).__name__}: {error}"[:100]
            return best
        if critique + revision < best.seconds:
            best.critique, best.revision, best.tokens = critique, revision, tokens
    return best


def _roofline(model: Any, work: Work) -> tuple[float, float]:
    """GFLOP/s of a matrix product here, and the seconds that the unavoidable multiplications take at that rate."""
    square = torch.randn(1024, 1024)
    times = []
    for _ in range(10):
        began = time.perf_counter()
        square @ square
        times.append(time.perf_counter() - began)
    rate = 2 * 1024**3 / min(times)
    config = model.config
    vocabulary = model.get_output_embeddings().weight.numel()
    each = sum(weight.numel() for layer in model.model.layers for weight in layer.parameters())
    rows = len(work.prompts)
    own = sum(map(len, work.prompts)) - rows * work.shared + sum(map(len, work.requests)) + work.written
    attention = 4 * config.num_hidden_layers * config.hidden_size * (work.shared + own / rows / 2)
    flops = work.shared * (2 * each + attention / 2) + own * (2 * each + attention) + work.written * 2 * vocabulary
    return rate / 1e9, flops / rate


@torch.inference_mode()
def _compare(model: Any, work: Work, expected: Sequence[Tokens], found: Sequence[Tokens]) -> tuple[int, int]:
    """Number of answers that are the same, and of those that a tie of two tokens explains.

    A revision after a critique that parted was asked another question, and is explained with it.
    """
    same = tied = 0
    for row, prompt in enumerate(work.prompts):
        critiques, revisions = (
            (expected[row], found[row]),
            (expected[-len(work.prompts) + row], found[-len(work.prompts) + row]),
        )
        if critiques[0] != critiques[1]:
            tied += 2 * _is_tie(model, prompt, *critiques)
            continue
        again = prompt + critiques[0] + work.requests[row]
        tie = revisions[0] != revisions[1] and _is_tie(model, again, *revisions)
        same += 1 + (revisions[0] == revisions[1])
        tied += tie
    return same, tied


def _is_tie(model: Any, prompt: Tokens, one: Tokens, other: Tokens) -> bool:
    at = next(index for index in range(len(one)) if one[index] != other[index])
    logits = model(torch.tensor([prompt + one[:at]])).logits[0, -1]
    return float((logits[one[at]] - logits[other[at]]).abs() / logits.std()) < TIE


def _print(results: Sequence[Result], work: Work, model: Any, options: argparse.Namespace) -> int:
    rate, least = _roofline(model, work)
    table = Table(
        title=f"{options.prompts} prompts, {options.shared} shared + {options.own} own tokens, "
        f"{options.new_tokens} new, critique then revision; {torch.get_num_threads()} threads"
    )
    for column in ("method", "critique s", "revision s", "total s", "new tok/s", "times faster", "same tokens"):
        table.add_column(column, justify="left" if column == "method" else "right")
    base = results[0]
    wrong = 0
    for result in results:
        if result.problem:
            table.add_row(f"{result.name} ({result.problem})", *[""] * 6)
            continue
        same, tied = _compare(model, work, base.tokens or [], result.tokens or [])
        wrong += work.answers - same - tied if result.name == "charter" else 0
        table.add_row(
            result.name,
            f"{result.critique:.2f}",
            f"{result.revision:.2f}",
            f"{result.seconds:.2f}",
            f"{work.written / result.seconds:,.0f}",
            f"{base.seconds / result.seconds:.1f}",
            f"{same}/{work.answers}" + (f" ({tied} tied)" if tied else ""),
        )
    table.add_row(
        f"roofline at {rate:,.0f} GFLOP/s",
        "",
        "",
        f"{least:.2f}",
        f"{work.written / least:,.0f}",
        f"{base.seconds / least:.1f}",
        "",
    )
    console().print(table)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
