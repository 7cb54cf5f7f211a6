"""From a recipe's model to a completer: what can be checked on the disk is checked before torch is imported."""

from pathlib import Path
from typing import TYPE_CHECKING

from charter.errors import ConfigError, MissingExtraError, ModelError
from charter.models.completer import Completer
from charter.models.folder import (
    base_of_adapter,
    check_adapter_folder,
    check_model_folder,
    has_chat_template,
    has_tokenizer,
    is_adapter,
    whole_digest,
)
from charter.models.hub import here, resolve
from charter.recipe import ModelConfig
from charter.served import is_served, parse_served

if TYPE_CHECKING:
    from charter.models.hf_load import LoadedModel


def load_completer(config: ModelConfig) -> Completer:
    """The model that a recipe names, in this process or behind a server.

    Raises:
        ModelError: it cannot be loaded or used; one line that names what is wrong and the mend.
        MissingExtraError: torch and transformers are not installed.
    """
    if is_served(served := config.server or config.name):
        from charter.models.endpoint import EndpointCompleter

        return EndpointCompleter(served)
    loaded = load_local(config)
    from charter.models.hf import HfCompleter

    return HfCompleter(loaded, config)


def load_local(config: ModelConfig) -> "LoadedModel":
    """The weights that a recipe names, in this process, whatever server may generate in their stead.

    Raises:
        ModelError, MissingExtraError: as ``load_completer``.
    """
    folder = resolve(config.name, config.revision)
    base = check_folder(folder)
    text_folder = folder if base is None or has_tokenizer(folder) else base
    if config.format == "chat" and not has_chat_template(text_folder):
        raise ModelError(
            f"{text_folder}: no chat template; for a base model use --chat-format transcript, "
            "else copy its tokenizer's chat_template.jinja there"
        )
    try:
        from charter.models.hf_load import load_model
    except ImportError as error:  # of torch or transformers
        raise MissingExtraError("train", f"running the model '{config.name}' in this process") from error
    return load_model(config, folder, base, text_folder)


def in_own_form(config: ModelConfig) -> ModelConfig:
    """The configuration of a model of which nobody said how it is shown a conversation: by its chat template, or as a
    transcript where it has none.

    Raises:
        ModelError: the model cannot be found.
    """
    if is_served(config.name):
        return config
    folder = resolve(config.name, config.revision)
    base = check_folder(folder)
    text_folder = folder if base is None or has_tokenizer(folder) else base
    return config.model_copy(update={"format": "chat" if has_chat_template(text_folder) else "transcript"})


def digest_of(config: ModelConfig) -> str:
    """The digest of the weights that a recipe names, whatever server generates in their stead; loads nothing.

    Raises:
        ModelError: the model cannot be found.
    """
    folder = resolve(config.name, config.revision)
    return whole_digest(folder, check_folder(folder))


def check_name(name: str, key: str) -> None:
    """What can be said of a model's name without the network, and without loading it; ``key`` is the recipe's.

    Raises:
        ConfigError: a server's name that is not well formed.
        ModelError: a folder that holds no usable model.
    """
    try:
        if is_served(name):
            parse_served(name)
        elif (folder := here(name)) is not None:
            check_folder(folder)
    except (ConfigError, ModelError) as error:
        raise type(error)(f"{key}: {error}") from error


def check_folder(folder: Path) -> Path | None:
    """Checks the folder and, where it holds an adapter, its base; returns the base's folder.

    Raises:
        ModelError: naming what is missing or broken.
    """
    if not is_adapter(folder):
        check_model_folder(folder)
        return None
    check_adapter_folder(folder)
    name = base_of_adapter(folder)
    try:
        base = resolve(name)
        check_model_folder(base)
    except ModelError as error:
        raise ModelError(f"{folder}: an adapter whose base cannot be used: {error}") from error
    return base
