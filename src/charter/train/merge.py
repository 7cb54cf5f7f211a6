"""A trained adapter whose base is an adapter too becomes a whole model.

The alternative, an adapter upon the merged base, would need that base as a folder of its own, and would be worth
nothing once either folder is moved. A whole model is larger, and needs no other.
"""

from pathlib import Path
from typing import Any

from charter.models.folder import ADAPTER_CONFIG, ADAPTER_WEIGHTS


def merge_into_base(folder: Path, base: Any) -> None:
    """Puts the whole model, ``base`` with the adapter in ``folder`` added to it, where that adapter was."""
    from charter.models.hf_load import with_adapter

    merged = with_adapter(base, folder)
    for name in (ADAPTER_CONFIG, *ADAPTER_WEIGHTS):
        (folder / name).unlink(missing_ok=True)
    merged.save_pretrained(folder)
