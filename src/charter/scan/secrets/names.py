"""What a name says about its value: that it is a key, a password, a signing key; or only sounds like one."""

import re
from functools import lru_cache
from typing import Literal, TypeAlias

from charter.scan.secrets.wordlist import words

Meaning: TypeAlias = Literal["signing", "password", "key", "token", "header"]
"""
signing: what an application signs or encrypts with, whose worth does not hang on its looks. key: what a service gives
out. token: "token" and "secret" alone, which name much else as well. header: the header that carries any of these.
"""

_MADE_BY_THE_APP = re.compile(r"^(?:FLASK_|DJANGO_|APP_)?SECRET_KEY$|(?i:jwt|session|signing|nextauth)")
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_SUFFIXES = words("value default prod production dev local staging live raw str string main current fallback")
_PASSWORDS = words("password passwd passphrase pwd passwort mdp")
_SHORT_PASSWORDS = words("pass pw")
_SERVICES = words(
    "db database mysql postgres postgresql pg mongo mongodb redis smtp mail email imap ftp sftp ssh ldap root "
    "admin user sudo sql neo4j rabbitmq amqp kafka elastic es oracle mssql milvus qdrant clickhouse proxy login "
    "my default"
)
_SIGNING = words(
    "jwt signing sign encryption encrypt crypto cookie session hmac fernet aes cipher django flask app "
    "application csrf token nextauth auth storage state password pickle ipc internal refresh"
)
_KEYS = words(
    "api access account subscription service auth secret openai anthropic azure cohere gemini google pinecone "
    "private master admin authorization aws consumer license deepl serper serpapi tavily groq mistral hf weaviate "
    "qdrant rapid rapidapi x ocp apim bing search"
)
_TOKENS = words(
    "access auth api refresh bot bearer hf huggingface hub hugging github gitlab slack telegram discord jwt id "
    "user session admin secret personal notion line oauth app openai replicate ngrok service wandb"
)
_JOINED = words("apikey accesskey apitoken accesstoken authtoken")
_CLIENT_SECRETS = words("client api consumer access oauth app")
_SIGNING_KEYS = words("jwt signing encryption encrypt crypto hmac fernet aes")
_SERVICES_WITH_SECRET_KEYS = words("aws s3 access stripe langfuse minio oss cos tencent api")
_NOT_BEFORE = words(
    "forgot reset confirm confirmation show hide invalid wrong change new old enter no bad missing empty update "
    "current repeat verify test fake dummy mock example sample placeholder public pub publishable anon pad eos "
    "bos unk mask sep cls next prev page continuation special stop start end image csrf site sort partition "
    "primary foreign hash hashed row cache idempotency index search tokenizer added extra vocab split min max num "
    "count total field column param encrypted label translation i18n error"
)


def parts(name: str) -> list[str]:
    """A name's words in lower case: "openAiApiKey" and "OPENAI_API_KEY" alike."""
    found = [part.lower() for part in _PARTS.findall(name)]
    while found and (found[-1].isdigit() or found[-1] in _SUFFIXES):
        found.pop()
    return found


@lru_cache(maxsize=4096)
def meaning(name: str) -> Meaning | None:
    """What the name says its value is; None where it is no credential."""
    found = parts(name)
    if not found or _NOT_BEFORE.intersection(found[:-1]):
        return None
    last, before = found[-1], found[-2] if len(found) > 1 else ""
    if last in ("authorization", "bearer") or found in (["x", "api", "key"], ["api", "key", "header"]):
        return "header"
    if last in _PASSWORDS or (last in _SHORT_PASSWORDS and before in _SERVICES):
        return "password"
    if _signs(last, before, found[:-2]):
        return "signing"
    return _given_out(last, before, len(found))


def _given_out(last: str, before: str, length: int) -> Meaning | None:
    """What a service gives out, by the last two words of its name."""
    surely = {"key": _KEYS, "token": _TOKENS, "secret": _CLIENT_SECRETS}
    if last in _JOINED or before in surely.get(last, ()):
        return "key"
    if last in ("token", "secret") or (last in ("credential", "credentials") and length < 4):
        return "token"
    return None


def _signs(last: str, before: str, rest: list[str]) -> bool:
    """Whether the application itself makes this key: "secret_key", "JWT_SECRET", "session secret", "authkey"."""
    if last == "key":
        return before in _SIGNING_KEYS or (before == "secret" and not _SERVICES_WITH_SECRET_KEYS.intersection(rest))
    if last == "secret":
        return before in _SIGNING and (before not in ("app", "token") or not {"access", "oauth"}.intersection(rest))
    return last in ("authkey", "secretkey")


def is_surely_signing(name: str, before: str) -> bool:
    """Whether the name alone says that the application signs with it; a "secret_key" may be a service's as well."""
    if name == "secret_key":
        return before.rstrip().endswith(("app.", "server."))
    return bool(_MADE_BY_THE_APP.search(name))
