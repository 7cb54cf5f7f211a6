"""
## What it does

Finds passwords inside addresses (`postgresql://user:password@host/db`, `redis://`, `amqp://`, `https://user:token@`)
and in the `Password=` field of connection strings. Words that everybody's local set-up uses, and parts that are put
in at run time, are not reported.

## Why this is bad

The address is often logged, shown in error messages and handed to other programs, and the password with it. Whoever
reads the code can open the database, which in an application around a language model holds every conversation.

## Example

```python
engine = create_engine("postgresql://app:Summ3rRain@db.internal/app")
```

## Use instead

```python
engine = create_engine(os.environ["DATABASE_URL"])
```

or put the address together with `sqlalchemy.URL.create(..., password=os.environ["DB_PASSWORD"])`.

## References

- CWE-798: Use of Hard-coded Credentials
- OWASP Top 10 for LLM Applications: Sensitive Information Disclosure
"""

from charter.scan.rule import RuleSpec

SPEC = RuleSpec(
    id="secrets/password-in-url",
    title="A password in an address",
    category="hardcoded-secret",
    severity="high",
    cwe=("CWE-798",),
    owasp_2025=("LLM02",),
    owasp_2026=("LLM02",),
    advice="Change the password, and read the address or its password from the environment.",
)
