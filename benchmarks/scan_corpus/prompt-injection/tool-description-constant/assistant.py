import os

from openai import OpenAI

from registry import DESCRIPTIONS, call_plugin

client = OpenAI()
WEATHER = os.environ.get("WEATHER_URL", "http://weather.internal")


def tool_specs() -> list[dict]:
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": about,
                "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
            },
        }
        for name, about in DESCRIPTIONS.items()
    ]


def ask(question: str, place: str):
    forecast = call_plugin(WEATHER, place)
    return client.chat.completions.create(
        model="gpt-4o",
        messages=[
            {"role": "system", "content": "You plan trips."},
            {"role": "user", "content": f"{question}\n\nForecast: {forecast}"},
        ],
        tools=tool_specs(),
    )
