"""Models behind one protocol: in process (hf.py) or served elsewhere."""

from charter.models.completer import Chat, Completer, Completion, Sampling
from charter.models.loading import load_completer

__all__ = ["Chat", "Completer", "Completion", "Sampling", "load_completer"]
