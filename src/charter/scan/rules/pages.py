"""The rules' pages in the docs, written from the rules: ``python -m charter.scan.rules.pages docs/rules``."""

import sys
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from charter.scan.findings import Category
from charter.scan.rule import Rule
from charter.scan.rules import all_rules

_HEADINGS: dict[Category, str] = {
    "prompt-injection": "Prompt injection",
    "insecure-output": "Insecure output handling",
    "excessive-agency": "Excessive agency",
    "hardcoded-secret": "Hardcoded secrets",
}


def pages() -> Mapping[str, str]:
    """Every page, by its path below the folder: one for each rule, and ``README.md``, which lists them."""
    rules = all_rules()
    return {"README.md": _index(rules), **{f"{rule.spec.id}.md": page(rule) for rule in rules}}


def page(rule: Rule) -> str:
    """A rule's page: what is known of it, then its docstring."""
    spec = rule.spec
    owasp = ", ".join((*(f"{each}:2025" for each in spec.owasp_2025), *(f"{each}:2026" for each in spec.owasp_2026)))
    cwe = ", ".join(spec.cwe)
    return (
        f"# {spec.title}\n\n"
        f"`{spec.id}` · {_HEADINGS[spec.category]} · severity {spec.severity} · {cwe} · OWASP {owasp}\n\n"
        f"{spec.advice}\n\n{rule.page}\n"
    )


def write_pages(folder: Path) -> None:
    """Writes every page below the folder, and removes pages of rules that are no more."""
    wanted = pages()
    for path in folder.rglob("*.md"):
        if path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _index(rules: tuple[Rule, ...]) -> str:
    parts = ["# Rules of `charter scan`\n\nWritten from the rules' docstrings; see `charter.scan.rules.pages`.\n"]
    order = list(_HEADINGS)
    by_category = sorted(rules, key=lambda rule: (order.index(rule.spec.category), rule.spec.id))
    for category, group in groupby(by_category, key=lambda rule: rule.spec.category):
        lines = [
            f"| [{each.spec.id}]({each.spec.id}.md) | {each.spec.severity} | {each.spec.title} |" for each in group
        ]
        parts.append(f"\n## {_HEADINGS[category]}\n\n| rule | severity | what it finds |\n|---|---|---|\n")
        parts.append("\n".join(lines) + "\n")
    return "".join(parts)


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
