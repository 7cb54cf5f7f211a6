"""
## What it does

Finds values that look drawn at random and are given to the name of a credential: `api_key`, `access_token`,
`client_secret`, an `Authorization` or `X-API-Key` header, the first argument of a client. This catches services whose
keys have no shape of their own, such as Azure OpenAI, Cohere, Mistral, Serper or ElevenLabs.

Random means: long enough, of several kinds of character, changing from one kind to another as words do not. UUIDs,
hashes under names that are no credentials, model names, and placeholders are not reported.

## Why this is bad

Whoever reads the code can use the service in your name and at your cost.

## Example

```python
client = AzureOpenAI(api_key="<32 hexadecimal digits>", azure_endpoint=ENDPOINT)
```

## Use instead

```python
client = AzureOpenAI(api_key=os.environ["AZURE_OPENAI_API_KEY"], azure_endpoint=ENDPOINT)
```

## References

- CWE-798: Use of Hard-coded Credentials
- OWASP Top 10 for LLM Applications: Sensitive Information Disclosure
"""

from charter.scan.rule import RuleSpec

SPEC = RuleSpec(
    id="secrets/hardcoded-credential",
    title="A credential in the code",
    category="hardcoded-secret",
    severity="high",
    cwe=("CWE-798",),
    owasp_2025=("LLM02",),
    owasp_2026=("LLM02",),
    advice="Revoke the credential, and read a new one from the environment or a secret store.",
)
