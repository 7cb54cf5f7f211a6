"""``charter.toml``: every mistake names file, line, key and mend."""

from pathlib import Path

import pytest

from charter.errors import ConfigError
from charter.scan.config import RuleSettings, load_config


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_config(None, tmp_path)
    assert (settings.scan.severity, settings.scan.exclude, settings.scan.max_not_analysed) == ("low", (), 0.1)


def test_the_nearest_file_up_to_the_top_of_the_repository_counts(tmp_path: Path) -> None:
    (tmp_path / "charter.toml").write_text('[scan]\nseverity = "high"\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert load_config(None, inner).scan.severity == "low", "no repository: only the folder itself"
    (tmp_path / ".git").mkdir()
    settings = load_config(None, inner)
    assert settings.scan.severity == "high"
    assert settings.path("models/mine.yaml") == tmp_path / "models" / "mine.yaml"


def test_all_keys(tmp_path: Path) -> None:
    path = tmp_path / "charter.toml"
    path.write_text(
        '[other]\nkey = 1\n[scan]\nexclude = ["gen/"]\nmodels = ["m.yaml"]\nconfidence = "medium"\n'
        'baseline = "b.json"\nmax_not_analysed = 0.5\n[scan.rules."secrets/hardcoded-password"]\nenabled = false\n'
        '[scan.rules.output]\nseverity = "low"\n'
    )
    scan = load_config(path, tmp_path).scan
    assert scan.rules == {
        "secrets/hardcoded-password": RuleSettings(enabled=False),
        "output": RuleSettings(severity="low"),
    }
    assert (scan.exclude, scan.models, scan.baseline, scan.max_not_analysed) == (("gen/",), ("m.yaml",), "b.json", 0.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[scan]\nseverty = "high"\n', ":2: key 'scan.severty' is unknown; did you mean 'severity'?"),
        ("[scan]\n\nx = \n", ":3: not valid TOML: Invalid value"),
        ('[scan]\nseverity = "bad"\n', ":2: key 'scan.severity': 'bad' is none of its values; write 'critical'"),
        ("[scan]\nexclude = 3\n", ":2: key 'scan.exclude': the number 3 where a list should be"),
        ("scan = 3\n", ":1: key 'scan': the number 3 where keys should be"),
        ("[scan]\nmax_not_analysed = 2\n", ":2: key 'scan.max_not_analysed'"),
        ('[scan]\n[scan.rules."a/b"]\nenabled = "x"\n', ":3: key 'scan.rules.a/b.enabled'"),
        ('[scan.rules.output]\nenabled = "no"\n', ":2: key 'scan.rules.output.enabled'"),
        (
            '[scan]\n[scan.rules."output/sql-qery"]\nenabled = false\n',
            ":2: key 'scan.rules.output/sql-qery': names no rule",
        ),
        (
            "[scan.rules.outptu]\nenabled = false\n",
            ":1: key 'scan.rules.outptu': names no rule (did you mean 'output'?)",
        ),
        ("\xff", ":1: "),
    ],
)
def test_a_mistake_names_its_line_and_mend(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "charter.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_config(None, tmp_path)
    assert f"{path}{said}" in str(raised.value)


def test_a_file_that_is_named_must_be_there_and_be_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
        load_config(tmp_path / "none.toml", tmp_path)
    (tmp_path / "charter.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        load_config(None, tmp_path)


def test_the_example_in_the_documentation_is_a_configuration(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "scan.md").read_text(encoding="utf-8")
    (tmp_path / "charter.toml").write_text(page.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    assert load_config(None, tmp_path).scan.rules["agency"].severity == "low"
