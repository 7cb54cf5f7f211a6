from typing import Literal

from pydantic import BaseModel
from pydantic_ai import Agent


class Query(BaseModel):
    title: str
    group: Literal["month", "region"]
    year: int


agent = Agent(
    "openai:gpt-4o",
    output_type=Query,
    system_prompt="Say which report answers the question.",
)
