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


planner = make_agent(os.environ.get("SPRINT_GOAL", "fewer open bugs"))


@app.event("app_mention")
async def on_mention(event, say):
    result = await Runner.run(planner, event["text"])
    await say(result.final_output)


if __name__ == "__main__":
    asyncio.run(app.start(port=3000))
