"""Summarises meeting notes."""

import sys

from openai import OpenAI

client = OpenAI(
    api_key="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",
    timeout=30,
)


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
