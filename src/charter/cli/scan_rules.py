"""``charter scan --rules``: the rules, as a table or as JSON."""

from charter.cli.common import print_json
from charter.errors import ConfigError


def list_rules(form: str | None) -> None:
    """Prints the rules; as JSON, with the page of each.

    Raises:
        ConfigError: a list of rules has no such form.
    """
    if form not in (None, "terminal", "json"):
        raise ConfigError(f"--format: a list of rules has no form '{form}'; write one of: terminal, json")
    from charter.scan.rules import all_rules

    rules = all_rules()
    if form == "json":
        from dataclasses import asdict

        print_json([{**asdict(rule.spec), "page": rule.page} for rule in rules])
    else:
        from charter.cli.tables import row, table
        from charter.terminal import console

        made = table("rule", "severity", "what it finds", "CWE", "OWASP LLM 2025", "2026")
        made.columns[0].no_wrap = True  # one copies it
        for rule in rules:
            spec = rule.spec
            tags = (spec.cwe, spec.owasp_2025, spec.owasp_2026)
            row(made, spec.id, spec.severity, spec.title, *(", ".join(each) for each in tags))
        console().print(made)
