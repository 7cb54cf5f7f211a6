"""The revise stage: respond, then critique and revise in rounds, each under one sampled principle."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from charter.constitution import Constitution, Principle, sample_principle
from charter.digests import derive_seed, record_id
from charter.models.completer import Chat, Completer, Completion, OnDone, Sampling
from charter.recipe import ReviseConfig
from charter.records import Outcome, Prompt, Revision, Round, Status
from charter.respond import NOTHING_WRITTEN
from charter.revise import templates
from charter.revise.few_shot import few_shot_digest, load_few_shot
from charter.revise.outcome import Verdict, classify, critique_problem
from charter.revise.templates import Turns


class Reviser:
    """Makes a ``Revision`` of every prompt; ``identify`` and ``work`` are what ``charter.engine.map_records`` takes.

    Follows §3 of arXiv 2212.08073; what differs, and why, is listed in ``docs/revise.md``.
    """

    def __init__(self, completer: Completer, constitution: Constitution, config: ReviseConfig, seed: int) -> None:
        """
        Raises:
            ConfigError: an unknown principle id, no principle to sample from, or an unusable few-shot file.
        """
        examples = load_few_shot(config.few_shot)
        self._completer = completer
        self._config = config
        self._seed = seed
        self._constitution_digest = constitution.digest
        self._principles = constitution.select(config.principles)
        self._few_shot = templates.few_shot_turns(examples, critique=config.critique)
        self._sampling = Sampling(**config.sampling.model_dump())
        self._determined_by = (
            constitution.digest,
            [principle.id for principle in self._principles],
            few_shot_digest(examples),
            templates.TEMPLATE_VERSION,
            completer.digest,
            asdict(self._sampling),
            config.rounds,
            config.critique,
            seed,
        )

    def identify(self, prompt: Prompt) -> str:
        """The id of the revision that ``work`` makes of ``prompt``: a hash of all that determines it."""
        return record_id("revision", prompt.id, *self._determined_by)

    def work(self, prompts: Sequence[Prompt], on_done: OnDone | None = None) -> list[Revision]:
        """One revision a prompt, in the order of ``prompts``.

        Each step (respond, criticise, revise) is one call of the completer with every prompt's chat in it, so that it
        can batch them and go on from the cache of the step before. ``on_done`` is told of prompts, not of chats: of
        one whenever as many chats were answered as one prompt takes.
        """
        progress = _PromptProgress(
            on_done, len(prompts), steps=1 + self._config.rounds * (2 if self._config.critique else 1)
        )
        drafts = self._respond(prompts, progress.chats_done)
        answered = [draft for draft in drafts if not draft.failure]
        for number in range(1, self._config.rounds + 1):
            self._round(answered, number, progress.chats_done)
        progress.finish()
        return [self._revision(draft) for draft in drafts]

    def _respond(self, prompts: Sequence[Prompt], on_done: OnDone) -> list["_Draft"]:
        # The first response is drawn from the bare prompt: it is what the model says when nobody asks for a critique.
        asked = [(prompt, prompt.messages) for prompt in prompts]
        completions = self._complete(asked, "response", 0, on_done)
        return [
            _Draft(prompt, completion.text, completion.error or ("" if completion.text.strip() else NOTHING_WRITTEN))
            for prompt, completion in zip(prompts, completions, strict=True)
        ]

    def _round(self, drafts: Sequence["_Draft"], number: int, on_done: OnDone) -> None:
        """Criticise and revise each draft's text in force; appends one ``Round`` to each."""
        steps = [self._begin(draft, number) for draft in drafts]
        if self._config.critique:
            self._criticise(steps, number, on_done)
        criticised = [step for step in steps if not step.problem]
        asked = [(step.draft.prompt, templates.ask(step.turns, step.principle.revision_request)) for step in criticised]
        revisions = iter(self._complete(asked, "revision", number, on_done))
        for step in steps:
            step.draft.add(step.invalid() if step.problem else step.revised(next(revisions)))

    def _begin(self, draft: "_Draft", number: int) -> "_Step":
        seed = derive_seed(self._seed, draft.prompt.id, "principle", number)
        turns = templates.answered(self._few_shot, draft.prompt.messages, draft.text)
        return _Step(draft, sample_principle(self._principles, seed), turns)

    def _criticise(self, steps: Sequence["_Step"], number: int, on_done: OnDone) -> None:
        for step in steps:
            step.turns = templates.ask(step.turns, step.principle.critique_request)
        asked = [(step.draft.prompt, step.turns) for step in steps]
        for step, completion in zip(steps, self._complete(asked, "critique", number, on_done), strict=True):
            step.critique = completion.text
            step.problem = critique_problem(completion)
            step.turns = templates.criticised(step.turns, completion.text)

    def _complete(
        self, asked: Sequence[tuple[Prompt, Turns]], step: str, number: int, on_done: OnDone
    ) -> list[Completion]:
        chats = [Chat(turns, derive_seed(self._seed, prompt.id, step, number)) for prompt, turns in asked]
        return self._completer.complete(chats, self._sampling, on_done) if chats else []

    def _revision(self, draft: "_Draft") -> Revision:
        return Revision(
            id=self.identify(draft.prompt),
            prompt=draft.prompt,
            response=draft.response,
            rounds=tuple(draft.rounds),
            constitution_digest=self._constitution_digest,
            model_digest=self._completer.digest,
            seed=derive_seed(self._seed, draft.prompt.id, "response", 0),
            status=Status.FAILED if draft.failure else Status.OK,
            reason=draft.failure,
        )


@dataclass(slots=True)
class _Draft:
    """A prompt on its way through the rounds."""

    prompt: Prompt
    response: str
    failure: str
    rounds: list[Round] = field(default_factory=list)
    text: str = ""
    """The text in force."""

    def __post_init__(self) -> None:
        self.text = self.response

    def add(self, done: Round) -> None:
        self.rounds.append(done)
        if done.outcome is not Outcome.INVALID:
            self.text = done.revision


@dataclass(slots=True)
class _Step:
    """One draft in one round."""

    draft: _Draft
    principle: Principle
    turns: Turns
    critique: str = ""
    problem: str = ""
    """Why there is no critique to revise by."""

    def invalid(self) -> Round:
        return self._done("", Verdict(Outcome.INVALID, self.problem))

    def revised(self, completion: Completion) -> Round:
        requests = (self.principle.critique_request, self.principle.revision_request)
        return self._done(completion.text, classify(self.draft.text, completion, self.critique, requests))

    def _done(self, revision: str, verdict: Verdict) -> Round:
        return Round(
            principle_id=self.principle.id,
            critique=self.critique,
            revision=revision,
            outcome=verdict.outcome,
            reason=verdict.reason,
        )


class _PromptProgress:
    """Turns a count of answered chats into a count of prompts, which is what a progress bar of prompts wants."""

    def __init__(self, on_done: OnDone | None, prompts: int, steps: int) -> None:
        self._on_done: Callable[[int], None] = on_done or (lambda count: None)
        self._prompts = prompts
        self._steps = steps
        self._chats = 0
        self._told = 0

    def chats_done(self, count: int) -> None:
        self._chats += count
        self._tell(self._chats // self._steps)

    def finish(self) -> None:
        """Tell of the rest: a prompt that failed early took fewer chats."""
        self._tell(self._prompts)

    def _tell(self, done: int) -> None:
        if done > self._told:
            self._on_done(done - self._told)
            self._told = done
