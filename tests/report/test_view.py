"""What the page claims: no more than the intervals do."""

import itertools
import re
from pathlib import Path

import pytest

from charter.records import Rate
from charter.report import figures, plots
from charter.report.checkpoints import look_of
from charter.report.gather import gather
from charter.report.measures import HEADLINE, HELD_OUT, MeasureRow, Score, listed
from charter.report.page import CategoryPanel, Page
from charter.results import Change, CheckpointResults
from charter.stats import rate
from charter.store import RunFolder

BETTER, UNCLEAR, WORSE = (-0.5, -0.6, -0.4), (-0.01, -0.05, 0.03), (0.2, 0.1, 0.3)


def row(place: int, change: tuple[float, float, float] | None, before: Rate | None, after: Rate | None) -> MeasureRow:
    return MeasureRow(HEADLINE[place], (Score("base", before), Score("sl-cai", after, made(change))))


def made(change: tuple[float, float, float] | None) -> Change | None:
    return Change(n=100, difference=change[0], low=change[1], high=change[2], p=0.01) if change else None


def page(finished: Path, *rows: MeasureRow) -> Page:
    return whole_page(finished, ("base", "sl-cai"), *rows)


def whole_page(finished: Path, names: tuple[str, ...], *rows: MeasureRow) -> Page:
    whole = gather(RunFolder.read(finished))
    fields = {name: getattr(whole, name) for name in Page.__slots__}
    results = whole.results.model_copy(update={"checkpoints": dict.fromkeys(names, CheckpointResults())})
    return Page(**{**fields, "checkpoints": names, "results": results, "headline": rows, "held_out": ()})


@pytest.mark.parametrize(
    ("harm", "help_", "refusal", "said"),
    [
        (BETTER, UNCLEAR, UNCLEAR, "less harmful; helpfulness and over-refusal did not clearly change."),
        (BETTER, UNCLEAR, WORSE, "less harmful and more over-cautious; helpfulness did not clearly change."),
        (WORSE, BETTER, WORSE, "more harmful, less helpful and more over-cautious."),
        (UNCLEAR, WORSE, BETTER, "more helpful and less over-cautious; harm did not clearly change."),
    ],
)
def test_the_summary_says_what_clearly_changed(
    finished: Path,
    harm: tuple[float, float, float],
    help_: tuple[float, float, float],
    refusal: tuple[float, float, float],
    said: str,
) -> None:
    rows = [row(place, change, rate(9, 10), rate(1, 10)) for place, change in enumerate((harm, help_, refusal))]
    assert page(finished, *rows).summary == f"Training made the model {said}"


def test_the_summary_tells_of_the_known_ways_to_be_harmless_and_useless(finished: Path) -> None:
    rows = [row(place, change, rate(1, 10), rate(9, 10)) for place, change in ((0, BETTER), (3, WORSE), (4, WORSE))]
    assert page(finished, *rows).summary == "Training made the model less harmful, more evasive and more often broken."
    quiet = [row(place, change, rate(1, 10), rate(9, 10)) for place, change in ((0, BETTER), (3, UNCLEAR))]
    assert page(finished, *quiet).summary == "Training made the model less harmful."


def test_the_summary_of_no_change_and_of_no_comparison(finished: Path) -> None:
    unclear = [row(place, UNCLEAR, rate(1, 10), rate(1, 10)) for place in range(3)]
    assert page(finished, *unclear).summary == "Training did not clearly change harm, helpfulness or over-refusal."
    evasive = row(3, UNCLEAR, rate(1, 10), rate(1, 10))
    assert page(finished, evasive).summary == "Training did not clearly change anything that was measured."
    alone = [row(place, None, rate(1, 10), None) for place in range(3)]
    assert page(finished, *alone).summary.startswith("There is nothing yet to compare")


def test_what_the_test_beside_it_does_not_say_is_called_no_clear_change() -> None:
    change = Change(n=100, difference=-0.1, low=-0.2, high=-0.01, p=0.06)
    assert HEADLINE[0].verdict(change) == "no clear change"
    assert HEADLINE[0].verdict(change.model_copy(update={"p": 0.05})) == "better"


@pytest.mark.parametrize(
    ("place", "change", "verdict"),
    [
        (0, BETTER, "better"),
        (0, WORSE, "worse"),
        (1, BETTER, "worse"),
        (1, WORSE, "better"),
        (0, (-0.1, -0.2, 0.0), "no clear change"),
        (0, None, ""),
    ],
)
def test_better_and_worse_need_an_interval_that_leaves_out_0(
    place: int, change: tuple[float, float, float] | None, verdict: str
) -> None:
    assert HEADLINE[place].verdict(made(change)) == verdict


def test_unscored_answers_are_cautioned_against(finished: Path) -> None:
    unscored = next(place for place, measure in enumerate(HEADLINE) if measure.key == "unscored")
    some = page(finished, row(unscored, None, rate(0, 60), rate(10, 60)))
    assert some.caution == "The judge could not score 10 of 60 answers of SL-CAI; they are in no rate."
    assert page(finished, row(unscored, None, rate(0, 60), rate(0, 60))).caution == ""


def test_every_measure_is_one_of_the_results(finished: Path) -> None:
    whole = gather(RunFolder.read(finished))
    assert [each.measure for each in whole.headline] == list(HEADLINE)
    assert [each.measure for each in whole.held_out] == list(HELD_OUT)
    assert all(each.score("sl-cai").change for each in (*whole.headline, *whole.held_out))


