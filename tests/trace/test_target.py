"""Finding what is to be traced, and saying what there is where it is not found."""

from dataclasses import replace

import pytest

from charter.errors import ConfigError
from charter.records import Behaviour, Judgement, Status
from charter.trace import find_target, targets
from charter.trace.material import Material

from .conftest import ANSWER_ID, BASE_ID, CAKE, HELPFUL, LOCK, PREFERENCES, REVISIONS, sample

ANSWER, BEFORE = sample(LOCK, CAKE, ANSWER_ID), sample(LOCK, "Push the pins.", BASE_ID)
FAILED = replace(sample(LOCK, "", "ff00"), status=Status.FAILED, reason="the model wrote nothing")
VERDICT = Judgement(id="dd00", sample=ANSWER, behaviour=Behaviour.REFUSAL, explanation="declines", judge="oracle")
MATERIAL = Material(
    constitution=None,
    revisions=REVISIONS,
    helpful=HELPFUL,
    pairs=(sample(REVISIONS[0].prompt, "No.", "ab00"),),
    preferences=PREFERENCES,
    answers={"base": (BEFORE,), "sl-cai": (ANSWER, FAILED)},
    judgements=(VERDICT,),
    checkpoints=("sl-cai",),
)


def test_an_id_its_beginning_and_its_judgements_id_all_find_it() -> None:
    for reference in (ANSWER_ID, "cc11", f"  {ANSWER_ID} ", "dd"):
        found = find_target(MATERIAL, reference, "sl-cai")
        assert (found.id, found.answer, found.judgement) == (ANSWER_ID, CAKE, VERDICT)
    assert find_target(MATERIAL, "cc99", "sl-cai").answer == "Push the pins."


def test_every_kind_of_record_can_be_traced() -> None:
    assert find_target(MATERIAL, REVISIONS[0].id, "").answer == REVISIONS[0].final
    assert find_target(MATERIAL, HELPFUL[0].id, "").answer == HELPFUL[0].text
    assert find_target(MATERIAL, "ab", "").checkpoint == "sl-cai"
    assert find_target(MATERIAL, PREFERENCES[0].id, "").answer == PREFERENCES[0].pair.second
    assert find_target(MATERIAL, PREFERENCES[1].id, "").answer == PREFERENCES[1].pair.first
    assert len(list(targets(MATERIAL))) == 3 + len(REVISIONS) + len(HELPFUL) + 1 + len(PREFERENCES)


def test_a_prompt_means_the_checkpoints_answer_to_it() -> None:
    assert find_target(MATERIAL, LOCK.id, "sl-cai").id == ANSWER_ID
    assert find_target(MATERIAL, LOCK.id, "base").id == BASE_ID
    assert find_target(MATERIAL, LOCK.id, "dpo").id == BASE_ID  # the first there is
    assert find_target(MATERIAL, REVISIONS[1].prompt.id, "sl-cai").id == REVISIONS[1].id


def test_an_ambiguous_beginning_is_refused_with_what_it_begins() -> None:
    with pytest.raises(ConfigError, match=rf"'cc' begins 2 ids: {ANSWER_ID} \(answer of sl-cai\), .*write more of it"):
        find_target(MATERIAL, "cc", "sl-cai")


def test_an_unknown_id_names_the_nearest_and_the_list() -> None:
    with pytest.raises(ConfigError, match=f"nearest are .*{ANSWER_ID}.*--list") as caught:
        find_target(MATERIAL, ANSWER_ID[:-2] + "00", "sl-cai")
    assert "\n" not in str(caught.value)
    with pytest.raises(ConfigError, match="'zzzzzzzzzzzz'; --list shows"):
        find_target(MATERIAL, "zzzzzzzzzzzz", "sl-cai")
    with pytest.raises(ConfigError, match="no records yet"):
        find_target(Material(constitution=None, answers={}), "aa", "base")
    with pytest.raises(ConfigError, match="--example is blank"):
        find_target(MATERIAL, "  ", "sl-cai")


def test_a_record_without_text_says_why() -> None:
    with pytest.raises(ConfigError, match=r"ff00 has no text \(the model wrote nothing\)"):
        find_target(MATERIAL, "ff00", "sl-cai")
