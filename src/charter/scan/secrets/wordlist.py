"""Sets of words, written as a reader reads them."""


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())