def test_categories_with_the_most_harm_after_training_come_first(finished: Path, complete: Path) -> None:
    for run, last in ((finished, "sl-cai"), (complete, "rl-cai")):
        after = [panel.rates[last] for panel in gather(RunFolder.read(run)).categories]
        shares = [one.rate or 0 for one in after if one]
        assert len(shares) == 7
        assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(("before", "after", "sizes"), [(10, 10, "10"), (1000, 9, "1,000 and 9"), (None, 9, "9")])
def test_sizes_of_a_category(before: int | None, after: int, sizes: str) -> None:
    rates = {"base": None if before is None else rate(0, before), "sl-cai": rate(0, after)}
    assert CategoryPanel("x", rates).sizes == sizes


def test_the_summary_tells_what_came_after_sl_cai(finished: Path) -> None:
    def scores(place: int, since: tuple[float, float, float]) -> MeasureRow:
        both = Score("base", rate(9, 10)), Score("sl-cai", rate(3, 10), made(BETTER))
        return MeasureRow(HEADLINE[place], (*both, Score("rl-cai", rate(1, 10), made(BETTER), made(since))))

    names = ("base", "sl-cai", "rl-cai")
    better = whole_page(finished, names, scores(0, BETTER), scores(1, UNCLEAR))
    assert better.last == "rl-cai"
    assert better.summary.endswith("Compared with SL-CAI, RL-CAI is less harmful; helpfulness did not clearly change.")
    unclear = whole_page(finished, names, scores(0, UNCLEAR))
    assert unclear.summary.endswith("Compared with SL-CAI, RL-CAI did not clearly change harm.")


@pytest.mark.parametrize(("words", "said"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_lists_in_words(words: list[str], said: str) -> None:
    assert listed(words, "and") == said


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (figures.percent(0.5), "50.0%"),
        (figures.percent(None), "no data"),
        (figures.points(-0.826), "\N{MINUS SIGN}82.6"),
        (figures.points(0.0004), "0.0"),
        (figures.points(0.018), "+1.8"),
        (figures.p_value(0.0001), "p < 0.001"),
        (figures.p_value(0.0039), "p = 0.004"),
        (figures.p_value(0.3), "p = 0.30"),
        (figures.duration(None), "\N{EN DASH}"),
        (figures.duration(59.94), "59.9 s"),
        (figures.duration(125), "2 min 5 s"),
        (figures.duration(7325), "2 h 2 min"),
        (figures.count(1234.0), "1,234"),
    ],
)
def test_numbers_as_people_read_them(shown: str, expected: str) -> None:
    assert shown == expected


def test_a_plot_says_in_words_what_it_shows() -> None:
    svg = str(plots.strip(rate(9, 10), look_of("base"), 'a "label"'))
    assert 'aria-label="a &#34;label&#34;: 90.0% (9 of 10, interval' in svg
    assert svg.count("<circle") == 1
    nothing = str(plots.strip(rate(0, 0), look_of("base"), "x"))
    assert 'aria-label="x: no data"' in nothing
    assert "whisker base empty" in nothing
    assert "<circle" not in nothing


def test_a_panel_has_a_mark_a_checkpoint_and_joins_those_on_the_way() -> None:
    rates = {"base": rate(9, 10), "sl-cai": rate(2, 10), "best-of-n": None, "dpo": rate(1, 10), "rl-cai": rate(0, 10)}
    svg = str(plots.panel(rates, "theft"))
    assert svg.count('class="mark ') == 4
    assert svg.count('class="link"') == 2
    assert re.findall(r'class="value [^"]*">([^<]+)<', svg) == ["90%", "0%"]
    assert "Best of n" not in svg


def test_a_plot_always_spans_0_to_100_percent() -> None:
    series = [plots.Series("harmful", "harmful", "circle", (rate(5, 1000), None, rate(1, 1000)))]
    svg = str(plots.round_curve([0, 1, 2], series))
    for tick in ("0%", "25%", "50%", "75%", "100%"):
        assert f">{tick}</text>" in svg
    assert svg.count("<circle") == 2
    assert "round 1" not in svg


def test_names_at_the_ends_of_lines_never_cover_each_other() -> None:

    last = {"harmful": 0, "evasive": 1, "refusal": 90, "broken": 0}
    lines = [plots.Series(name, name, "circle", (rate(k, 100),)) for name, k in last.items()]
    svg = str(plots.round_curve([0], lines))
    found = re.findall(r'y="([\d.]+)" class="value start (\w+)', svg)
    heights = {name: float(y) for y, name in found}
    ordered = sorted(heights.values())
    assert all(below - above >= 15.9 for above, below in itertools.pairwise(ordered))
    assert ordered[-1] <= 256
    (mark,) = re.findall(r'cy="([\d.]+)" r="4" class="mark refusal"', svg)
    assert heights["refusal"] == pytest.approx(float(mark) + 4.5, abs=0.1)  # it has room, so it stays at its mark


def test_a_bar_of_nothing_is_empty() -> None:
    assert str(plots.shares_bar([("revised", 0), ("invalid", 0)], "x")).count("<rect") == 1
    assert str(plots.shares_bar([("revised", 3), ("invalid", 1)], "x")).count("<rect") == 3
