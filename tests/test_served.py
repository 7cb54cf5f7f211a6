"""Names of served models: read, written back, and every malformed one refused without repeating a password."""

from pathlib import Path

import pytest

from charter.documents import load_yaml
from charter.errors import ConfigError
from charter.recipe import ModelConfig, Recipe
from charter.served import ServedModel, is_served, parse_served


@pytest.mark.parametrize(
    ("name", "model", "url"),
    [
        ("openai:m@http://localhost:8000/v1", "m", "http://localhost:8000/v1"),
        ("openai:m@http://localhost:8000/v1/", "m", "http://localhost:8000/v1"),
        ("openai:m@https://API.example.com", "m", "https://api.example.com"),
        ("openai:org/Model-70B@https://h/x/v1", "org/Model-70B", "https://h/x/v1"),
        ("openai:qwen3:8b@http://[::1]:11434/v1", "qwen3:8b", "http://[::1]:11434/v1"),
        ("openai:model@2024-01@https://h/v1", "model@2024-01", "https://h/v1"),
        ("openai:a b (c)@http://h/v1", "a b (c)", "http://h/v1"),
    ],
)
def test_a_name_is_model_and_place(name: str, model: str, url: str) -> None:
    assert parse_served(name) == ServedModel(model, url)
    assert parse_served(parse_served(name).name) == ServedModel(model, url)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("openai:", "'openai:MODEL@http://HOST:PORT/v1'"),
        ("openai:gpt", "'openai:MODEL@http://HOST:PORT/v1'"),
        ("openai:@http://h/v1", "'openai:MODEL@http://HOST:PORT/v1'"),
        ("openai:m@h/v1", "'openai:MODEL@http://HOST:PORT/v1'"),
        ("openai:m@ftp://h/v1", "'openai:MODEL@http://HOST:PORT/v1'"),
        ("openai:m @http://h/v1", "a space at its ends"),
        ("openai:m\x1b[2J@http://h/v1", "cannot be seen"),
        ("openai:m@http://me:hunter2@h/v1", "user name or password"),
        ("openai:m@http://hunter2@h/v1", "user name or password"),
        ("openai:m@http://h/v1?key=hunter2", "a query or a fragment"),
        ("openai:m@http://h/v1?", "a query or a fragment"),
        ("openai:m@http://h/v1#hunter2", "a query or a fragment"),
        ("openai:m@http://h/v1/chat/completions", "ends in '/chat/completions'"),
        ("openai:m@http://h/v1/models/", "ends in '/models'"),
        ("openai:m@http:///v1", "no host"),
        ("openai:m@http://:80/v1", "no host"),
        ("openai:m@http://h:port/v1", "a host or a port that cannot be"),
        ("openai:m@http://h:70000/v1", "a host or a port that cannot be"),
        ("openai:m@http://[::1/v1", "a host or a port that cannot be"),
        (f"openai:m@http://{'h' * 64}/v1", "a host or a port that cannot be"),
        ("openai:m@http://h..x/v1", "a host or a port that cannot be"),
        ("openai:m@http://h /v1", "a space, a backslash or a character outside ASCII"),
        ("openai:m@http://h\n/v1", "a space, a backslash or a character outside ASCII"),
        ("openai:m@http://h\\@x/v1", "a space, a backslash or a character outside ASCII"),
        ("openai:m@http://\u0440/v1", "a space, a backslash or a character outside ASCII"),
    ],
)
def test_a_malformed_name_is_refused_in_one_line(name: str, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_served(name)
    message = str(caught.value)
    assert why in message
    assert message.isprintable()
    assert "hunter2" not in message


def test_what_is_meant_for_a_server() -> None:
    assert is_served("openai:gpt")
    assert not is_served("openai")
    assert not is_served("openai/gpt-oss-20b")


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.0.0.1:8000", True),
        ("127.8.8.8", True),
        ("0.0.0.0:8000", True),
        ("[::1]:8000", True),
        ("localhost.example.com", False),
        ("10.0.0.1", False),
        ("[fe80::1]", False),
        ("api.example.com", False),
    ],
)
def test_which_servers_are_this_machine(host: str, here: bool) -> None:
    assert ServedModel("m", f"http://{host}/v1").is_loopback is here


def test_a_recipe_is_told_of_a_malformed_name_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("model:\n  dtype: float32\n  server: openai:m@http://me:hunter2@h/v1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_yaml(path, Recipe)
    assert str(caught.value) == (
        f"{path}:3: key 'model.server': the server's URL holds a user name or password; "
        "put a key into the environment instead"
    )


def test_a_recipe_has_weights_to_train_and_a_server_to_ask() -> None:
    config = ModelConfig(name="org/model-70b", server="openai:model-70b@http://localhost:8000/v1")
    assert ModelConfig.model_validate(config.model_dump()) == config
    assert ModelConfig().server is None
    with pytest.raises(ValueError, match="openai:MODEL@"):
        ModelConfig(server="http://localhost:8000/v1")
