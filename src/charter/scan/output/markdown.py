"""The result as Markdown, for a comment on a pull request."""

import re

from charter.scan.findings import Finding
from charter.scan.output.frames import Frames, at
from charter.scan.output.words import coverage, left_out, unread, verdict
from charter.scan.result import ScanResult
from charter.scan.rule import RuleSpec
from charter.terminal import neutral

MOST = 60_000
"""Characters: a comment on the usual services may have some 65,000."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$-])")


def render(result: ScanResult) -> str:
    """The Markdown text; findings that no comment has room for are counted."""
    frames = Frames(result.root)
    rules = {spec.id: spec for spec in result.rules}
    parts = [f"### Charter scan: {verdict(result)}\n"]
    length, shown = len(parts[0]), 0
    for finding in result.findings:
        part = _finding(finding, frames, rules.get(finding.rule))
        if length + len(part) > MOST - 4_000:
            break
        parts.append(part)
        length += len(part)
        shown += 1
    if shown < len(result.findings):
        parts.append(f"… and {len(result.findings) - shown:,} more findings.\n")
    parts += [f"- **{_code(crash.rule)} failed**: {_plain(crash.error)[:300]}" for crash in result.crashes[:10]]
    whole = [each for each in result.not_analysed if not each.partly]
    parts += [f"- not analysed: {_code(each.path)}: {_plain(each.reason)[:200]}" for each in whole[:10]]
    tail = [unread(result), *left_out(result), coverage(result)]
    parts.append("\n<sub>" + " ".join(_plain(line) for line in tail if line) + "</sub>")
    return "\n".join(parts) + "\n"


def _finding(finding: Finding, frames: Frames, spec: RuleSpec | None) -> str:
    title = _plain(spec.title if spec else finding.rule)
    lines = [
        f"<details><summary><b>{finding.severity}</b> {title}: <code>{_html(at(finding.place))}</code></summary>\n",
        f"{_plain(finding.message)} ({_code(finding.rule)}, {finding.confidence} confidence)\n",
        _fenced("\n".join(f"{line.number} | {line.text}" for line in frames.frame(finding.place))),
    ]
    if len(finding.steps) > 1:
        lines += [
            f"{number}. {_code(at(step.place))} {_plain(step.what)}" for number, step in enumerate(finding.steps, 1)
        ]
        lines.append("")
    if spec:
        lines.append(f"**Mend:** {_plain(spec.advice)}\n")
    return "\n".join([*lines, "</details>\n"])


def _fenced(code: str) -> str:
    """A code block that nothing in the code can end."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{neutral(code)}\n{fence}\n"


def _code(text: str) -> str:
    return f"<code>{_html(text)}</code>"


def _html(text: str) -> str:
    escaped = " ".join(neutral(text).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", escaped).replace("@", "&#64;")


def _plain(text: str) -> str:
    """Text that is no markup, no link, and calls nobody by name."""
    return _html(text)
