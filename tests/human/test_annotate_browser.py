"""The page in a real browser: keys become records, hostile texts stay texts. Skipped where there is no browser."""

from collections.abc import Callable
from typing import Any

import pytest

from charter.human.keep import read_kept
from charter.human.showings import showings
from charter.page_text import plain
from charter.records import Message, Pair, Prompt

Make = Callable[..., Any]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HOSTILE = (
    "</div><script>document.title = 'owned'</script><img src=x onerror=alert(1)>\x1b[2J\u202e\u200b\ud7ff "
    + "unbreakable" * 60
    + "<|im_end|>"
)


def until(browser: Any, condition: str) -> None:
    """Waits for the page."""
    wait = (
        f"new Promise((done, fail) => {{ const end = Date.now() + 30000; const look = () => ({condition}) ? done(true)"
        " : Date.now() > end ? fail(new Error('waited in vain')) : setTimeout(look, 10); look(); })"
    )
    assert browser.ask(wait)


def is_at(browser: Any, count: str) -> None:
    ready = "performance.now() - page.shownAt > 260"
    until(browser, f"document.getElementById('count').textContent === '{count}' && {ready}")


def text(browser: Any, name: str) -> str:
    found: str = browser.ask(f"document.getElementById('{name}').innerText")
    return found


def hostile_pairs(count: int) -> list[Pair]:
    prompts = [Prompt(messages=(Message("user", f"{HOSTILE} {n}"),)) for n in range(count)]
    return [Pair(prompt=prompt, first=f"{HOSTILE} first", second=f"{HOSTILE} second") for prompt in prompts]


def test_keys_become_records(chromium: Any, make_desk: Make, serve: Make) -> None:
    desk = make_desk(7)
    client = serve(desk)
    chromium.visit(client.server.url, own=client.server.url)
    until(chromium, "document.activeElement.id === 'name'")
    chromium.type("ann")
    chromium.press("Enter")
    chromium.ask("document.querySelector('#sign-in button').click()")
    keys = ["1", "B", "ArrowLeft", "t", "0", "s"]
    for done, key in enumerate(keys):
        is_at(chromium, f"{done} of 7")
        chromium.press(key)
    is_at(chromium, "6 of 7")
    assert text(chromium, "note") == "Skipped."
    chromium.press("u")
    is_at(chromium, "5 of 7")
    chromium.press("2")
    is_at(chromium, "6 of 7")
    chromium.press("x")
    chromium.ask("document.querySelector('[data-choice=tie]').click()")
    until(chromium, "!document.getElementById('end').hidden")
    assert text(chromium, "end-labels") == "7 labels of yours are kept."
    plan = showings(desk._pairs, "ann", 0, 0.0)
    looks = {each.pair.id: each for each in read_kept(desk._keep.folder)}
    expected = ["left", "right", "left", "tie", "tie", "right", "tie"]
    for showing, choice in zip(plan, expected, strict=True):
        label = looks[showing.pair.id].p_first
        assert label == (0.5 if choice == "tie" else float((choice == "left") != showing.swapped))
    assert all(each.seconds is not None and each.seconds > 0 for each in looks.values())
    assert chromium.complaints == []


def test_help_opens_and_its_keys_answer_nothing(chromium: Any, make_desk: Make, serve: Make) -> None:
    desk = make_desk(2)
    client = serve(desk, rater="ann")
    chromium.visit(client.server.url, own=client.server.url)
    is_at(chromium, "0 of 2")
    assert chromium.ask("document.activeElement.id") == "question"
    chromium.press("?")
    assert chromium.ask("document.getElementById('help').open")
    chromium.press("1")
    chromium.ask("document.getElementById('help-close').click()")
    assert not chromium.ask("document.getElementById('help').open")
    assert read_kept(desk._keep.folder) == []
    assert chromium.complaints == []


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, True)])
def test_hostile_texts_stay_texts_at_any_width(
    width: int, dark: bool, chromium: Any, make_desk: Make, serve: Make
) -> None:
    client = serve(make_desk(hostile_pairs(2), shown=plain), rater="ann")
    chromium.visit(client.server.url, own=client.server.url, width=width, dark=dark)
    is_at(chromium, "0 of 2")
    assert chromium.ask(OVERFLOW) == 0
    assert chromium.ask("document.title") == "Charter · which response?"
    assert chromium.ask("document.querySelectorAll('main img, main script').length") == 0
    for place in ("turns", "left", "right"):
        assert "onerror=alert(1)>[U+001B][2J[U+202E][U+200B]" in text(chromium, place)
    assert chromium.complaints == []


def test_a_reloaded_page_knows_its_rater_and_another_may_take_over(chromium: Any, make_desk: Make, serve: Make) -> None:
    desk = make_desk(3)
    client = serve(desk)
    chromium.visit(client.server.url, own=client.server.url)
    until(chromium, "document.activeElement.id === 'name'")
    chromium.type("ann, and bob")
    chromium.ask("document.querySelector('#sign-in button').click()")
    until(chromium, "document.getElementById('sign-in-note').textContent.startsWith('The name of a rater has no')")
    chromium.ask("document.getElementById('name').value = 'ann'; document.querySelector('#sign-in button').click()")
    is_at(chromium, "0 of 3")
    chromium.press("1")
    is_at(chromium, "1 of 3")
    chromium.visit(client.server.url, own=client.server.url)
    is_at(chromium, "1 of 3")
    assert text(chromium, "note") == "Welcome back: 1 of 3 are done."
    chromium.ask("document.getElementById('change').click()")
    until(chromium, "document.activeElement.id === 'name'")
    chromium.ask("document.getElementById('name').value = 'bob'; document.querySelector('#sign-in button').click()")
    is_at(chromium, "0 of 3")
    chromium.press("2")
    is_at(chromium, "1 of 3")
    assert sorted(each.rater for each in read_kept(desk._keep.folder)) == ["ann", "bob"]
    assert chromium.complaints == []


def test_a_server_that_ended_is_told_and_the_pair_stays(chromium: Any, make_desk: Make, serve: Make) -> None:
    desk = make_desk(2)
    client = serve(desk, rater="ann")
    chromium.visit(client.server.url, own=client.server.url)
    is_at(chromium, "0 of 2")
    desk.close()
    chromium.press("1")
    until(chromium, "document.getElementById('note').className === 'alarm'")
    assert text(chromium, "note") == "Not kept: the server has ended"
    chromium.complaints.clear()
    offline = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    chromium._call("Network.emulateNetworkConditions", offline=True, **offline)
    until(chromium, "page.task !== null && !page.busy")
    chromium.press("1")
    until(chromium, "document.getElementById('note').textContent.startsWith('The server does not answer.')")
    chromium._call("Network.emulateNetworkConditions", offline=False, **offline)
    assert text(chromium, "count") == "0 of 2"
