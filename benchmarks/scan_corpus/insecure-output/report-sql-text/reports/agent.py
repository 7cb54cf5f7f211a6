from pydantic import BaseModel
from pydantic_ai import Agent


class Query(BaseModel):
    title: str
    statement: str


agent = Agent(
    "openai:gpt-4o",
    output_type=Query,
    system_prompt="Write one PostgreSQL statement that answers the question.",
)
