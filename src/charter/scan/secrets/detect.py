"""All detectors over one text: overlaps settled, each secret made into a finding that does not hold it."""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from charter.scan.findings import Edit, Finding, Place
from charter.scan.secrets import calls, named, private_keys, provider_keys, urls
from charter.scan.secrets.env_lookup import lookup
from charter.scan.secrets.judge import judge
from charter.scan.secrets.redaction import hide
from charter.scan.secrets.secret import Secret
from charter.scan.secrets.view import View

LONGEST_SNIPPET = 400


def find_secrets(path: str, text: str) -> tuple[Finding, ...]:
    """
    The secrets in one text, in its order.

    :param path: relative to the scanned root, with ``/``; its name and folders say what kind of file it is.
    :param text: the whole text, as it stands in the file, so that lines are those of the file.
    """
    return tuple(finding for finding, _ in with_digests(path, text))


def with_digests(path: str, text: str) -> Iterator[tuple[Finding, bytes]]:
    """
    The secrets in one text, each with a digest by which the same secret is known again elsewhere.

    The digest stays in memory: who has one of a weak password can guess the password.
    """
    view = View(path, text)
    secrets = _secrets(view)
    for secret in secrets:
        value = view.text[secret.start : secret.end].encode("utf-8", "surrogatepass")
        yield _finding(view, secret, secrets), hashlib.sha256(value).digest()


def _secrets(view: View) -> list[Secret]:
    """The secrets of a text, none within another: the more exact detector's word counts."""
    taken: list[Secret] = []
    for secret in _all(view):
        index = bisect_left(taken, secret.start, key=lambda other: other.start)
        after_the_last = index == 0 or taken[index - 1].end <= secret.start
        if after_the_last and (index == len(taken) or secret.end <= taken[index].start):
            taken.insert(index, secret)
    return taken


def _all(view: View) -> Iterator[Secret]:
    yield from private_keys.find(view)
    yield from provider_keys.find(view)
    yield from urls.find(view)
    for value in named.find(view):
        secret = judge(view, value)
        if secret is not None:
            yield secret
    yield from calls.find(view)


_WHY = {
    provider_keys.RULE: "whoever reads the code can use the service in your name and at your cost",
    private_keys.RULE: "whoever reads the code can sign or open what only its owner should",
    urls.RULE: "whoever reads the code can open the connection",
    "secrets/hardcoded-credential": "whoever reads the code can use it",
    "secrets/hardcoded-password": "whoever reads the code can log in",
    "secrets/signing-key": "whoever reads the code can forge what the application signs",
}


def _finding(view: View, secret: Secret, all_secrets: Sequence[Secret]) -> Finding:
    first, last = view.line_number(secret.start), view.line_number(secret.end)
    start = view.line_at(secret.start)[0]
    end_start = view.line_at(secret.end)[0]
    place = Place(view.path, first, secret.start - start + 1, last, secret.end - end_start + 1)
    what = secret.what[0].upper() + secret.what[1:]
    return Finding(
        rule=secret.rule,
        category="hardcoded-secret",
        severity=secret.severity,
        confidence=secret.confidence,
        place=place,
        message=f"{what} is written in the file: {_WHY[secret.rule]}.",
        edits=_edits(view, secret, place),
        snippet=_snippet(view, secret, all_secrets),
    )


def _edits(view: View, secret: Secret, place: Place) -> tuple[Edit, ...]:
    found = lookup(view, secret)
    if found is None:
        return ()
    start, end, text = found
    first = view.line_at(start)[0]
    return (Edit(Place(view.path, place.line, start - first + 1, place.line, end - first + 1), text),)


def _snippet(view: View, secret: Secret, all_secrets: Sequence[Secret]) -> str:
    """The line where the secret starts, this secret and every other on it hidden."""
    start, end = view.line_at(secret.start)
    start, end = max(start, secret.start - LONGEST_SNIPPET // 2), min(end, secret.end + LONGEST_SNIPPET // 2)
    pieces, at = [], start
    first = bisect_right(all_secrets, start, key=lambda other: other.end)
    for other in takewhile(lambda other: other.start < end, islice(all_secrets, first, None)):
        if other.end > at:
            pieces += [view.text[at : max(at, other.start)], hide(view.text[other.start : other.end])]
            at = max(at, other.end)
    pieces.append(view.text[at:end] if at < end else "")
    return " ".join("".join(pieces).split())
