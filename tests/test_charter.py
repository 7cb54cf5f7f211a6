"""The package's public names, and how little importing it costs."""

import subprocess
import sys

import pytest

import charter

HEAVY = ("torch", "transformers", "pydantic", "pyarrow", "numpy", "scipy", "rich", "click")


def test_importing_it_imports_nothing_heavy() -> None:
    program = f"import sys, charter; dir(charter); print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", charter.__all__)
def test_every_public_name_is_there(name: str) -> None:
    value = getattr(charter, name)
    assert name in dir(charter)
    assert getattr(value, "__name__", name) == name


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = charter.nothing
    with pytest.raises(ImportError):
        from charter import nothing  # noqa: F401
