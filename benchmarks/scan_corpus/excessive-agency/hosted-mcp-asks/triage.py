from fastapi import FastAPI
from openai import AsyncOpenAI
from pydantic import BaseModel

app = FastAPI()
client = AsyncOpenAI()


class Ticket(BaseModel):
    number: int
    text: str


@app.post("/triage")
async def triage(ticket: Ticket):
    response = await client.responses.create(
        model="gpt-4.1",
        instructions="Sort the ticket and assign it to a team.",
        input=ticket.text,
        tools=[
            {
                "type": "mcp",
                "server_label": "tracker",
                "server_url": "https://tracker.example.com/mcp",
                "allowed_tools": ["list_teams", "assign"],
                "require_approval": "always",
            }
        ],
    )
    waiting = [item.id for item in response.output if item.type == "mcp_approval_request"]
    return {"ticket": ticket.number, "result": response.output_text, "waiting": waiting}
