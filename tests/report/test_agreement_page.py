"""The agreement of raters, drawn: what the plot says, and that no name is anything but text."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, get_args

import pytest

from charter.errors import ConfigError
from charter.records import Rate
from charter.report.agreement_page import agreement_page, agreement_svg
from charter.report.agreement_words import estimate_text, votes_text, worth_lines
from charter.results_agreement import (
    AgreementResults,
    Alpha,
    Estimate,
    LabelKind,
    LabelWorth,
    LearningCurve,
    LearningPoint,
    PairAgreement,
    RaterResults,
    VotePoint,
    Worth,
)
from charter.results_part import Part
from charter.stats import rate

HOSTILE = "</td><script>alert(1)</script>\u202e{{ 7*7 }}]]>"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CURVE = (0.75, 0.84, 0.9, 0.93, 0.95, 0.97)


def estimate(value: float) -> Estimate:
    return Estimate(value=value, low=0.9 * value, high=1.1 * value, n=100)


def label_worth(kind: LabelKind) -> LabelWorth:
    return LabelWorth(
        feedback=kind, labels=100, accuracy=rate(90, 100), hard=estimate(0.6), soft=estimate(0.7), nats=estimate(0.4)
    )


def worth(ai: float = 0.87, votes: float | None = 4.0, kind: LabelKind = "human", **changed: Any) -> Worth:
    read_off = Estimate(n=9, reason="chance") if votes is None else estimate(votes)
    points = [
        VotePoint(votes=2 * n + 1, accuracy=accuracy, low=accuracy - 0.03, high=accuracy + 0.02)
        for n, accuracy in enumerate(CURVE)
    ]
    fields: dict[str, Any] = {
        "reference": "oracle", "pairs": 100, "shared": True, "ai": label_worth("ai"), "people": label_worth(kind),
        "hard": estimate(2.5), "soft": estimate(2.7), "nats": estimate(3.0), "votes": read_off, "votes_max": 49,
        "correlation": 0.1, "ai_vote": VotePoint(votes=1, accuracy=ai, low=ai - 0.05, high=min(1.0, ai + 0.05)),
        "curve": tuple(points),
    }  # fmt: skip
    return Worth(**(fields | changed))


def results(found: Worth | None, name: str = "anna", curves: bool = False) -> AgreementResults:
    nothing = Rate(k=0, n=0, rate=None, low=0.0, high=1.0)
    points = tuple(LearningPoint(n=n, accuracy=0.6 + n / 1000, low=0.5, high=0.9) for n in (64, 128, 256))
    return AgreementResults(
        sources=(name,),
        pairs=100,
        prompts=50,
        identical=1,
        raters=(
            RaterResults(name="judge", feedback="ai", labels=100, first_shown=rate(50, 100), both_orders=rate(9, 10)),
            RaterResults(
                name=name, feedback="human", labels=90, seconds=12.3, labels_per_hour=292.7, cost_per_1000=9.0
            ),
        ),
        pairwise=(
            PairAgreement(
                one="judge", other=name, pairs=90, prompts=50, ties=90, accuracy=nothing, kappa=Estimate(reason="why")
            ),
        ),
        alpha=(
            Alpha(
                of="all raters", raters=2, pairs=90, nominal=estimate(0.5), interval=Estimate(value=0.4, reason="few")
            ),
        ),
        worth=found,
        worth_reason="" if found else "there are no labels of an AI",
        curves=tuple(LearningCurve(feedback=kind, points=points) for kind in ("ai", "human") if curves),
    )


def lines_of(drawing: str, css: str) -> list[tuple[float, ...]]:
    found = re.findall(rf'<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)" class="{css}"/>', drawing)
    return [tuple(map(float, each)) for each in found]


def curve_of(drawing: str) -> list[tuple[float, ...]]:
    points = re.search(r'<polyline points="([^"]+)" class="by-label human"/>', drawing)
    assert points is not None
    return [tuple(map(float, pair.split(","))) for pair in points[1].split()]


def test_the_ais_line_meets_the_curve_where_its_worth_is_read_off() -> None:
    # between 3 and 5 votes, at 0.84 and 0.9: (2 * 0.8712 - 1)^2 is half the way from 0.68^2 to 0.8^2
    drawing = agreement_svg(results(worth(ai=0.8712, votes=4.0)))
    across, down = lines_of(drawing, "reads ai")
    assert across[2] == down[0] == down[2]
    near = min(curve_of(drawing), key=lambda point: abs(point[0] - across[2]))
    assert near[1] == pytest.approx(across[3], abs=1.0)
    assert "1 AI label = 4.0 votes" in drawing


def test_the_curve_begins_at_one_half_and_only_rises() -> None:
    points = curve_of(agreement_svg(results(worth())))
    assert points[0] == (48.0, 140.0)
    heights = [y for _, y in points]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(("votes", "said"), [(49.0, "more than 49"), (None, None), (0.4, "1 AI label = 0.4 votes")])
def test_a_worth_beyond_the_ends_of_the_curve(votes: float | None, said: str | None) -> None:
    drawing = agreement_svg(results(worth(votes=votes)))
    assert said in drawing if said else "1 AI label" not in drawing
    assert all(48 <= x <= 396 for line in lines_of(drawing, "reads ai") for x in (line[0], line[2]))


def test_the_file_is_whole_without_anything_else() -> None:
    drawing = agreement_svg(results(worth(kind="simulated"), curves=True))
    root = ET.fromstring(drawing)  # noqa: S314  # our own file
    assert root.get("viewBox") == "0 0 420 580"
    assert "prefers-color-scheme: dark" in drawing
    used = set(re.findall(r"var\((--[a-z]+)\)", drawing))
    assert used <= set(re.findall(r"(--[a-z]+):", drawing))
    assert "url(" not in drawing
    assert "simulated human" in (root.findtext("{*}title") or "")


def test_nothing_to_draw_is_an_error_with_its_reason() -> None:
    with pytest.raises(ConfigError, match=r"^there is nothing to plot: there are no labels of an AI; leave --plot out"):
        agreement_svg(results(None))
    assert "<svg" in agreement_svg(results(None, curves=True))
    assert "is not known: there are no labels of an AI." in agreement_page(results(None))


def test_a_hostile_name_is_text(read_html: Any) -> None:
    page = agreement_page(results(worth(), HOSTILE, curves=True))
    document = read_html(page)
    assert not document.all("script")
    assert "alert(1)" in document.text
    assert "{{ 7*7 }}" in document.text
    assert "\u202e" not in page
    policy = next(one for one in document.all("meta") if "Policy" in one.attributes.get("http-equiv", ""))
    assert policy.attributes["content"].startswith("default-src 'none'; style-src 'sha256-")
    assert "none (why)" in document.text
    assert "0.40 (few)" in document.text


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, True)])
def test_a_browser_has_nothing_to_complain_of(chromium: Any, tmp_path: Path, width: int, dark: bool) -> None:
    page = tmp_path / "page.html"
    page.write_text(agreement_page(results(worth(), HOSTILE * 20, curves=True)), encoding="utf-8")
    chromium.show(page, width=width, dark=dark)
    assert chromium.complaints == []
    assert chromium.ask(OVERFLOW) == 0
    assert chromium.ask("getComputedStyle(document.querySelector('.by-label.ai')).stroke") == (
        "rgb(143, 214, 230)" if dark else "rgb(10, 90, 112)"
    )


def keys(part: type[Part]) -> set[str]:
    found = set(part.model_fields)
    for field in part.model_fields.values():
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, Part):
                found |= keys(kind)
    return found


def test_every_key_stands_in_the_documents() -> None:
    text = Path(__file__).parents[2].joinpath("docs", "agreement.md").read_text(encoding="utf-8")
    assert {key for key in keys(AgreementResults) if f"`{key}`" not in text} == set()


def test_words() -> None:
    assert estimate_text(estimate(0.5)) == "0.50 [0.45, 0.55]"
    assert votes_text(worth(votes=46.0)) == "46.0 [41.4, 49+]"
    assert votes_text(worth(votes=None)) == "none (chance)"
    said = worth_lines(results(worth(kind="simulated", correlation=None, reference="majority", shared=False)))
    assert [line.split()[0] for line in said] == ["One", "It", "These", "The", "People's", "AI"]
    assert worth_lines(results(worth()))[2:] == []
