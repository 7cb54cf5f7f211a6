"""An agent with tools for the order database and the parcel tracker."""

import json

from openai import OpenAI

from tools import TOOLS, find_orders, track_parcel

client = OpenAI()


def ask_agent(question: str) -> str:
    messages = [{"role": "system", "content": "You look up orders and parcels."}, {"role": "user", "content": question}]
    completion = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS)
    message = completion.choices[0].message
    for call in message.tool_calls or []:
        given = json.loads(call.function.arguments)
        if call.function.name == "find_orders":
            return find_orders(given["customer"])
        if call.function.name == "track_parcel":
            return track_parcel(given["number"])
    return message.content or ""
