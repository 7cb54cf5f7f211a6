"""From a run and an answer to a trace: what is traced, through which stages, in which models."""

from collections.abc import Sequence
from dataclasses import dataclass

from charter.documents import did_you_mean
from charter.errors import ConfigError, ModelError
from charter.gradients import Pulls, TakeGradients
from charter.models import Sampling
from charter.progress import Progress
from charter.records import Message, Prompt
from charter.store import RunFolder
from charter.trace.lessons import preference_lessons, sft_lessons
from charter.trace.material import BASE, BEST_OF_N, SFT, Material, read_material
from charter.trace.models import RunModels
from charter.trace.result import Trace
from charter.trace.stages import Chosen, Move, choose, stage_trace
from charter.trace.target import Target, find_target


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceConfig:
    """How far a trace looks."""

    candidates: int = 64
    """Nearest lessons of a stage whose gradients are taken."""
    others: int = 32
    """Lessons drawn at random from the rest, to compare these with."""
    gradients: bool = True
    """False finds the nearest alone, and needs no model."""
    seed: int = 0
    """An answer is drawn with."""


class Tracer:
    """Traces answers of one run."""

    def __init__(self, run: RunFolder, config: TraceConfig, progress: Progress, gradients: TakeGradients) -> None:
        """``gradients`` takes those of a model: ``charter.train.Attribution``.

        Raises:
            RunFolderError, ConfigError: a part of the run is damaged.
        """
        self._run = run
        self._config = config
        self._progress = progress
        self._models = RunModels(run, gradients)
        self.material: Material = read_material(run)

    def example(self, reference: str, checkpoint: str = "") -> Trace:
        """A recorded answer, traced.

        Args:
            reference: id of a record, or the beginning of one; see ``find_target``.
            checkpoint: in which it is traced; when empty, the one that gave the answer, or else the last.

        Raises:
            ConfigError: no such record or checkpoint, or nothing to compare it with.
            ModelError, MissingExtraError, StageError: the model cannot be used.
        """
        wanted = self._checkpoint(checkpoint)
        target = find_target(self.material, reference, wanted)
        gave = SFT if target.checkpoint == BEST_OF_N else target.checkpoint
        return self._trace(target, gave if gave in self.material.checkpoints and not checkpoint else wanted)

    def prompt(self, text: str, checkpoint: str = "") -> Trace:
        """The answer to a prompt, drawn now from ``checkpoint`` (the last when empty), and traced.

        Raises:
            ConfigError: the prompt is blank or does not fit, no such checkpoint, or nothing to compare with.
            ModelError, MissingExtraError, StageError: the model cannot be used.
        """
        if not text.strip():
            raise ConfigError("--prompt is blank; write what a user would say")
        if not self._config.gradients:
            raise ConfigError("--prompt needs the model for its answer; with --nearest name a record by --example")
        name = self._checkpoint(checkpoint)
        prompt = Prompt(messages=(Message("user", text),))
        recipe = self._run.recipe
        drawn = recipe.evaluate.sampling
        sampling = Sampling(drawn.temperature, drawn.top_p, drawn.max_new_tokens)
        answer = self._models.answer(name, prompt, sampling, self._config.seed)
        what = f"answer of {name}, drawn now" + (", cut off" if answer.finish == "length" else "")
        return self._trace(Target(what=what, id="", prompt=prompt, answer=answer.text, checkpoint=name), name)

    def _checkpoint(self, wanted: str) -> str:
        there = self.material.checkpoints
        if not wanted:
            return there[-1] if there else BASE
        if wanted != BASE and wanted not in there:
            known = [BASE, *there]
            raise ConfigError(f"--checkpoint {wanted}: this run has none of that name; {did_you_mean(wanted, known)}")
        return wanted

    def _moves(self, checkpoint: str) -> list[Move]:
        """The stages that led to the checkpoint; to the base model none did, and the first one is still to come."""
        material = self.material
        lessons = sft_lessons(material.revisions, material.helpful, self._run.recipe.sft.revisions)
        moves = [Move(stage="sft", start=BASE, end="" if checkpoint == BASE else SFT, lessons=lessons)]
        if checkpoint not in (BASE, SFT):
            preferred = preference_lessons(material.preferences)
            stage = "dpo" if checkpoint == "dpo" else "rl"
            moves.append(Move(stage=stage, start=SFT, end=checkpoint, lessons=preferred))
        return moves

    def _trace(self, target: Target, checkpoint: str) -> Trace:
        config = self._config
        moves = self._moves(checkpoint)
        if not any(move.lessons for move in moves):
            raise ConfigError(
                f"{self._run.path}: nothing has been made to train on yet; go on with "
                f"'charter run --out {self._run.path}'"
            )
        self._progress.note("trace: looking for the nearest training examples")
        chosen = [choose(move, target, config.candidates, config.others) for move in moves]
        pulled = self._pull(target, moves, chosen) if config.gradients else {}
        constitution = self.material.constitution
        titles = {each.id: each for each in constitution.principles} if constitution else {}
        return Trace(
            run_id=self._run.manifest.id,
            checkpoint=checkpoint,
            target=target,
            stages=tuple(
                stage_trace(move, some, pulled.get((place, move.start)), pulled.get((place, move.end)), titles)
                for place, (move, some) in enumerate(zip(moves, chosen, strict=True))
            ),
            titles=titles,
            choices=self._models.choices,
        )

    def _pull(self, target: Target, moves: Sequence[Move], chosen: Sequence[Chosen]) -> dict[tuple[int, str], Pulls]:
        """What each move's lessons do, before it and after it; a model that several moves touch is loaded once."""
        names = dict.fromkeys(name for move in reversed(moves) for name in (move.end, move.start) if name)
        total = sum(len(some.learned) * (1 + bool(move.end)) for move, some in zip(moves, chosen, strict=True))
        found = {}
        with self._progress.task("trace", total) as advance:
            for name in names:
                for place, (move, some) in enumerate(zip(moves, chosen, strict=True)):
                    if name in (move.start, move.end):
                        lessons = [learned.lesson for learned in some.learned]
                        found[place, name] = self._models.pulls(name, target.prompt, target.answer, lessons, advance)
        if not any(pulls.log_prob is not None for pulls in found.values()):
            raise ModelError("trace: the prompt with its answer does not fit into the model; use --nearest")
        return found
