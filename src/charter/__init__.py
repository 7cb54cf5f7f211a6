"""Charter: from a written constitution to a release decision.

The names below are imported when they are first used: importing ``charter`` imports neither torch nor pydantic.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from charter.constitution import Constitution, Principle, load_constitution
    from charter.errors import CharterError
    from charter.models import Completer, load_completer
    from charter.prompts import load_prompts
    from charter.recipe import ModelConfig, PromptsConfig, Recipe
    from charter.records import Behaviour, Checkpoint, Judgement, Message, Prompt, Rate, Revision, Sample
    from charter.store import RunFolder

_HOMES = {
    "Behaviour": "records",
    "CharterError": "errors",
    "Checkpoint": "records",
    "Completer": "models",
    "Constitution": "constitution",
    "Judgement": "records",
    "Message": "records",
    "ModelConfig": "recipe",
    "Principle": "constitution",
    "Prompt": "records",
    "PromptsConfig": "recipe",
    "Rate": "records",
    "Recipe": "recipe",
    "Revision": "records",
    "RunFolder": "store",
    "Sample": "records",
    "load_completer": "models",
    "load_constitution": "constitution",
    "load_prompts": "prompts",
}

__all__ = [
    "Behaviour",
    "CharterError",
    "Checkpoint",
    "Completer",
    "Constitution",
    "Judgement",
    "Message",
    "ModelConfig",
    "Principle",
    "Prompt",
    "PromptsConfig",
    "Rate",
    "Recipe",
    "Revision",
    "RunFolder",
    "Sample",
    "__version__",
    "load_completer",
    "load_constitution",
    "load_prompts",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'charter' has no attribute '{name}'")
    return getattr(importlib.import_module(f"charter.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
