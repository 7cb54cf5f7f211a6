"""A template of Jinja or Django, as far as whoever renders it has to know it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Template:
    """What a template does with the variables it is given."""

    path: str
    """Relative to the scanned root."""
    unsafe: Mapping[str, int]
    """Variables that come into the page as they are, and the line of the first place where."""
    includes: tuple[str, ...] = ()
    """Templates that it includes or extends, as named in it: they see the same variables."""
