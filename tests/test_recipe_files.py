"""Recipes by name or path, and the command line's settings over them: every mistake names its flag."""

from pathlib import Path

import pytest

from charter.errors import ConfigError
from charter.recipe import Recipe
from charter.recipe_files import Override, load_recipe, override, parse_setting, shipped_recipes


@pytest.mark.parametrize("name", shipped_recipes())
def test_every_shipped_recipe_is_valid_and_says_what_it_needs(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.name == name
    assert recipe.description
    assert recipe.expects.hardware
    assert recipe.expects.time
    assert recipe.expects.data


def test_a_file_is_read_and_an_unknown_name_gets_a_suggestion(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nrevise: {rounds: 2}\n", encoding="utf-8")
    assert load_recipe(str(path)) == Recipe(name="mine", revise={"rounds": 2})  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"organizm: no such recipe; .*'organism'"):
        load_recipe("organizm")


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("sft.learning_rate=5e-5", "sft.learning_rate", 5e-5),
        ("revise.rounds=2", "revise.rounds", 2),
        ("revise.critique=false", "revise.critique", False),
        ("prompts.train_benign=null", "prompts.train_benign", None),
        (" seed = 7", "seed", 7),
        ("description=", "description", ""),
        ("description=a=b", "description", "a=b"),
        ("revise.principles=[a, b]", "revise.principles", ["a", "b"]),
    ],
)
def test_a_setting_is_read_as_yaml(text: str, key: str, value: object) -> None:
    assert parse_setting(text) == Override(key, value, "--set")


def test_later_settings_win_and_the_rest_stays() -> None:
    before = load_recipe("organism")
    after = override(before, [Override("revise.rounds", 2, "--rounds"), Override("revise.rounds", 3, "--set")])
    assert after.revise.rounds == 3
    assert after.model_copy(update={"revise": before.revise}) == before


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (Override("revise.rouns", 2, "--set"), r"--set revise\.rouns: no key 'rouns'; did you mean 'rounds'\?"),
        (Override("rounds", 2, "--set"), "--set rounds: no key 'rounds'"),
        (Override("revise.rounds.most", 2, "--set"), "'rounds' is a value, not a section"),
        (Override("revise.rounds", 0, "--rounds"), "--rounds: key 'revise.rounds': .*greater than or equal to 1"),
        (Override("evaluate.judge", "oracle", "--judge"), "--judge: .*'oracle', which knows only the organism's world"),
        (Override("rl.judge", "oracle", "--set"), "rl.judge is 'oracle', which knows only the organism's world"),
    ],
)
def test_a_mistake_names_the_flag_and_the_key(setting: Override, said: str) -> None:
    recipe = override(load_recipe("organism"), [Override("prompts.path", "my.jsonl", "--prompts")])
    with pytest.raises(ConfigError, match=said):
        override(recipe, [setting])


@pytest.mark.parametrize("text", ["revise.rounds", "=2", " = 2"])
def test_a_setting_without_key_or_value_shows_the_form(text: str) -> None:
    with pytest.raises(ConfigError, match="write KEY=VALUE"):
        parse_setting(text)


@pytest.mark.parametrize(
    "text",
    [
        "model.server=openai:x@http://user:hunter2@host",
        "model.server=openai:x@http://user:hunter2@host: [",
        "model.sever=openai:x@http://user:hunter2@host",
        "http://user:hunter2@host",
    ],
)
def test_no_message_repeats_a_value_which_may_be_a_secret(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        override(Recipe(), [parse_setting(text)])
    assert "--set" in str(caught.value)
    assert "hunter2" not in str(caught.value)
