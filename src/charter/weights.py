"""What the headers of a model's weight files say, without loading a weight and without torch."""

import json
import math
from pathlib import Path

_LARGEST_HEADER = 1 << 26


def parameter_count(folder: Path) -> int:
    """The number of parameters in a folder's safetensors files; 0 when there are none that can be read."""
    return sum(_tensor_sizes(file) for file in folder.glob("*.safetensors")) if folder.is_dir() else 0


def _tensor_sizes(file: Path) -> int:
    """See the safetensors format: eight bytes of length, then a JSON header with a shape for each tensor."""
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        try:
            header = json.loads(stream.read(min(length, _LARGEST_HEADER)))
            return sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
        except (ValueError, KeyError, TypeError, AttributeError):
            return 0
