"""What a block of work costs: wall-clock seconds and peak memory."""

import re
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

MIB = 1 << 20

_STATUS = Path("/proc/self/status")
_CLEAR_REFS = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""Written to ``clear_refs``, sets VmHWM back to what is resident now (proc_pid_clear_refs(5), since Linux 4.0)."""


class Meter:
    """The cost of a block, so far while it runs, and in total once it has ended."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._ended: float | None = None
        self._peak = 0.0
        self._gpu_peak = 0.0

    @property
    def seconds(self) -> float:
        """Wall-clock seconds, sleeping and waiting included."""
        return (self._ended or time.monotonic()) - self._began

    @property
    def peak_mib(self) -> float:
        """Most resident memory of this process during the block, in MiB; child processes are not counted.

        Linux counts from the start of the block. Elsewhere, or where ``/proc/self/clear_refs`` may not be written, it
        is the peak since the process began, so a later block never shows less than an earlier one.
        """
        self.look()
        return self._peak

    @property
    def peak_gpu_mib(self) -> float | None:
        """Most memory that torch held on one CUDA device during the block, in MiB; None where CUDA was not used."""
        self.look()
        return self._gpu_peak or None

    def look(self) -> None:
        """Takes the peaks up to now into account; nothing once the block has ended."""
        if self._ended is None:
            self._peak = max(self._peak, _peak_mib())
            self._gpu_peak = max(self._gpu_peak, _gpu_peak_mib())

    def stop(self) -> None:
        """Ends the block."""
        self.look()
        self._ended = time.monotonic()


_running: list[Meter] = []


@contextmanager
def meter() -> Iterator[Meter]:
    """Meters the block; blocks may be nested, but not run in several threads at once (the peak is the process's)."""
    for outer in _running:
        outer.look()  # the reset below would make an outer block forget its peak
    _reset_peaks()
    used = Meter()
    _running.append(used)
    try:
        yield used
    finally:
        used.stop()
        _running.remove(used)


def _peak_mib() -> float:
    with suppress(OSError):
        if found := re.search(r"^VmHWM:\s+(\d+) kB", _STATUS.read_text(), re.MULTILINE):
            return int(found[1]) * 1024 / MIB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MIB if sys.platform == "darwin" else peak * 1024 / MIB


def _gpu_peak_mib() -> float:
    cuda = _cuda_in_use()
    if cuda is None:
        return 0.0
    return float(max(cuda.max_memory_allocated(device) for device in range(cuda.device_count())) / MIB)


def _reset_peaks() -> None:
    with suppress(OSError):
        _CLEAR_REFS.write_text(_RESET_PEAK)
    cuda = _cuda_in_use()
    if cuda is not None:
        for device in range(cuda.device_count()):
            cuda.reset_peak_memory_stats(device)


def _cuda_in_use() -> Any:
    """``torch.cuda`` where this process has it imported and initialised: a meter must not be what starts CUDA."""
    torch = sys.modules.get("torch")
    cuda = getattr(torch, "cuda", None)
    return cuda if cuda is not None and cuda.is_initialized() else None
