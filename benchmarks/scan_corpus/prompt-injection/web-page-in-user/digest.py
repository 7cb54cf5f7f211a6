"""Daily digest of a list of pages."""

import argparse
import json
import pathlib

import requests
from bs4 import BeautifulSoup
from openai import OpenAI

client = OpenAI()
SOURCES = pathlib.Path("sources.json")
INSTRUCTIONS = pathlib.Path(__file__).parent / "prompts" / "digest.md"


def fetch(url: str) -> str:
    response = requests.get(url, timeout=20)
    response.raise_for_status()
    soup = BeautifulSoup(response.text, "html.parser")
    return soup.get_text(" ", strip=True)[:6000]


def gather() -> str:
    pages = []
    for url in json.loads(SOURCES.read_text()):
        pages.append(fetch(url))
    return "\n\n".join(pages)


def digest() -> str:
    chat = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": INSTRUCTIONS.read_text(encoding="utf-8")},
            {"role": "user", "content": f"Write today's digest of these pages:\n{gather()}"},
        ],
    )
    return chat.choices[0].message.content


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("digest.md"))
    options = parser.parse_args()
    options.out.write_text(digest())
