"""The roles of turns in a conversation."""

from charter.scan.engine.values import Value

INSTRUCTION_ROLES = frozenset({"system", "developer"})
_OTHER_ROLES = frozenset({"user", "human", "assistant", "ai", "tool", "function", "placeholder", "model"})


def names_role(text: object) -> bool:
    """Whether a text is the name of a role."""
    return text in INSTRUCTION_ROLES or text in _OTHER_ROLES


def roles_of(role: Value) -> set[str]:
    """The roles that a value names, be it by a library's enum: ``MessageRole.SYSTEM``."""
    texts = {each for each in role.consts or () if isinstance(each, str)}
    last = (path.removesuffix(".value").rpartition(".")[2] for path in role.paths())
    return texts | {name.lower() for name in last if name.isupper()}
