import logging

import yaml
from litellm import completion
from pydantic import BaseModel, TypeAdapter

logger = logging.getLogger(__name__)


class Step(BaseModel):
    title: str
    hours: float


STEPS = TypeAdapter(list[Step])


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
    data = yaml.safe_load(text)
    logger.debug("%d steps", len(data))
    return STEPS.validate_python(data)


def plan(goal: str) -> list[Step]:
    return parse_plan(request_plan(goal))
