"""
## What it does

Finds literals that an application signs or encrypts with: Flask's and Django's `SECRET_KEY`, the secret of JSON web
tokens or of sessions, the key of `Fernet` or HMAC, the `authkey` of `multiprocessing`; also where the literal is only
the default of a look-up. Unlike a service's key, any word works here, so that a word is reported as well, and a
stand-in ("change-me") is reported with low confidence.

## Why this is bad

Who knows the key can make tokens and sessions for any user, the administrator included, without a password. Several
applications around language models had this fault: each installation that kept the default trusted the same key, and a
forged message could end in code being run, where what is signed is a pickle.

## Example

```python
app.secret_key = "super secret key"
JWT_SECRET = os.getenv("JWT_SECRET", "t0p-s3cr3t")
```

## Use instead

```python
app.secret_key = os.environ["SECRET_KEY"]  # made with: python -c "import secrets; print(secrets.token_hex(32))"
```

Fail where it is missing, or make a random one when the application is first installed.

## References

- CWE-321: Use of Hard-coded Cryptographic Key
- OWASP Top 10 for LLM Applications: Sensitive Information Disclosure
"""

from charter.scan.rule import RuleSpec

SPEC = RuleSpec(
    id="secrets/signing-key",
    title="A signing key in the code",
    category="hardcoded-secret",
    severity="high",
    cwe=("CWE-321",),
    owasp_2025=("LLM02",),
    owasp_2026=("LLM02",),
    advice="Read the key from the environment without a default, or make a random one at installation.",
)
