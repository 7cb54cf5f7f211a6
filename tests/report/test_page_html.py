"""The page as a document: well-formed, self-contained, inert whatever the run holds, the same each time, bounded."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from charter.errors import ConfigError, RunFolderError
from charter.records import Message
from charter.report import Bound, write_report
from charter.report.gather import gather
from charter.report.render import render
from charter.store import RunFolder

Read = Callable[[str], Any]


@pytest.fixture(scope="module", params=["finished", "complete", "rlhf", "hostile"])
def html(request: pytest.FixtureRequest, pages: dict[str, str]) -> str:
    return pages[request.param]


@pytest.fixture(scope="module")
def document(html: str, read_html: Read) -> Any:
    return read_html(html)


@pytest.fixture(scope="module")
def whole(pages: dict[str, str], read_html: Read) -> Any:
    """The page of the finished run."""
    return read_html(pages["finished"])


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    """A finished run that a test may spoil."""
    return Path(shutil.copytree(finished, tmp_path / "run"))


def page_of(path: Path, bound: Bound | None = None) -> str:
    return write_report(RunFolder.read(path), path / "page.html", bound).read_text("utf-8")


def words(text: str) -> str:
    return " ".join(text.split())


def test_it_is_well_formed_and_every_link_within_it_leads_somewhere(document: Any) -> None:
    ids = document.ids
    assert len(set(ids)) == len(ids)
    assert not [identity for identity in ids if not re.fullmatch(r"[\w-]+", identity)]
    links = [element.attributes["href"] for element in document.all("a")]
    assert len([link for link in links if link.startswith("#")]) > 100
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert not [link for link in links if not link.startswith(("#", "https://"))]


def test_it_loads_nothing(document: Any) -> None:
    loading = ("src", "srcset", "data", "poster", "background", "action", "formaction", "style", "srcdoc")
    assert not [element for element in document.elements if set(element.attributes) & set(loading)]
    assert [element.attributes for element in document.all("link")] == [{"rel": "icon", "href": "data:,"}]
    css = document.all("style")[0].text
    assert "url(" not in css
    assert "@import" not in css


def test_it_has_only_the_elements_attributes_and_code_of_its_templates(document: Any) -> None:
    ours = [*resources.files("charter.report").joinpath("templates").iterdir()]
    ours += [file for file in resources.files("charter.report").iterdir() if file.name.endswith(".py")]
    ours += [file for file in resources.files("charter").iterdir() if re.fullmatch(r"page_\w+\.py", file.name)]
    source = "".join(file.read_text("utf-8") for file in ours)
    assert {element.tag for element in document.elements} <= set(re.findall(r"<([a-z][a-z0-9]*)", source))
    names = {name for element in document.elements for name in element.attributes if not name.startswith("data-")}
    assert names <= {name.lower() for name in re.findall(r"\s([A-Za-z][\w-]*)(?==|[\s>])", source)}
    assert not [name for name in names if name.startswith("on")]
    policy = next(one for one in document.all("meta") if "http-equiv" in one.attributes).attributes["content"]
    assert policy.startswith("default-src 'none'; ")
    for kind in ("script", "style"):
        (element,) = document.all(kind)
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy


def test_no_character_in_it_is_invisible_or_turns_the_line_around(html: str) -> None:
    hidden = [match for match in re.finditer(r"[^\n\t\x20-\x7e]", html) if unicodedata.category(match[0])[0] == "C"]
    joined = re.compile(r"[\u0590-\U0001ffff]\u200d[\u0590-\U0001ffff]")
    assert not [match for match in hidden if not joined.fullmatch(html, match.start() - 1, match.end() + 1)]


def test_hostile_text_is_there_to_be_read(pages: dict[str, str], read_html: Read) -> None:
    text = read_html(pages["hostile"]).text
    for shown in (
        "<script>alert('owned')</script>",
        "U+202Egnp.exe",
        "{{ 7 * 7 }}",
        "&lt;b&gt; &#x41;",
        "more characters",
    ):
        assert shown in text
    assert "49" not in re.findall(r"alert\(2\)> (.{3})", text)


def test_the_same_run_gives_the_same_bytes_in_any_process(
    finished: Path, pages: dict[str, str], tmp_path: Path
) -> None:
    program = (
        "import sys; from pathlib import Path; from charter.report import write_report; "
        "from charter.store import RunFolder; write_report(RunFolder.read(sys.argv[1]), Path(sys.argv[2]))"
    )
    there = tmp_path / "b.html"
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Pacific/Chatham", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", program, finished, there], check=True, env=environment)
    assert there.read_text("utf-8") == pages["finished"]


def test_it_goes_into_the_run_folder_and_changes_nothing_else_there(copy: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in copy.rglob("*") if file.is_file()}
    page = write_report(RunFolder.read(copy))
    assert page == copy / "report.html"
    after = {file: file.stat().st_mtime_ns for file in copy.rglob("*") if file.is_file()}
    assert after == before | {page: page.stat().st_mtime_ns}


def test_it_shows_the_numbers_of_results_json(finished: Path, whole: Any) -> None:
    results = json.loads((finished / "results.json").read_text())
    text = words(whole.text)
    for checkpoint in results["checkpoints"].values():
        for key in ("harmful", "helpful", "evasive", "over_refusal", "broken", "unscored"):
            rate = checkpoint[key]
            interval = f"{100 * rate['low']:.1f}\N{EN DASH}{100 * rate['high']:.1f}%"
            shown = f"{100 * rate['rate']:.1f}% {rate['k']}/{rate['n']} {interval}"
            assert shown in text
    assert {"revise", "answer-base", "sft", "judge"} <= {head.text for head in whole.all("th")}
    for digest in (
        results["constitution"]["digest"],
        json.loads((finished / "inputs.json").read_text())["prompts_digest"],
        *(checkpoint["digest"] for checkpoint in results["checkpoints"].values()),
        hashlib.sha256((finished / "results.json").read_bytes()).hexdigest(),
    ):
        assert digest in text
    used = results["principles"]["no-harm"]
    assert f"{used['rounds']} rounds: {used['revised']} revised, {used['unchanged']} unchanged" in text
    assert "This run is not complete" not in text
    assert "does not hold" not in text


def test_the_held_out_category_stands_apart(whole: Any) -> None:
    sections = {one.attributes["id"]: one.text for one in whole.all("section") if "id" in one.attributes}
    assert "cyber" in sections["held-out"]
    assert "cyber" not in sections["categories"]
    assert "theft" in sections["categories"]


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("revise", "What the revisions do has not been judged."),
        ("answer-base", "60 of 60 answers of the base model have not been judged."),
        ("sft", "The test requests have not been answered by SL-CAI."),
        ("judge", "There are no results: nothing has been measured."),
    ],
)
def test_a_partial_run_is_shown_and_says_what_is_missing(
    make_run: Callable[..., Path], tmp_path: Path, read_html: Read, until: str, said: str
) -> None:
    document = read_html(page_of(make_run(tmp_path / "run", until=until)))
    notice = document.all("section", "notice")[0].text
    assert said in notice
    assert "Nothing has been measured yet." in document.text


def test_an_empty_run_is_shown(copy: Path, read_html: Read) -> None:
    for item in copy.iterdir():
        if item.name not in ("run.json", "recipe.yaml"):
            shutil.rmtree(item) if item.is_dir() else item.unlink()
    manifest = json.loads((copy / "run.json").read_text())
    killed = {**manifest, "status": "running", "stages": {"revise": {"seconds": 1.0, "peak_mib": 2.0}}}
    (copy / "run.json").write_text(json.dumps(killed))
    notice = read_html(page_of(copy)).all("section", "notice")[0].text
    for said in (
        "was interrupted",
        "constitution.yaml",
        "No training request",
        "“revise” was begun and is not finished",
    ):
        assert said in notice


def test_why_a_run_failed_is_shown(copy: Path, read_html: Read) -> None:
    manifest = json.loads((copy / "run.json").read_text())
    (copy / "run.json").write_text(json.dumps({**manifest, "status": "failed", "reason": "StageError: <b>no</b>"}))
    assert "The run failed: StageError: <b>no</b>." in read_html(page_of(copy)).text


@pytest.mark.parametrize(
    ("file", "key", "value", "said"),
    [
        ("checkpoints/sl-cai/charter.json", "constitution_digest", "other", "made under another constitution"),
        ("checkpoints/sl-cai/charter.json", "digest", "other", "SL-CAI is not the one that was measured"),
        (
            "checkpoints/sl-cai/charter.json",
            "base_digest",
            "other",
            "SL-CAI was made from another model than the base model",
        ),
        ("results.json", "constitution", {"digest": "other"}, "results are those of another constitution"),
        ("run.json", "constitution_digest", "other", "revisions were made under another constitution"),
    ],
)
def test_a_broken_chain_of_digests_is_an_alarm(  # noqa: PLR0917
    copy: Path, read_html: Read, file: str, key: str, value: object, said: str
) -> None:
    content = json.loads((copy / file).read_text())
    (copy / file).write_text(json.dumps({**content, key: value}))
    alarm = read_html(page_of(copy)).all("section", "alarm")[0].text
    assert said in alarm
    assert "Do not rely on this page" in alarm


def test_an_edited_constitution_is_an_alarm(copy: Path, read_html: Read) -> None:
    file = copy / "constitution.yaml"
    file.write_text(file.read_text().replace("title: No harm to anyone", "title: No harm to some"))
    assert "not the constitution that the run began with" in read_html(page_of(copy)).all("section", "alarm")[0].text


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("results.json", "{"),
        ("results.json", "[]"),
        ("results.json", '{"checkpoints": {"base": {"harmful": {"k": 1}}}}'),
        ("results.json", "\x00"),
        ("constitution.yaml", "principles: {"),
        ("checkpoints/sl-cai/charter.json", "[1]"),
        ("checkpoints/sl-cai/charter.json", '{"name": "sl-cai"}'),
        ("checkpoints/sl-cai/charter.json", "{"),
        ("inputs.json", "[]"),
        ("inputs.json", '{"prompts_digest": 1}'),
    ],
)
def test_a_damaged_file_is_one_line_and_no_page(copy: Path, file: str, content: str) -> None:
    (copy / file).write_text(content)
    with pytest.raises((RunFolderError, ConfigError)) as caught:
        page_of(copy)
    assert str(copy / file) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (copy / "page.html").exists()


def test_a_damaged_shard_is_one_line(copy: Path) -> None:
    (shard,) = (copy / "judgements" / "sl-cai").glob("*.parquet")
    shard.write_bytes(shard.read_bytes()[:-100])
    with pytest.raises(RunFolderError, match="damaged"):
        page_of(copy)


def test_a_bounded_page_says_what_it_leaves_out_and_still_counts_everything(
    finished: Path, read_html: Read, tmp_path: Path
) -> None:
    page = write_report(RunFolder.read(finished), tmp_path / "x.html", Bound(items=10)).read_text("utf-8")
    document = read_html(page)
    assert len(document.all("details", "item")) == 20
    text = words(document.text)
    assert "This page carries 10 of 60, to stay small" in text
    assert "The other 50 are in answers/ and judgements/" in text
    assert "The other 20 are in revise/" in text


def test_a_page_of_the_worst_texts_is_still_a_few_megabytes(finished: Path, read_html: Read) -> None:
    page = gather(RunFolder.read(finished))
    first = next(one for one in page.transcripts if one.steps)
    worst = "<\u200b>\"'" * 250_000
    turns = tuple(Message("user" if number % 2 == 0 else "assistant", worst) for number in range(41))
    step = replace(first.steps[0], round=replace(first.steps[0].round, critique=worst, revision=worst))
    one = replace(
        first,
        prompt=replace(first.prompt, messages=turns),
        revision=replace(first.revision, response=worst),
        steps=(step,) * 16,
    )
    many = tuple(replace(one, anchor=f"revision-{number}") for number in range(20_000))
    html = render(replace(page, transcripts=many))
    assert len(html) < 5_000_000
    text = words(read_html(html).text)
    assert "of 20,000, to stay small" in text
    assert "21 earlier turns are not shown." in text
