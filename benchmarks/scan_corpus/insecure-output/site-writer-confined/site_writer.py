"""Generates a static site from a brief."""

import json
from pathlib import Path

from openai import OpenAI

OUTPUT = Path("site").resolve()
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


def inside(name: str) -> Path:
    path = (OUTPUT / name).resolve()
    if not path.is_relative_to(OUTPUT):
        raise ValueError(f"{name!r} lies outside the site")
    return path


def build(brief: str) -> int:
    files = generate(brief)
    for name, content in files.items():
        path = inside(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return len(files)
