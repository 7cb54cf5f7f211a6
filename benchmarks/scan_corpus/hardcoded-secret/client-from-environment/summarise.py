"""Summarises meeting notes."""

import os
import sys

from openai import OpenAI

api_key = os.environ.get("OPENAI_API_KEY", "")
if not api_key.startswith("sk-"):
    sys.exit("set OPENAI_API_KEY, for example: export OPENAI_API_KEY=sk-your-key-here")

client = OpenAI(api_key=api_key, timeout=30)


def summarise(text: str) -> str:
    response = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": "Summarise the notes in five bullet points."},
            {"role": "user", "content": text},
        ],
    )
    return response.choices[0].message.content


if __name__ == "__main__":
    print(summarise(sys.stdin.read()))
