"""Drawing responses: what a model says to a prompt, for helpful training samples and for evaluation alike."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from charter.digests import derive_seed, record_id
from charter.models.completer import Chat, Completer, OnDone, Sampling
from charter.recipe import SamplingConfig
from charter.records import Prompt, Sample, Status

NOTHING_WRITTEN = "the model wrote nothing"


@dataclass(frozen=True, slots=True)
class Draw:
    """One response to be drawn: the prompt, and which of its samples this is (counted from 0)."""

    prompt: Prompt
    index: int = 0


class Responder:
    """Draws ``samples_per_prompt`` responses to each prompt.

    ``identify`` and ``work`` are what ``charter.engine.map_records`` takes; its inputs are what ``expand`` gives.
    """

    def __init__(
        self,
        completer: Completer,
        sampling: Sampling | SamplingConfig,
        seed: int,
        purpose: str,
        samples_per_prompt: int = 1,
    ) -> None:
        """``purpose`` ("helpful", "answers") sets samples apart that are drawn from one prompt for different ends."""
        self._completer = completer
        self._sampling = Sampling(sampling.temperature, sampling.top_p, sampling.max_new_tokens)
        self._seed = seed
        self._purpose = purpose
        self._samples_per_prompt = samples_per_prompt

    def expand(self, prompts: Iterable[Prompt]) -> tuple[Draw, ...]:
        """What is to be drawn: every prompt as often as asked for, the samples of one prompt side by side."""
        return tuple(Draw(prompt, index) for prompt in prompts for index in range(self._samples_per_prompt))

    def identify(self, draw: Draw) -> str:
        """The id of the sample that ``work`` makes of ``draw``."""
        return record_id("sample", draw.prompt.id, self._completer.digest, asdict(self._sampling), self._seed_of(draw))

    def work(self, draws: Sequence[Draw], on_done: OnDone | None = None) -> list[Sample]:
        """One sample a draw, in the order of ``draws``; a completion without text is a failed sample."""
        chats = [Chat(draw.prompt.messages, self._seed_of(draw)) for draw in draws]
        completions = self._completer.complete(chats, self._sampling, on_done)
        samples = []
        for draw, chat, completion in zip(draws, chats, completions, strict=True):
            reason = completion.error or ("" if completion.text.strip() else NOTHING_WRITTEN)
            samples.append(
                Sample(
                    id=self.identify(draw),
                    prompt=draw.prompt,
                    text="" if reason else completion.text,
                    finish=completion.finish,
                    model_digest=self._completer.digest,
                    seed=chat.seed,
                    status=Status.FAILED if reason else Status.OK,
                    reason=reason,
                )
            )
        return samples

    def _seed_of(self, draw: Draw) -> int:
        return derive_seed(self._seed, self._purpose, draw.prompt.id, draw.index)
