"""What is asked of a server before any work: whether it is there, takes the key, and has the model."""

from typing import Any

from charter.documents import did_you_mean, nearest
from charter.errors import ModelError
from charter.models.endpoint_client import EndpointClient
from charter.models.endpoint_key import Key
from charter.models.endpoint_reply import first_choice
from charter.models.endpoint_text import one_line
from charter.models.endpoint_types import Failure, Limits, Question, Reply
from charter.served import ServedModel

LISTING = Limits(concurrency=1, timeout=20.0, deadline=45.0, attempts=2)
"""A list of models is not generated: who takes long over it is not there."""
_FACTS = ("id", "owned_by", "root", "parent")
"""What stays the same from one start of a server to the next; ``created`` is the time of the call with some."""
_SHOWN = 12


def describe(served: ServedModel, key: Key, patient: Limits) -> dict[str, str]:
    """What the server says of the model, as far as it says it of the same model every time.

    Asks for the list of models. A server that has none, or lists nothing, is asked for one token instead, as patiently
    as ``patient`` allows: it may have to load the model first.

    Raises:
        ModelError: nobody answers, the key is refused, there is no such model, or the URL is not that of such a server.
    """
    reply = EndpointClient(served, key, LISTING).ask(Question("GET", "models"))
    _raise_if_hopeless(reply, served, key)
    known = [] if isinstance(reply, Failure) else _listed(reply)
    if not known:
        return _try_one_token(served, key, patient)
    names = [str(model["id"]) for model in known]
    for name in (served.model, f"{served.model}:latest"):  # Ollama lists the tag that one may leave out
        if name in names:
            return _facts(known[names.index(name)])
    near = nearest(served.model, names)
    shown = [one_line(name, 80) for name in sorted(names, key=lambda name: name != near)[:_SHOWN]]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    raise ModelError(f"{served.url} serves no model '{served.model}'; {did_you_mean(served.model, shown)}{more}")


def _listed(reply: dict[str, Any]) -> list[dict[str, Any]]:
    models = reply.get("data")
    if not isinstance(models, list):
        return []
    return [model for model in models if isinstance(model, dict) and isinstance(model.get("id"), str)]


def _facts(model: dict[str, Any]) -> dict[str, str]:
    return {name: model[name] for name in _FACTS if isinstance(model.get(name), str)}


def _try_one_token(served: ServedModel, key: Key, patient: Limits) -> dict[str, str]:
    body = {"model": served.model, "messages": [{"role": "user", "content": "Hello."}], "max_tokens": 1}
    reply = EndpointClient(served, key, patient).ask(Question("POST", "chat/completions", body))
    _raise_if_hopeless(reply, served, key)
    problem: object = reply.reason if isinstance(reply, Failure) else first_choice(reply)
    if isinstance(reply, dict) and isinstance(problem, dict):
        return {"id": reply["model"]} if isinstance(reply.get("model"), str) else {}
    mend = "mend the URL or the model's name"
    if not served.url.endswith("/v1"):
        mend += f"; most servers have their API at {served.url}/v1"
    raise ModelError(
        f"{served.url}: it lists no models and does not complete a chat with '{served.model}' ({problem}); {mend}"
    )


def _raise_if_hopeless(reply: Reply, served: ServedModel, key: Key) -> None:
    """Raises for what no other question to the server would mend."""
    if not isinstance(reply, Failure):
        return
    if reply.status is None:
        raise ModelError(f"{served.url}: no server answers ({reply.reason}); start it, or mend the URL")
    if reply.status in {401, 403}:
        refused = f"the key from {key.source}" if key.source else "requests without a key"
        raise ModelError(f"{served.url}: the server refuses {refused} ({reply.reason}); {key.advice}")
