"""
## What it does

Finds private keys in PEM form with their body: RSA, EC, OpenSSH, PKCS 8, PGP, service accounts in JSON. The header by
itself, which a parser compares with, is none; a key below a test folder is taken for the test's own.

## Why this is bad

Who has the key can sign as its owner, decrypt what was sent to them, or log in to every machine that trusts it. A key
pair cannot be changed in one place: each system that knows the public half must learn a new one.

## Example

```python
SIGNING_KEY = "-----BEGIN RSA PRIVATE KEY-----\\nMIIE…\\n-----END RSA PRIVATE KEY-----"
```

## Use instead

```python
SIGNING_KEY = Path(os.environ["SIGNING_KEY_FILE"]).read_text()
```

Keep the file outside the repository, readable by the service alone, or let a key service sign.

## References

- CWE-321: Use of Hard-coded Cryptographic Key
- OWASP Top 10 for LLM Applications: Sensitive Information Disclosure
"""

from charter.scan.rule import RuleSpec

SPEC = RuleSpec(
    id="secrets/private-key",
    title="A private key in the code",
    category="hardcoded-secret",
    severity="critical",
    cwe=("CWE-321",),
    owasp_2025=("LLM02",),
    owasp_2026=("LLM02",),
    advice="Make a new key pair, keep the private half outside the repository, and withdraw the old one.",
)
