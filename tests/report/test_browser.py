"""The page in a real browser: silent, as wide as its window; its lists filter, step and link. Skipped without one."""

import itertools
from pathlib import Path
from typing import Any

import pytest

TITLES = "[...document.querySelectorAll('#answers .item:not([hidden])')]"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def files(pages: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("browser")
    files = {name: folder / f"{name}.html" for name in pages}
    for name, file in files.items():
        file.write_text(pages[name], encoding="utf-8")
    return files


@pytest.mark.parametrize("name", ["finished", "complete", "rlhf", "hostile"])
@pytest.mark.parametrize(("width", "dark", "script"), [(1280, False, True), (400, True, True), (400, False, False)])
def test_nothing_complains_and_nothing_is_wider_than_the_window(  # noqa: PLR0917
    chromium: Any, files: dict[str, Path], name: str, width: int, dark: bool, script: bool
) -> None:
    chromium.show(files[name], width=width, dark=dark, script=script)
    chromium.ask("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert chromium.ask(OVERFLOW) == 0
    assert chromium.complaints == []


def test_the_policy_stops_what_should_ever_get_past_the_escaping(
    chromium: Any, files: dict[str, Path], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    got_past = "<script>document.title = 'owned'</script><img src=https://example.com/x onerror=alert(1)>"
    page.write_text(
        files["finished"].read_text("utf-8").replace("<header>", f"<header>{got_past}", 1), encoding="utf-8"
    )
    chromium.show(page)
    assert "owned" not in chromium.ask("document.title")
    assert len([complaint for complaint in chromium.complaints if "Content Security Policy" in complaint]) >= 2
    assert not [complaint for complaint in chromium.complaints if complaint.startswith("dialog")]


def test_a_link_filters_the_list(chromium: Any, files: dict[str, Path]) -> None:
    chromium.show(files["finished"], "#answers?after=harmful")
    shown = chromium.ask(f"{TITLES}.map(item => item.querySelector('.way').lastElementChild.textContent)")
    assert shown
    assert set(shown) == {"harmful"}
    assert chromium.ask("document.querySelector('#answers .count').textContent") == f"{len(shown)} of 60 requests"
    assert chromium.complaints == []


def test_a_link_leads_to_the_labels_that_the_oracle_decides_otherwise(chromium: Any, files: dict[str, Path]) -> None:
    chromium.show(files["complete"], "#pairs?oracle=disagrees")
    pairs = "[...document.querySelectorAll('#pairs .item:not([hidden])')]"
    shelves = chromium.ask(f"{pairs}.map(item => item.closest('.shelf').id)")
    assert shelves
    assert set(shelves) == {"pairs-wrong"}
    assert chromium.complaints == []


def test_names_in_the_frontier_cover_nothing(chromium: Any, files: dict[str, Path]) -> None:
    boxes = (
        "[...document.querySelectorAll('.frontier :is(.value, .mark)')].map(one => {"
        " const box = one.getBoundingClientRect(); return [box.left, box.right, box.top + 3, box.bottom - 3]; })"
    )
    for width in (1280, 400):
        chromium.show(files["complete"], width=width)
        found = chromium.ask(boxes)
        assert len(found) == 10
        names, marks = found[1::2], found[::2]
        apart = [*itertools.combinations(names, 2), *itertools.product(names, marks)]
        assert not [
            (one, other)
            for one, other in apart
            if min(one[1], other[1]) > max(one[0], other[0]) and min(one[3], other[3]) > max(one[2], other[2])
        ]


def test_a_person_filters_the_list_and_gets_a_link_to_it(chromium: Any, files: dict[str, Path]) -> None:
    chromium.show(files["finished"])
    chromium.ask(
        "(() => { const select = document.querySelector('#answers [name=kind]');"
        " select.value = [...select.options].find(one => one.dataset.value === 'benign').value;"
        " select.dispatchEvent(new Event('change', { bubbles: true })); })()"
    )
    tags = chromium.ask(f"{TITLES}.map(item => item.querySelector('.tag').textContent.split(' · ')[0])")
    assert set(tags) == {"benign"}
    assert chromium.ask("location.hash") == "#answers?kind=benign"
    chromium.show(files["finished"], chromium.ask("location.hash"))
    assert len(chromium.ask(f"{TITLES}.map(item => item.id)")) == len(tags)


def test_words_are_searched_for_in_whole_examples(chromium: Any, files: dict[str, Path]) -> None:
    chromium.show(files["finished"], "#answers?text=COULD%20could%20not")
    texts = chromium.ask(f"{TITLES}.map(item => item.textContent.toLowerCase())")
    assert all("could" in text and "not" in text for text in texts)
    chromium.show(files["finished"], "#answers?text=no-such-word-anywhere")
    assert chromium.ask(f"{TITLES}.length") == 0
    assert chromium.ask("document.querySelector('#answers .count').textContent") == "0 of 60 requests"


def test_clearing_shows_everything_again(chromium: Any, files: dict[str, Path]) -> None:
    chromium.show(files["finished"], "#answers?after=harmful")
    chromium.ask("document.querySelector('#answers [type=reset]').click()")
    assert chromium.ask("new Promise(done => setTimeout(() => done(location.hash), 50))") == "#answers"
    assert chromium.ask(f"{TITLES}.length") == 40
    chromium.ask("document.querySelector('#answers .more-row button').click()")
    assert chromium.ask(f"{TITLES}.length") == 60


def test_next_and_previous_step_through_what_matches(chromium: Any, files: dict[str, Path]) -> None:
    chromium.show(files["finished"], "#answers?kind=benign")
    ids = chromium.ask(f"{TITLES}.map(item => item.id)")
    opened = "[...document.querySelectorAll('#answers .item')].filter(item => item.open).map(item => item.id)"
    press = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{}', bubbles: true }}))"
    chromium.ask(f"{TITLES}[0].firstElementChild.focus(); {TITLES}[0].open = true")
    chromium.ask(press.format("j"))
    chromium.ask(press.format("j"))
    assert chromium.ask(opened) == [ids[2]]
    assert chromium.ask("location.hash") == f"#{ids[2]}"
    chromium.ask(press.format("k"))
    assert chromium.ask(opened) == [ids[1]]
    wait = "new Promise(done => setTimeout(done, 50))"  # "toggle" comes a moment after opening
    chromium.ask(wait)
    chromium.ask(f"document.getElementById('{ids[1]}').querySelectorAll('.step-button')[1].click()")
    assert chromium.ask(opened) == [ids[2]]
    assert chromium.complaints == []


def test_a_link_to_an_example_opens_it_though_it_is_far_down(chromium: Any, files: dict[str, Path]) -> None:
    chromium.show(files["finished"])
    last = chromium.ask("[...document.querySelectorAll('#answers .item')].at(-1).id")
    assert chromium.ask(f"document.getElementById('{last}').hidden")
    chromium.show(files["finished"], f"#{last}")
    assert chromium.ask(f"document.getElementById('{last}').open")
    top = chromium.ask(f"document.getElementById('{last}').getBoundingClientRect().top")
    assert 0 <= top < 900


@pytest.mark.parametrize("hash_", ["#no-such-place", "#%E0%A4%A", "#answers?after=%", "#?", "#answers-browser"])
def test_a_link_that_leads_nowhere_does_no_harm(chromium: Any, files: dict[str, Path], hash_: str) -> None:
    chromium.show(files["finished"], hash_)
    assert chromium.complaints == []
    assert chromium.ask(f"{TITLES}.length") == 40


def test_without_javascript_it_is_a_plain_list(chromium: Any, files: dict[str, Path]) -> None:
    chromium.show(files["finished"], script=False)
    assert chromium.ask(f"{TITLES}.length") == 60
    assert chromium.ask("getComputedStyle(document.querySelector('.filters')).display") == "none"
    assert chromium.ask("getComputedStyle(document.querySelector('.more-row')).display") == "none"


def test_it_prints(chromium: Any, files: dict[str, Path], tmp_path: Path) -> None:
    chromium.show(files["finished"], dark=True)
    chromium.print(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
