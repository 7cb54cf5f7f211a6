"""Names of models that a server runs: ``openai:MODEL@URL``, for any server that speaks OpenAI's chat completions."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from charter.errors import ConfigError

PREFIX = "openai:"
FORM = "openai:MODEL@http://HOST:PORT/v1"
_PARTS = re.compile(r"openai:(?P<model>.+?)@(?P<url>https?://.*)", re.IGNORECASE | re.DOTALL)
_CALLS = ("/chat/completions", "/completions", "/models")


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model and the server that runs it. Nothing in here is a secret: a URL with credentials is refused."""

    model: str
    url: str
    """Where the API begins, as a rule with ``/v1`` and never with a slash at its end."""

    @property
    def name(self) -> str:
        """The name that ``parse_served`` reads."""
        return f"{PREFIX}{self.model}@{self.url}"

    @property
    def is_loopback(self) -> bool:
        """Whether the server is this machine, so that no proxy leads to it and nobody listens on the way."""
        host = urlsplit(self.url).hostname or ""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")
        return address.is_loopback or address.is_unspecified


def is_served(name: str) -> bool:
    """Whether ``name`` is meant to be that of a served model, well formed or not."""
    return name.startswith(PREFIX)


def parse_served(name: str) -> ServedModel:
    """The model and the server that ``name`` says.

    Raises:
        ConfigError: it is not of the form ``openai:MODEL@URL``, or the URL holds what does not belong into a name.
            The message repeats no part of the URL, which may hold a password.
    """
    match = _PARTS.fullmatch(name)
    if match is None:
        raise ConfigError(f"a served model is named '{FORM}', with model, '@' and URL")
    model, url = match["model"], match["url"]
    if not model.isprintable() or model != model.strip():
        raise ConfigError(f"the model's name in '{FORM}' has a space at its ends or a character that cannot be seen")
    parts = _split(url)
    if "@" in parts.netloc:
        raise ConfigError("the server's URL holds a user name or password; put a key into the environment instead")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise ConfigError("the server's URL has a query or a fragment ('?' or '#'); write it up to the path, as in /v1")
    path = parts.path.rstrip("/")
    for call in _CALLS:
        if path.endswith(call):
            raise ConfigError(f"the server's URL ends in '{call}'; write what comes before that")
    return ServedModel(model, f"{parts.scheme}://{parts.netloc.lower()}{path}")


def _split(url: str) -> SplitResult:
    if not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        raise ConfigError(
            "the server's URL has a space, a backslash or a character outside ASCII; write it percent-encoded"
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # the port is looked at only when asked for
        if host:
            host.encode("idna")  # a label that is empty or too long would fail only at the first request
    except ValueError as error:
        raise ConfigError(
            "the server's URL has a host or a port that cannot be; write it as in http://localhost:8000/v1"
        ) from error
    if not host:
        raise ConfigError("the server's URL has no host; write it as in http://localhost:8000/v1")
    return parts
