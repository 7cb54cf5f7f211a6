"""Known findings stay known when lines move, and one more of the same is new."""

from pathlib import Path

import pytest

from charter.errors import ConfigError
from charter.scan.baseline import read_baseline, split_known, write_baseline
from charter.scan.findings import Finding, Place


def finding(line: int, snippet: str = "os.system(x)") -> Finding:
    return Finding(
        "output/shell-command", "insecure-output", "high", "high", Place("a.py", line), "Bad.", snippet=snippet
    )


def test_the_same_code_elsewhere_in_the_file_is_known(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, [finding(3)])
    assert "os.system" not in path.read_text()
    new, old = split_known(
        [finding(30, "os.system( x )".replace("( x )", "(x)")), finding(40, "os.system(y)")], read_baseline(path)
    )
    assert [each.place.line for each in old] == [30]
    assert [each.place.line for each in new] == [40]


def test_as_many_as_there_were(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, [finding(3), finding(4)])
    new, old = split_known([finding(1), finding(2), finding(3)], read_baseline(path))
    assert (len(new), len(old)) == (1, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "no entry of a baseline"),
        ('{"version": 9, "findings": []}', "no entry of a baseline"),
        ('{"version": 1, "findings": [{"fingerprint": 3}]}', r"findings\[0\]: no entry"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_baseline_is_a_mistake(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said):
        read_baseline(path)


def test_a_baseline_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--write-baseline makes one"):
        read_baseline(tmp_path / "none.json")
