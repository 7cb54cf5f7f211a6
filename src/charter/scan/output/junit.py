"""The result as JUnit XML, for CI servers that show test results: a finding is a failed test."""

import re
from xml.etree.ElementTree import Element, SubElement, tostring  # only written, never parsed

from charter.scan.findings import Finding
from charter.scan.output.frames import Frames, at
from charter.scan.result import ScanResult
from charter.terminal import neutral

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(result: ScanResult) -> str:
    """The XML text, with a newline at its end."""
    frames = Frames(result.root)
    suite = Element("testsuite", name="charter scan")
    for finding in result.findings:
        failure = SubElement(_case(suite, finding), "failure", type=finding.severity, message=_safe(finding.message))
        failure.text = _safe(_account(finding, frames))
    for suppressed in result.suppressed:
        SubElement(_case(suite, suppressed.finding), "skipped", message=_safe(suppressed.reason))
    whole = [each for each in result.not_analysed if not each.partly]
    for each in whole:
        case = SubElement(suite, "testcase", classname="not analysed", name=_safe(each.path))
        SubElement(case, "error" if result.incomplete else "skipped", message=_safe(each.reason))
    for crash in result.crashes:
        case = SubElement(suite, "testcase", classname="defect of charter", name=_safe(f"{crash.rule} {crash.path}"))
        SubElement(case, "error", message=_safe(crash.error))
    if not len(suite):
        SubElement(suite, "testcase", classname="charter scan", name=_safe(f"{result.counts.files} files"))
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(1 for _ in suite.iter(tag))))
    suites = Element("testsuites")
    suites.append(suite)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + tostring(suites, encoding="unicode") + "\n"


def _case(suite: Element, finding: Finding) -> Element:
    return SubElement(
        suite,
        "testcase",
        classname=_safe(finding.rule),
        name=_safe(at(finding.place)),
        file=_safe(finding.place.path),
        line=str(finding.place.line),
    )


def _account(finding: Finding, frames: Frames) -> str:
    code = [f"{line.number} | {line.text}" for line in frames.frame(finding.place)]
    steps = [f"{at(step.place)}  {step.what}" for step in finding.steps]
    return "\n".join([at(finding.place), *code, *steps])


def _safe(text: str) -> str:
    return _NOT_XML.sub("?", neutral(text))
