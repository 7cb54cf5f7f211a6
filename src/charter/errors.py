"""The exceptions Charter raises: one root, and beside it the standard-library kind that a caller would expect.

A message is one line that a user can act on: where (file, line, key), what is wrong, and the mend. The command
line prints it without a traceback and leaves with ``exit_code``.
"""


class CharterError(Exception):
    """The root of every exception that Charter raises on purpose."""

    exit_code = 3


class ConfigError(CharterError, ValueError):
    """Something the user wrote (YAML, JSONL, an option) cannot be used as it stands."""

    exit_code = 2


class RunFolderError(CharterError, RuntimeError):
    """A run folder cannot be used: it belongs to another recipe, is in use, or is damaged."""

    exit_code = 2


class ModelError(CharterError, OSError):
    """A model cannot be loaded: no such folder, no weights, no tokenizer, an unusable chat template."""

    exit_code = 2


class MissingExtraError(CharterError, ImportError):
    """An optional dependency is not installed; the message carries the install command."""

    exit_code = 2

    def __init__(self, extra: str, needed_for: str) -> None:
        super().__init__(f"{needed_for} needs the '{extra}' extra: pip install 'charter[{extra}]'")
        self.extra = extra


class StageError(CharterError, RuntimeError):
    """A stage could not do its work (no usable records, a loss that is not a number, a full disk)."""


class Interrupted(CharterError, KeyboardInterrupt):  # noqa: N818  # named as its stdlib kind is
    """The user stopped a run between two shards; what was finished is kept."""
