"""Generates a static site from a brief."""

import json
import os

from openai import OpenAI

OUTPUT = "site"
client = OpenAI()


def generate(brief: str) -> dict[str, str]:
    result = client.chat.completions.create(
        model="gpt-4o",
        response_format={"type": "json_object"},
        messages=[
            {"role": "system", "content": 'Reply with JSON: {"files": {"name": "content"}}'},
            {"role": "user", "content": brief},
        ],
    )
    return json.loads(result.choices[0].message.content)["files"]


def save(name: str, content: str) -> None:
    path = os.path.join(OUTPUT, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)


def build(brief: str) -> int:
    files = generate(brief)
    for name, content in files.items():
        save(name, content)
    return len(files)
