"""Scores of answers by a reward model, and whether a folder holds one that can be used."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING

from charter.errors import MissingExtraError, ModelError
from charter.models.folder import ADAPTER_CONFIG, CONFIG, has_tokenizer, is_adapter, read_object
from charter.models.loading import check_folder
from charter.recipe import ModelConfig
from charter.records import Message
from charter.train.encode import Encoder, Tokens
from charter.train.publish import TRAINING_NAME
from charter.train.reward import OFFSET_KEY

if TYPE_CHECKING:
    from charter.models.hf_load import LoadedModel

_ANY_LENGTH = 1 << 30
_PROBE = "Hello, world! 0123 {[(<|x|>)]} \u00e9\u4e2d\n\n\tEnd."


@dataclass(frozen=True, slots=True)
class Scored:
    """What a reward model says of one answer."""

    score: float
    """NaN where prompt and answer do not fit into the model, or its chat template does not take the prompt."""
    tokens: int
    """Of the answer, with the token that ends it."""


class RewardModel:
    """Scores answers: the higher, the better. 0 is the mean over what it was trained on."""

    def __init__(self, loaded: "LoadedModel", config: ModelConfig, offset: float) -> None:
        self.name = loaded.name
        self.digest = loaded.digest()
        """Equal to that of its checkpoint."""
        self._loaded = loaded
        self._offset = offset
        self._batch = config.batch_size
        self._encoder = Encoder.of(loaded, config.format, _ANY_LENGTH)

    def score(self, chats: Sequence[tuple[Message, ...]], answers: Sequence[str]) -> list[float]:
        """One score an answer to the chat beside it; NaN where it does not fit."""
        return [each.score for each in self.rate(chats, answers)]

    def rate(self, chats: Sequence[tuple[Message, ...]], answers: Sequence[str]) -> list[Scored]:
        """One score an answer, with the answer's length."""
        encoded = self._encoder.encode_each(list(zip(chats, answers, strict=True)))
        scored = [Scored(nan, 0)] * len(encoded)
        fitting = {place: each for place, each in enumerate(encoded) if isinstance(each, Tokens)}
        order = sorted(fitting, key=lambda place: len(fitting[place].ids))
        for start in range(0, len(order), self._batch):
            places = order[start : start + self._batch]
            texts = [fitting[place] for place in places]
            for place, text, score in zip(places, texts, self._forward(texts), strict=True):
                scored[place] = Scored(score - self._offset, len(text.ids) - text.prompt)
        return scored

    def _forward(self, texts: Sequence[Tokens]) -> list[float]:
        import torch

        model = self._loaded.model
        longest = max(len(each.ids) for each in texts)
        pad = model.config.get_text_config().pad_token_id
        ids_N_T = torch.tensor([[*each.ids, *[pad] * (longest - len(each.ids))] for each in texts])
        mask_N_T = torch.arange(longest)[None] < torch.tensor([len(each.ids) for each in texts])[:, None]
        shown = {"input_ids": ids_N_T.to(model.device), "attention_mask": mask_N_T.long().to(model.device)}
        with torch.inference_mode():
            scores: list[float] = model(**shown, use_cache=False).logits.squeeze(-1).float().tolist()
        return scores


def load_reward_model(folder: Path, config: ModelConfig) -> RewardModel:
    """The reward model in ``folder``: one that ``train_reward`` made, or any with one score for a text.

    ``config`` says where and in which precision it runs, how many answers are scored together, and the form of a
    conversation.

    Raises:
        ModelError: the folder holds no reward model, or one that cannot be loaded.
        MissingExtraError: torch and transformers are not installed.
    """
    base = check_folder(folder)
    _check_kind(folder)
    try:
        import peft  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("train", "scoring with a reward model") from error
    return RewardModel(_load(folder, base, config), config, _offset(folder))


def check_same_tokenizer(reward: Path, policy: Path) -> None:
    """Refuses a reward model that would read a policy's answers in other tokens than the policy writes.

    Raises:
        ModelError: vocabulary, or the tokens of a text or of a conversation, differ.
    """
    from transformers import AutoTokenizer

    ours, theirs = (AutoTokenizer.from_pretrained(_text_folder(folder)) for folder in (reward, policy))
    differences = {
        "vocabulary": ours.get_vocab() != theirs.get_vocab(),
        "tokens of a text": ours(_PROBE)["input_ids"] != theirs(_PROBE)["input_ids"],
        "chat template": ours.chat_template != theirs.chat_template,
    }
    if different := [what for what, differs in differences.items() if differs]:
        raise ModelError(
            f"{reward}: a reward model of another tokenizer than that of {policy} ({' and '.join(different)} differ); "
            "train one from this policy's own start (charter reward)"
        )


def _check_kind(folder: Path) -> None:
    if is_adapter(folder):
        one_score = read_object(folder / ADAPTER_CONFIG).get("task_type") == "SEQ_CLS"
    else:
        config = read_object(folder / CONFIG)
        kinds = config.get("architectures") or [""]
        one_score = "SequenceClassification" in str(kinds[0]) and len(config.get("id2label") or ("", "")) == 1
    if not one_score:
        raise ModelError(
            f"{folder}: not a reward model, which gives one score for a text; name a folder that charter reward made, "
            "or a sequence classification model with one label"
        )


def _load(folder: Path, base: Path | None, config: ModelConfig) -> "LoadedModel":
    from transformers import AutoModelForSequenceClassification

    from charter.models.hf_load import load_model, with_adapter
    from charter.train.reward_model import with_score_head

    config = config.model_copy(update={"name": str(folder), "revision": None})
    if base is None:
        return load_model(config, folder, None, folder, AutoModelForSequenceClassification)
    loaded = load_model(config, base, None, _text_folder(folder))
    headed = with_score_head(loaded.model, loaded.tokenizer)
    adapted = with_adapter(headed.to(loaded.model.device), folder).eval()
    return replace(loaded, model=adapted, folder=folder, base=base)


def _text_folder(folder: Path) -> Path:
    """Where the tokenizer of a model or adapter is."""
    base = check_folder(folder)
    return folder if base is None or has_tokenizer(folder) else base


def _offset(folder: Path) -> float:
    """The score that stands for 0; 0 itself for a reward model that Charter did not train."""
    path = folder / TRAINING_NAME
    return float(read_object(path).get(OFFSET_KEY, 0.0)) if path.is_file() else 0.0
