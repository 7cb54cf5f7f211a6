"""Texts that attack a page, and records that carry them in every place that a prompt or a model can write in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from charter.digests import record_id
from charter.records import Message, Outcome, Preference, Prompt, Revision, Round, Sample
from charter.revise import InvalidReason

HOSTILE = (
    "<script>alert('owned')</script><img src=x onerror=alert(1)>",
    "</details></main></body></html><!-- ",
    "\u202egnp.exe\u202c \u2066\u2067isolates\u2069 \u200bzero\u200bwidth \U000e0041\U000e0042tags",
    "\x1b[31mred\x1b[0m\x00\x07\r\n\x9b2J lone \ufeff mark",
    "\"'><svg/onload=alert(2)> {{ 7 * 7 }} {% raw %} &lt;b&gt; &#x41; &amp;",
    "👩‍👩‍👧‍👦 emoji 🏳️‍🌈, שלום עולם, مرحبا, 日本語, Z̸̢̛a̴̡l̶g̵o̷",
    "line one\nline two\n\n\nline five\ttab   spaces   ",
    "https://example.com/?q=<x>&y=1 javascript:alert(3) ]]> --> */ </style> </script>",
    "word" * 20 + " " + "unbroken" * 300,
)
LONG = "a long text. " * 80_000
"""A megabyte."""


def spoiled(records: Sequence[Sample]) -> Iterator[Sample]:
    """The samples, the first of them with a hostile text in every place that a prompt or a model can write in."""
    texts = [*HOSTILE, LONG]
    for number, record in enumerate(records):
        if number >= len(texts):
            yield record
            continue
        prompt = Prompt(
            messages=(Message("system", texts[number]), Message("user", texts[number])),
            kind=record.prompt.kind,
            category=texts[number][:2000],
            split="test",
        )
        yield replace(record, id=record_id("spoiled", number), prompt=prompt, text=texts[number], reason=texts[number])


def spoiled_revisions(revisions: Sequence[Revision]) -> Iterator[Revision]:
    """As ``spoiled``."""
    texts = [*HOSTILE, LONG]
    for number, revision in enumerate(revisions):
        if number >= len(texts):
            yield revision
            continue
        text = texts[number]
        bad = Round(
            principle_id=text[:3000],
            critique=text,
            revision=text,
            outcome=Outcome.INVALID,
            reason=f"{InvalidReason.CRITIQUE}: {text}",
        )
        prompt = replace(revision.prompt, id="", messages=(Message("user", text),), category=text[:2000])
        yield replace(revision, id=f"bad id {number} <{text[:20]}>", prompt=prompt, response=text, rounds=(bad, bad))


def spoiled_preferences(preferences: Sequence[Preference]) -> Iterator[Preference]:
    """As ``spoiled``."""
    texts = [*HOSTILE, LONG]
    for number, one in enumerate(preferences):
        if number >= len(texts):
            yield one
            continue
        text = texts[number]
        prompt = replace(one.pair.prompt, id="", messages=(Message("user", text),), category=text[:2000])
        vote = replace(one.votes[0], principle_id=text[:3000], reasoning=text, reason=text)
        pair = replace(one.pair, id="", prompt=prompt, first=text, second=text)
        yield replace(one, id=f"bad id <{number}", pair=pair, votes=(vote,), rater=text[:2000], reason=text)
