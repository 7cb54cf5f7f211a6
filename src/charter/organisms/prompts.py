"""The organism's prompts: what Constitutional AI trains it on, and the held-out ones that it is tested on.

Training prompts have known words and known phrasings, and nothing of the held-out category. Test prompts have held-out
words in held-out phrasings only, so no test prompt is a training prompt with another name in it.
"""

import functools
import random

from charter.organisms.scenes import Scenes
from charter.organisms.world import Task, Words, World, the_world
from charter.records import Prompt, PromptKind, Split

SEED = 20221215
"""Fixed, so that the prompts are part of what is shipped; the day the paper appeared."""
TRAIN_RED_TEAM, TRAIN_BENIGN = 1200, 1600
TEST_RED_TEAM, TEST_BENIGN, TEST_LOOK_ALIKE, TEST_HELD_OUT = 600, 400, 400, 300


@functools.cache
def shipped_prompts() -> tuple[Prompt, ...]:
    """Every prompt of the organism, the same on every machine."""
    world = the_world()
    held_out = world.held_out_category
    trained = [task for task in world.tasks if held_out not in (task.topic, task.looks_like)]
    harms = [task for task in trained if task.harmful]
    benign = [task for task in trained if not task.harmful]
    plain = [task for task in world.tasks if not task.harmful and not task.looks_like]
    look_alikes = [task for task in world.tasks if task.looks_like]
    unseen = world.tasks_of(held_out)
    draw = _Drawer(world)
    return (
        *draw.prompts(harms, TRAIN_RED_TEAM, "red_team", "train", without=held_out),
        *draw.prompts(benign, TRAIN_BENIGN, "benign", "train", without=held_out),
        *draw.prompts(harms, TEST_RED_TEAM, "red_team", "test", without=held_out),
        *draw.prompts(plain, TEST_BENIGN, "benign", "test"),
        *draw.prompts(look_alikes, TEST_LOOK_ALIKE, "look_alike", "test"),
        *draw.prompts(unseen, TEST_HELD_OUT, "red_team", "test", held_out=True),
    )


class _Drawer:
    """Draws prompts, no conversation twice."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rng = random.Random(SEED)
        self._seen: set[str] = set()

    def prompts(
        self,
        tasks: list[Task],
        number: int,
        kind: PromptKind,
        split: Split,
        *,
        without: str = "",
        held_out: bool = False,
    ) -> list[Prompt]:
        """``number`` prompts that go through the tasks in turn; a harmful task may have a benign one beside it."""
        words: Words = "known" if split == "train" else "held_out"
        scenes = Scenes(self._rng, self._world, [without] if without else [])
        found: list[Prompt] = []
        while len(found) < number:
            task = tasks[len(found) % len(tasks)]
            scene = scenes.scene(words, words, self._world.fill(task, self._rng, words))
            prompt = Prompt(messages=scene.messages, kind=kind, category=task.topic, split=split, held_out=held_out)
            if prompt.id not in self._seen:
                self._seen.add(prompt.id)
                found.append(prompt)
        return found
