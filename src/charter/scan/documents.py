"""Configuration that says what an agent may do: JSON, YAML and TOML, with the line of every key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """One configuration file, read."""

    path: str
    """Relative to the scanned root."""
    data: Any
    """Mappings, lists and scalars."""
    lines: Mapping[tuple[str | int, ...], int]
    """Where each key or item stands, by its way from the top: ``("mcpServers", "shell", "command")``."""
    text: str
