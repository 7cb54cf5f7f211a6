from pathlib import Path

import yaml
from openai import OpenAI
from slack_sdk import WebClient

settings = yaml.safe_load(Path("settings.yaml").read_text())
slack = WebClient(token=settings["bot"]["token"])
client = OpenAI()


def post_standup(notes: str) -> None:
    response = client.chat.completions.create(
        model=settings["model"]["name"],
        messages=[
            {"role": "system", "content": "Sum up the notes of the team."},
            {"role": "user", "content": notes},
        ],
    )
    slack.chat_postMessage(channel=settings["bot"]["channel"], text=response.choices[0].message.content)
