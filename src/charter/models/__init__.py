"""Models behind one protocol: in process (hf.py) or served elsewhere."""

from charter.models.completer import Chat, Completer, Completion, Sampling

__all__ = ["Chat", "Completer", "Completion", "Sampling"]
