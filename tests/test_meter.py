"""A meter sees what its own block costs."""

import subprocess
import sys
import time

import numpy as np
import pytest

from charter.meter import meter

BLOCK_MIB = 64


def touch(mib: int) -> None:
    """Uses memory, and gives it back: numpy maps arrays of this size, and unmaps them when they are freed."""
    np.ones(mib << 20, dtype=np.uint8)


def test_seconds_are_those_of_the_block() -> None:
    with meter() as used:
        time.sleep(0.05)
        assert 0.05 <= used.seconds < 5
    total = used.seconds
    time.sleep(0.02)
    assert used.seconds == total


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the peak is that of the whole process")
def test_the_peak_is_that_of_the_block_not_of_what_came_before() -> None:
    with meter() as large:
        touch(BLOCK_MIB)
    with meter() as small:
        pass
    assert large.peak_mib - small.peak_mib > 0.9 * BLOCK_MIB


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the peak is that of the whole process")
def test_an_outer_block_keeps_its_peak_through_an_inner_one() -> None:
    with meter() as idle:
        pass
    with meter() as outer:
        touch(BLOCK_MIB)
        with meter() as inner:
            pass
    assert outer.peak_mib - idle.peak_mib > 0.9 * BLOCK_MIB
    assert outer.peak_mib - inner.peak_mib > 0.9 * BLOCK_MIB


def test_a_block_that_fails_is_metered() -> None:
    with pytest.raises(RuntimeError), meter() as used:
        raise RuntimeError
    assert used.seconds > 0
    assert used.peak_mib > 1


def test_the_meter_does_not_bring_torch_in() -> None:
    program = (
        "import sys; from charter.meter import meter\n"
        "with meter() as used: pass\n"
        "print(used.peak_gpu_mib, 'torch' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["None", "False"]
