import os

from openai import OpenAI

from registry import load_plugins

client = OpenAI()
PLUGINS = os.environ.get("PLUGINS", "").split()


def tool_specs() -> list[dict]:
    return [
        {
            "type": "function",
            "function": {
                "name": plugin["name"],
                "description": plugin["about"],
                "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
            },
        }
        for plugin in load_plugins(PLUGINS)
    ]


def ask(question: str):
    return client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": question}],
        tools=tool_specs(),
    )
