import asyncio
import os

from agents import Agent, Runner
from slack_bolt.async_app import AsyncApp

app = AsyncApp(token=os.environ["SLACK_BOT_TOKEN"], signing_secret=os.environ["SLACK_SIGNING_SECRET"])


def make_agent(goal: str) -> Agent:
    return Agent(
        name="Planner",
        model="gpt-4.1",
        instructions=f"You plan the sprint of one team. The goal of this sprint: {goal}",
    )


@app.event("app_mention")
async def on_mention(event, say):
    goal, _, question = event["text"].partition("\n")
    agent = make_agent(goal)
    result = await Runner.run(agent, question or "Propose a plan.")
    await say(result.final_output)


if __name__ == "__main__":
    asyncio.run(app.start(port=3000))
