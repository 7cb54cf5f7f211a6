"""
## What it does

Finds literals given to the name of a password: in assignments, arguments, dictionaries, comparisons, and as what a
look-up falls back to when the variable is not set. A plain word counts only where a connection is opened with it;
labels ("password": "Passwort"), hashes, form fields and placeholders do not count.

## Why this is bad

It is the same for everyone who runs the code, known to everyone who reads it, and cannot be changed without a release.
A default password is the first thing that an attacker tries.

## Example

```python
connection = psycopg2.connect(host=HOST, user="app", password="Summ3rRain")
ADMIN_PASSWORD = os.getenv("ADMIN_PASSWORD", "admin123")
```

## Use instead

```python
connection = psycopg2.connect(host=HOST, user="app", password=os.environ["DB_PASSWORD"])
ADMIN_PASSWORD = os.environ["ADMIN_PASSWORD"]
```

## References

- CWE-259: Use of Hard-coded Password; CWE-798: Use of Hard-coded Credentials
- OWASP Top 10 for LLM Applications: Sensitive Information Disclosure
"""

from charter.scan.rule import RuleSpec

SPEC = RuleSpec(
    id="secrets/hardcoded-password",
    title="A password in the code",
    category="hardcoded-secret",
    severity="high",
    cwe=("CWE-259",),
    owasp_2025=("LLM02",),
    owasp_2026=("LLM02",),
    advice="Change the password, read it from the environment, and let the start fail where it is not set.",
)
