"""
## What it does

Finds keys by the shape in which a service gives them out: OpenAI, Anthropic, Google, Hugging Face, Groq, Replicate,
Pinecone, AWS, GitHub, Slack, Stripe, SendGrid, Telegram and some sixty more; in code, notebooks, comments,
configuration and prose. Where a service builds a check into its keys, as GitHub does, the check is computed.

## Why this is bad

A key in a repository is read by everyone who ever gets a copy: colleagues, contractors, a fork, a container image, an
index of public code. Programs look for such keys all day, and one that opens a language model is spent within minutes.
Deleting the line does not help, for the history keeps it.

## Example

```python
import openai

openai.api_key = "sk-proj-..."  # a real key stands here
```

## Use instead

```python
import os
import openai

openai.api_key = os.environ["OPENAI_API_KEY"]
```

Revoke the key that was in the file: `charter scan --history` shows what else the history holds. Keys that are made up
(`sk-xxxx`, `sk-1234567890abcdef`, AWS's documented example) are not reported, and neither is what a comment on the
same line calls fake. A web application's Firebase key is public by design and is left alone.

## References

- CWE-798: Use of Hard-coded Credentials
- OWASP Top 10 for LLM Applications: Sensitive Information Disclosure
"""

from charter.scan.rule import RuleSpec

SPEC = RuleSpec(
    id="secrets/provider-key",
    title="A key of a known service",
    category="hardcoded-secret",
    severity="critical",
    cwe=("CWE-798",),
    owasp_2025=("LLM02",),
    owasp_2026=("LLM02",),
    advice="Revoke the key, and read a new one from the environment or a secret store.",
)
