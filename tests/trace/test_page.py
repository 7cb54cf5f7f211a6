"""The page of a trace: complete, the same each time, and harmless whatever the texts hold."""

import base64
import hashlib
import importlib.util
import re
import sys
from html import unescape
from pathlib import Path

import pytest

from charter.errors import RunFolderError
from charter.progress import Progress
from charter.store import RunFolder
from charter.trace import Trace, TraceConfig, Tracer
from charter.trace.page import render, write_page
from charter.train import Attribution

from .conftest import ANSWER_ID, HELPFUL, PREFERENCES, REVISIONS, MakeRun, made, revision, sample

HOSTILE = '<script>alert(1)</script>\x1b[2J\u202eevil {{ 7*7 }} " onload=x <|end|>'


def trace(path: Path, checkpoint: str = "") -> Trace:
    run = RunFolder.read(path)
    return Tracer(run, TraceConfig(gradients=False), Progress(quiet=True), Attribution).example(ANSWER_ID, checkpoint)


def well_formed(page: str) -> None:
    """Reads the page as the report's tests read theirs."""
    name = "trace_strict_html"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "report" / "strict_html.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.read(page)


def test_it_shows_everything_and_is_the_same_each_time(trained: Path) -> None:
    found = trace(trained, "dpo")
    page = render(found, 10)
    assert page == render(found, 10)
    well_formed(page)
    shown = unescape(re.sub(r"<[^>]+>", " ", page))
    for each in (*REVISIONS, *HELPFUL, *PREFERENCES[:2]):
        assert each.id in shown
    assert "Universal Declaration of Human Rights" in shown
    assert "refusal" in shown
    assert "The first one is better with probability 0.80, says judge." in shown
    assert "first-order estimates" in shown


def test_no_text_acts(make_run: MakeRun, tmp_path: Path) -> None:
    path = make_run(
        tmp_path / "run",
        "gone",
        revisions=(revision(HOSTILE, made(HOSTILE + " better", critique=HOSTILE), response=HOSTILE, category=HOSTILE),),
        helpful=(sample(HELPFUL[0].prompt, HOSTILE, "bb"),),
        answer=HOSTILE,
    )
    page = render(trace(path), 10)
    well_formed(page)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "{{ 7*7 }}" in page
    assert not re.search(r"<[^>]*onload=", page)


def test_its_policy_allows_its_own_style_alone(trained: Path) -> None:
    page = render(trace(trained), 1)
    style = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    assert f"default-src &#39;none&#39;; style-src &#39;sha256-{digest}&#39;" in page
    assert not re.search(r"\s(?:src|href)=\"(?!data:,)", page)


def test_it_is_written_whole_or_not_at_all(trained: Path, tmp_path: Path) -> None:
    write_page(trace(trained), 3, tmp_path / "x.html")
    assert (tmp_path / "x.html").read_text(encoding="utf-8") == render(trace(trained), 3)
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFolderError):
        write_page(trace(trained), 3, tmp_path / "file" / "x.html")
