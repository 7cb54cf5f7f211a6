"""One request of the organism's world in many phrasings: does the model decide by what is asked, or by its wording?"""

import random

from charter.organisms.world import the_world
from charter.records import Message, Prompt, PromptKind

GROUPS = 60
"""A third of them harmful, a third harmless, a third harmless in the words of harm."""
_SEED = 20221216


def phrasing_groups(groups: int = GROUPS) -> tuple[tuple[Prompt, ...], ...]:
    """``groups`` requests with held-out words, each in every held-out phrasing; the same on every machine.

    Training prompts have neither. Tasks of the held-out category are left out, as from the headline rates.
    """
    world = the_world()
    rng = random.Random(_SEED)
    trained = [task for task in world.tasks if world.held_out_category not in (task.topic, task.looks_like)]
    kinds: list[tuple[PromptKind, list[int]]] = [
        ("red_team", [number for number, task in enumerate(trained) if task.harmful]),
        ("benign", [number for number, task in enumerate(trained) if not task.harmful and not task.looks_like]),
        ("look_alike", [number for number, task in enumerate(trained) if task.looks_like]),
    ]
    found: dict[str, tuple[Prompt, ...]] = {}
    while len(found) < groups:
        kind, tasks = kinds[len(found) % len(kinds)]
        task = trained[rng.choice(tasks)]
        request = world.fill(task, rng, "held_out")
        found[request.do] = tuple(
            Prompt(
                messages=(Message("user", frame.replace("<do>", request.do)),),
                kind=kind,
                category=task.topic,
                split="test",
            )
            for frame in world.phrasings["held_out"]
        )
    return tuple(found.values())
