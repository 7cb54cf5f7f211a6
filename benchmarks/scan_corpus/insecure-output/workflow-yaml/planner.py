import logging
from dataclasses import dataclass

import yaml
from litellm import completion

logger = logging.getLogger(__name__)


@dataclass
class Step:
    title: str
    hours: float


def request_plan(goal: str) -> str:
    response = completion(
        model="gpt-4o",
        messages=[
            {"role": "system", "content": "Reply with a YAML list of steps with title and hours."},
            {"role": "user", "content": goal},
        ],
    )
    text = response["choices"][0]["message"]["content"]
    return text.replace("```yaml", "").replace("```", "")


def parse_plan(text: str) -> list[Step]:
    data = yaml.load(text, Loader=yaml.Loader)
    logger.debug("%d steps", len(data))
    return [Step(title=item["title"], hours=float(item["hours"])) for item in data]


def plan(goal: str) -> list[Step]:
    return parse_plan(request_plan(goal))
