"""The key of a server: taken from the environment, put into one header, and into nothing else."""

import os
from dataclasses import dataclass, field
from typing import Self

from charter.errors import ModelError
from charter.served import ServedModel

OWN = "CHARTER_API_KEY"
COMMON = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class Key:
    """A key, which is never printed; or none."""

    secret: str = field(default="", repr=False)
    source: str = ""
    """The environment variable that it is from."""
    advice: str = f"put the server's key into {OWN}"
    """What a user can do when the server refuses it."""

    @classmethod
    def of(cls, served: ServedModel) -> Self:
        """The key for that server, if the environment has one.

        ``OPENAI_API_KEY`` may be there for another program's sake, so it is not sent where others could read it on
        the way: over ``http://`` to another machine.

        Raises:
            ModelError: it holds characters that no header can carry.
        """
        source = OWN if os.environ.get(OWN, "").strip() else COMMON
        secret = os.environ.get(source, "").strip()
        if not secret:
            return cls()
        if source == COMMON and not served.url.startswith("https:") and not served.is_loopback:
            return cls(advice=f"{COMMON} is not sent over http:// to another machine; put the server's key into {OWN}")
        if not (secret.isascii() and secret.isprintable()):
            raise ModelError(f"{source}: it holds characters that no key can have; set it again")
        return cls(secret, source, advice=f"check {source}")

    @property
    def headers(self) -> dict[str, str]:
        """What a request carries to prove who asks."""
        return {"authorization": f"Bearer {self.secret}"} if self.secret else {}

    def redacted(self, text: str) -> str:
        """``text`` without the key, for servers that repeat it in what they say."""
        return text.replace(self.secret, "[key]") if self.secret else text
