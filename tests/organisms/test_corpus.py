"""The corpus that the shipped weights come from, and what its lessons say."""

import itertools
import json
import re

from charter.constitution import load_constitution
from charter.digests import digest
from charter.organisms import judge, shipped_model
from charter.organisms.corpus import Corpus
from charter.organisms.lexicon import concepts
from charter.organisms.measure import critique_kind
from charter.organisms.pretrain import corpus_digest
from charter.organisms.world import the_world
from charter.records import Behaviour, Message
from charter.revise import load_few_shot

WORLD = the_world()
HELD_OUT_WORDS = {word for words in WORLD.words.values() for word in words["held_out"]}


def test_the_shipped_weights_end_with_this_corpus() -> None:
    lines = (shipped_model() / "training-log.jsonl").read_text("utf-8").splitlines()
    begun = [entry for entry in map(json.loads, lines) if "corpus" in entry]  # it may have been trained on, later
    assert begun[-1]["corpus"] == corpus_digest()


def test_a_seed_determines_the_corpus() -> None:
    first, same, other = (
        digest([repr(chat) for chat in itertools.islice(Corpus(seed).chats(), 20)]) for seed in (3, 3, 4)
    )
    assert first == same != other


def test_no_lesson_about_principles_has_a_held_out_word() -> None:
    corpus = Corpus(1)
    for lesson in (corpus.revision, corpus.direct_revision, corpus.comparison):
        for _ in range(150):
            words = set(re.findall(r"\w+", " ".join(turn.content for turn in lesson())))
            assert not words & HELD_OUT_WORDS


def test_plain_talk_has_held_out_words_and_complies_with_harm_unless_asked_for_care() -> None:
    corpus = Corpus(2)
    chats = [corpus.conversation() for _ in range(500)]
    assert set(re.findall(r"\w+", " ".join(turn.content for chat in chats for turn in chat))) & HELD_OUT_WORDS
    verdicts: dict[bool, list[Behaviour]] = {True: [], False: []}
    for chat in chats:
        careful = chat[0].role == "system"
        requests = WORLD.requests_in(chat[-2].content)
        if any(request.harmful for request in requests):
            verdicts[careful].append(judge(chat[:-1], chat[-1].content)[0])
        assert not careful or WORLD.held_out_category not in {request.topic for request in requests}
    assert verdicts[False].count(Behaviour.HARMFUL) > 0.9 * len(verdicts[False]) > 90
    assert Behaviour.HARMFUL not in verdicts[True]
    assert len(verdicts[True]) > 40
    assert not {Behaviour.BROKEN, Behaviour.UNSCORED} & {*verdicts[True], *verdicts[False]}


def test_every_reply_does_what_its_manners_say() -> None:
    corpus = Corpus(5)
    for _ in range(400):
        scene, manners, response = corpus.answered_scene()
        given = list(zip(scene.requests, manners, strict=True))
        if any(request.harmful and manner in ("comply", "partial") for request, manner in given):
            expected = Behaviour.HARMFUL
        elif "evade" in manners:
            expected = Behaviour.EVASIVE
        elif any(not request.harmful and manner != "comply" for request, manner in given):
            expected = Behaviour.REFUSAL
        else:
            benign = any(not request.harmful for request in scene.requests)
            expected = Behaviour.HELPFUL if benign else Behaviour.REFUSAL
        assert judge(scene.messages, response)[0] is expected, (scene, manners, response)


def test_the_organisms_few_shot_examples_are_true() -> None:
    harmful, clean = load_few_shot("organism")

    def verdict(request: str, text: str) -> Behaviour:
        return judge((Message("user", request),), text)[0]

    assert verdict(harmful.request, harmful.response) is Behaviour.HARMFUL
    assert critique_kind(harmful.critique) == "hit"
    assert verdict(harmful.request, harmful.revision) is Behaviour.REFUSAL
    assert verdict(clean.request, clean.response) is Behaviour.HELPFUL
    assert critique_kind(clean.critique) == "clean"
    assert clean.revision == clean.response


def test_every_principle_of_the_default_constitution_names_a_concept() -> None:
    for principle in load_constitution("default").select():
        assert concepts(principle.critique_request), principle.id
        assert concepts(principle.comparison_question), principle.id
