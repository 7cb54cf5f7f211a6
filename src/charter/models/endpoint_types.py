"""What passes between the completer of a served model and the client that asks the server."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard a server is worked, and how long it is waited for."""

    concurrency: int = 32
    """Requests in flight."""
    timeout: float = 300.0
    """Seconds until a single attempt is given up."""
    deadline: float = 900.0
    """Seconds for all attempts of one request, the waits between them included."""
    attempts: int = 8
    first_wait: float = 0.5
    """Seconds before the second attempt, at most; doubled for each further one, and drawn from its upper half."""


@dataclass(frozen=True, slots=True)
class Question:
    """One HTTP request."""

    method: Literal["GET", "POST"]
    path: str
    """Below the server's URL."""
    body: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a question has no answer."""

    reason: str
    status: int | None = None
    """Of the HTTP reply, if there was one."""
    unreachable: bool = False
    """No connection was made at all."""
    passing: bool = False
    """Another attempt may go better."""
    wait: float | None = None
    """Seconds that the server asks to be left alone."""

    @property
    def is_the_server(self) -> bool:
        """Whether any question would have met it: nobody answers, or the key is refused."""
        return self.unreachable or self.status in {401, 403}


Reply: TypeAlias = dict[str, Any] | Failure
