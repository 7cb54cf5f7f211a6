"""Facts by access path: aliases, base classes, what calls give, guesses, and files with mistakes."""

from pathlib import Path
from typing import Any

import pytest

from charter.errors import ConfigError
from charter.scan.fact_base import FactBase, load_facts
from charter.scan.facts import Framework


def _framework(**entries: Any) -> Framework:
    return Framework.model_validate({"framework": "mine", "language": "python", "packages": [], **entries})


def _source(path: str, what: str) -> dict[str, Any]:
    return {"at": [path], "label": "M", "what": what}


def test_a_path_without_facts_has_one_name_and_no_entries() -> None:
    base = FactBase([])
    assert base.canonical("a.b().c", "python") == ("a.b().c",)
    assert base.sources("a.b()", "python") == ()
    assert base.approvals("a.b", "typescript") == ()


def test_names_go_through_aliases_bases_and_what_calls_give_the_most_specific_first() -> None:
    base = FactBase(
        [
            _framework(
                same={"lib.Model": ["lib*.**.{Model,AsyncModel}"]},
                is_a={"lib.Model": ["lib.Base"]},
                gives={"lib.Base().bind()": "lib.Base()"},
                propagators=[{"call": ["lib.make"], "gives": "lib.Model()"}],
            )
        ]
    )
    assert base.canonical("lib_x.deep.AsyncModel().bind().ask", "python") == (
        "lib_x.deep.AsyncModel().bind().ask",
        "lib.Model().bind().ask",
        "lib.Base().bind().ask",
        "lib.Base().ask",
    )
    assert "lib.Base().ask" in base.canonical("lib.make().ask", "python")


def test_names_are_the_same_whether_or_not_a_beginning_was_looked_up_before() -> None:
    framework = _framework(same={"l.I": ["long_name.**.Index"]}, gives={"l.I.from_*()": "l.I()", "l.I().q()": "l.Q()"})
    path = "long_name.core.Index.from_documents().q().ask()"
    fresh, used = FactBase([framework]), FactBase([framework])
    for cut in range(1, len(path)):
        used.canonical(path[:cut], "python")
    assert used.canonical(path, "python") == fresh.canonical(path, "python")
    assert "l.Q().ask()" in fresh.canonical(path, "python")


def test_facts_that_lead_in_circles_come_to_an_end() -> None:
    base = FactBase([_framework(gives={"**.more()": "a.more().more()", "x": "y", "y": "x"})])
    assert len(base.canonical("a.more()", "python")) < 100
    assert base.canonical("x", "python") == ("x", "y")


def test_a_path_that_grows_without_end_is_looked_up_by_its_own_name() -> None:
    base = FactBase([_framework(gives={"a.b()": "c"}, sources=[_source("**.b()", "it")])])
    path = "a" + ".b()" * 5000
    assert base.canonical(path, "python") == (path,)
    assert [each.what for each in base.sources(path, "python")] == ["it"]


def test_entries_of_the_more_specific_name_come_first() -> None:
    base = FactBase(
        [_framework(is_a={"a.B": ["a.A"]}, sources=[_source("a.A().x()", "general"), _source("a.B().x()", "specific")])]
    )
    assert [each.what for each in base.sources("a.B().x()", "python")] == ["specific", "general"]


def test_languages_are_apart() -> None:
    base = FactBase([_framework(sources=[_source("a.b()", "it")], packages=["a"], mentions=["/v1/a"])])
    assert base.sources("a.b()", "python")
    assert base.sources("a.b()", "typescript") == ()
    assert base.packages("python") == {"a"}
    assert base.mentions("python") == {"/v1/a"}
    assert base.packages("typescript") == frozenset()


def test_a_guess_holds_only_where_nothing_is_known() -> None:
    known = _framework(sources=[_source("lib.llm.ask()", "known")])
    guess = _framework(framework="guesses", guess=True, sources=[_source("**.llm.ask()", "guessed")])
    base = FactBase([guess, known])
    assert [each.what for each in base.sources("lib.llm.ask()", "python")] == ["known"]
    assert [each.what for each in base.sources("?.llm.ask()", "python")] == ["guessed"]


def test_an_approval_holds_what_it_says_of_its_path_alone() -> None:
    when = {"argument": "ask", "is": [True]}
    base = FactBase([_framework(approvals=[{"call": ["a.confirm"], "when": [["a.tool", when], ["a.agent", when]]}])])
    (asking,) = base.approvals("a.confirm", "python")
    (setting,) = base.approvals("a.tool", "python")
    assert (asking.call, asking.when) == (("a.confirm",), ())
    assert [path for path, _ in setting.when] == ["a.tool"]
    assert setting.call == ()


def test_functions_that_a_framework_calls_are_found_by_how_it_comes_to_know_them() -> None:
    base = FactBase(
        [
            _framework(
                parameters=[
                    {"decorated": ["a.tool"], "what": "decorated"},
                    {"passed": [["a.Tool", "func"], ["a.Tool", 1]], "what": "passed"},
                    {"methods": ["a.Base.run"], "what": "method"},
                    {"exported": ["**/route.ts:POST"], "what": "exported"},
                ]
            )
        ]
    )
    assert [each.what for each in base.decorated("a.tool", "python")] == ["decorated"]
    assert [(argument, each.what) for argument, each in base.passed("a.Tool", "python")] == [
        ("func", "passed"),
        (1, "passed"),
    ]
    assert [each.what for each in base.methods("a.Base.run", "python")] == ["method"]
    assert [each.what for each in base.exported("app/route.ts:POST", "python")] == ["exported"]
    assert len(base.parameters("python")) == 4


def test_an_entry_knows_its_framework() -> None:
    base = load_facts()
    (tool,) = base.decorated("langchain_core.tools.tool", "python")
    assert base.framework_of(tool) == "langchain"
    (risk,) = base.risks("langchain_experimental.tools.PythonREPLTool", "python")
    assert base.framework_of(risk) == "langchain"
    assert base.framework_of(object()) == ""


_OWN = """
framework: ours
language: python
packages: [ours]
sources:
  - at: [openai.OpenAI().chat.completions.create()]
    label: M
    what: what our own file says
"""


def test_the_users_own_files_come_before_ours(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(_OWN)
    base = load_facts([own])
    assert base.sources("openai.OpenAI().chat.completions.create()", "python")[0].what == "what our own file says"
    assert "ours" in base.packages("python")


def test_the_digest_changes_with_the_files(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(_OWN)
    first = load_facts([own]).digest
    own.write_text(_OWN + "mentions: [/v1/ours]\n")
    assert len({load_facts().digest, first, load_facts([own]).digest}) == 3
    assert load_facts().digest == load_facts().digest


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("label: M", "label: X", 7, "label"),
        ("at: [openai", "ta: [openai", 6, "ta"),
        ("[openai.OpenAI().chat.completions.create()]", "['openai.{a']", 6, "brace"),
        ("framework: ours", "framework: ours: theirs", 2, "not valid YAML"),
        ("language: python", "language: cobol", 3, "language"),
    ],
)
def test_a_mistake_names_file_line_and_key(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(_OWN.replace(old, new))
    with pytest.raises(ConfigError, match=words) as error:
        load_facts([own])
    assert str(error.value).startswith(f"{own}:{line}:")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_facts([tmp_path / "none.yaml"])
