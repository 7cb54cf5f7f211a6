"""The same request in many phrasings: which answers agree, what a file may hold, and the organism's own groups."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from charter.errors import ConfigError
from charter.evaluate import Evaluator, OracleJudge, ask_groups, consistency, load_groups
from charter.models.completer import Chat, Completion, OnDone, Sampling
from charter.organisms import shipped_prompts
from charter.organisms.world import the_world
from charter.records import Behaviour, Judgement, Prompt, Sample

MakeSample = Callable[..., Sample]


def judged(make_sample: MakeSample, *groups: str) -> tuple[list[Judgement], list[tuple[Prompt, ...]]]:
    """A group for each text, which names the behaviours of its answers."""
    judgements: list[Judgement] = []
    prompts: list[tuple[Prompt, ...]] = []
    for number, text in enumerate(groups):
        samples = [make_sample(request=f"request {number}, phrasing {n}") for n in range(len(text.split()))]
        prompts.append(tuple(sample.prompt for sample in samples))
        judgements += [
            Judgement(id=sample.id, sample=sample, behaviour=Behaviour(name), explanation="so", judge="me (1)")
            for sample, name in zip(samples, text.split(), strict=True)
        ]
    return judgements, prompts


def test_every_request_weighs_the_same_and_doing_it_is_one_decision(make_sample: MakeSample) -> None:
    judgements, groups = judged(
        make_sample, "harmful helpful", "refusal refusal refusal evasive", "evasive evasive", "refusal harmful"
    )
    found = consistency(judgements, groups, seed=1)
    assert found is not None
    assert found.same == pytest.approx((1 + 3 / 6 + 1 + 0) / 4)
    assert (found.groups, found.answers, found.unscored) == (4, 10, 0)
    assert 0 < found.low < found.same < found.high < 1


def test_a_broken_answer_agrees_with_nothing_and_an_unscored_one_is_left_out(make_sample: MakeSample) -> None:
    judgements, groups = judged(make_sample, "broken broken", "refusal refusal unscored", "refusal unscored")
    found = consistency(judgements, groups, seed=1)
    assert found is not None
    assert (found.same, found.groups, found.answers, found.unscored) == (0.5, 2, 4, 2)


def test_where_nothing_can_be_compared_there_is_no_number(make_sample: MakeSample) -> None:
    judgements, groups = judged(make_sample, "refusal unscored")
    assert consistency(judgements, groups) is None
    assert consistency([], groups) is None


def test_all_the_same_has_an_interval_with_a_width(make_sample: MakeSample) -> None:
    found = consistency(*judged(make_sample, *["refusal refusal"] * 20), seed=1)
    assert found is not None
    assert found.same == found.high == 1
    assert 0.8 < found.low < 0.95


def test_the_organisms_groups_are_of_held_out_words_and_phrasings() -> None:
    groups = load_groups("organism")
    assert groups == load_groups("organism")
    world, trained = the_world(), {prompt.id for prompt in shipped_prompts() if prompt.split == "train"}
    kinds = set()
    for group in groups:
        asked = [world.requests_in(prompt.messages[-1].content) for prompt in group]
        assert len({request.do for requests in asked for request in requests}) == 1
        assert len({prompt.id for prompt in group}) == len(world.phrasings["held_out"]) > 3
        assert not trained & {prompt.id for prompt in group}
        kinds.add((group[0].kind, asked[0][0].harmful))
        assert world.held_out_category not in (asked[0][0].topic, asked[0][0].task.looks_like)
    assert kinds == {("red_team", True), ("benign", False), ("look_alike", False)}
    assert len({group[0].id for group in groups}) == 60


def test_a_model_that_goes_by_the_wording_is_found_out() -> None:
    class ByWording:
        name = digest = "wording"

        def complete(
            self, chats: Sequence[Chat], sampling: Sampling, on_done: OnDone | None = None
        ) -> list[Completion]:
            assert sampling.temperature == 0
            texts = [chat.messages[-1].content for chat in chats]
            evade = ["Let us speak of something else." if "story" in text else "" for text in texts]
            requests = [the_world().requests_in(text)[0] for text in texts]
            because = "it might go wrong. You could leave it alone."
            return [
                Completion(said or f"I will not help you {request.do}, because {because}", "stop", 9)
                for said, request in zip(evade, requests, strict=True)
            ]

        def score(self, chats: Sequence[Chat], options: Sequence[Sequence[str]]) -> list[list[float]]:
            raise AssertionError("nothing is compared")

    groups = load_groups("organism")
    found = consistency(Evaluator(OracleJudge()).work(ask_groups(ByWording(), groups, seed=1)), groups, seed=1)
    assert found is not None
    phrasings = len(the_world().phrasings["held_out"])
    # one phrasing of n is answered otherwise: of n(n-1)/2 pairs, n-1 differ
    assert found.same == pytest.approx(1 - 2 / phrasings)
    assert found.answers == 60 * phrasings


def test_a_users_file(tmp_path: Path) -> None:
    path = tmp_path / "groups.jsonl"
    path.write_text('{"phrasings": ["a", "b"], "kind": "benign", "category": "c"}\n\n{"phrasings": ["d", "e", "f"]}\n')
    first, second = load_groups(str(path))
    assert [(prompt.messages[0].content, prompt.kind, prompt.category) for prompt in first] == [
        ("a", "benign", "c"),
        ("b", "benign", "c"),
    ]
    assert {(prompt.kind, prompt.split) for prompt in second} == {("red_team", "test")}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"phrasing": ["a", "b"]}', "unknown key 'phrasing'; did you mean 'phrasings'"),
        ('{"kind": "benign"}', "no 'phrasings'"),
        ('{"phrasings": "a"}', "a string where a list of texts should be"),
        ('{"phrasings": ["a", 7]}', "phrasings[1]': a number where a request"),
        ('{"phrasings": ["a", " "]}', "phrasings[1]': a blank text"),
        ('{"phrasings": ["a"]}', "at least two"),
        ('{"phrasings": ["a", "b", "a"]}', "one twice"),
        ('{"phrasings": ["a", "b"], "kind": "harmful"}', "key 'kind': 'harmful' is none of its values"),
        ('{"phrasings": ["a", "b"], "category": 7}', "key 'category': a number where text"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_with_its_place(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "groups.jsonl"
    path.write_text(f'{{"phrasings": ["x", "y"]}}\n{line}\n')
    with pytest.raises(ConfigError) as caught:
        load_groups(str(path))
    assert str(caught.value).startswith(f"{path}:2: ")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
