"""What all forms of output say in the same words."""

from charter.scan.result import ScanResult

CATEGORIES = {
    "prompt-injection": "Prompt injection",
    "excessive-agency": "Excessive agency",
    "insecure-output": "Insecure output handling",
    "hardcoded-secret": "Hardcoded secret",
}


def count(number: int, noun: str, nouns: str = "") -> str:
    """``1 file``, ``2,000 files``."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def verdict(result: ScanResult) -> str:
    """The findings in one line."""
    if not result.findings:
        return "No findings" + (", but the scan is incomplete." if result.incomplete else ".")
    by = ", ".join(f"{number:,} {severity}" for severity, number in result.by_severity().items() if number)
    return f"{count(len(result.findings), 'finding')}: {by}."


def coverage(result: ScanResult) -> str:
    """What was looked at, in one line."""
    counts = result.counts
    cached = f" ({counts.cached:,} as in the last scan)" if counts.cached else ""
    followed = (
        f"data followed through the {count(counts.followed, 'file')} around language models"
        if counts.followed
        else "none has to do with language models, so no data was followed"
    )
    return f"{count(counts.files, 'file')} with {count(counts.lines, 'line')} scanned{cached}; {followed}."


def left_out(result: ScanResult) -> list[str]:
    """What is not among the findings, a line each."""
    said = []
    if result.suppressed:
        said.append(f"{count(len(result.suppressed), 'finding')} answered for by a comment in the code.")
    if result.known:
        said.append(f"{count(len(result.known), 'finding')} known already (in the baseline, or before the change).")
    if result.hidden:
        said.append(f"{count(result.hidden, 'finding')} below --severity or --confidence.")
    if result.counts.skipped:
        listed = "; ".join(f"{reason} ({number:,})" for reason, number in result.counts.skipped.items())
        said.append(f"Not scanned: {listed}.")
    return said


def unread(result: ScanResult) -> str:
    """How many files were not analysed, in one line; "" where all were."""
    whole = sum(not each.partly for each in result.not_analysed)
    partly = len(result.not_analysed) - whole
    parts = [count(whole, "file or folder", "files or folders")] if whole else []
    parts += [f"parts of {count(partly, 'other')}" if whole else f"parts of {count(partly, 'file')}"] if partly else []
    return f"Not analysed: {' and '.join(parts)}." if parts else ""
