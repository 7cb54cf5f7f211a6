"""Running batches of a small model side by side, one processor each.

The matrices of a small model are too small to be divided: threads that share one operation spend their time waiting for
each other, and where another program takes one of their processors, many times as long. Threads that each have a batch
of their own wait for nobody.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import torch

R = TypeVar("R")

SMALL_BYTES = 64 * 2**20
"""Weights up to this size are read from a processor's cache; larger ones from memory, best once for all threads."""
MIN_ROWS = 16
"""Rows that make a batch of its own worth while."""


class Workers:
    """As many threads as torch may use, for a small model on a CPU; otherwise the calling thread, with all of them."""

    def __init__(self, model: Any) -> None:
        size = sum(weight.numel() * weight.element_size() for weight in model.parameters())
        self.apart = model.device.type == "cpu" and size <= SMALL_BYTES
        """Whether batches run in threads of their own."""
        self.reason = (
            "a batch for each processor: the weights are small enough for its cache"
            if self.apart
            else "all of torch's threads for each batch"
        )

    def parts(self, rows: int, most: int) -> int:
        """Into how many batches so many rows are best divided, if one has at most ``most``."""
        needed = -(-rows // most)
        return max(needed, min(torch.get_num_threads(), rows // MIN_ROWS)) if self.apart else needed

    def run(self, tasks: Sequence[Callable[[], R]]) -> list[R]:
        """The results of all tasks, in their order. They are begun from the last one on."""
        if not self.apart:
            return [task() for task in tasks]
        threads = torch.get_num_threads()
        try:
            # One thread even for one batch: what is computed must not depend on how many there are.
            with ThreadPoolExecutor(threads, "charter-batch", lambda: torch.set_num_threads(1)) as pool:
                futures = [pool.submit(task) for task in reversed(tasks)]
                try:
                    return [future.result() for future in reversed(futures)]
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
        finally:
            torch.set_num_threads(threads)  # each thread set it for those that are yet to come, too
