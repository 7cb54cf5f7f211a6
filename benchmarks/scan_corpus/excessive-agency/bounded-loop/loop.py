import json
import os

from anthropic import Anthropic

client = Anthropic(api_key=os.environ["ANTHROPIC_API_KEY"])

MAX_TURNS = 8
TOOLS = [
    {
        "name": "search_catalogue",
        "description": "Search the library's catalogue.",
        "input_schema": {"type": "object", "properties": {"words": {"type": "string"}}, "required": ["words"]},
    }
]
CATALOGUE = json.loads(os.environ.get("CATALOGUE", "[]"))


def search_catalogue(words: str) -> str:
    return json.dumps([title for title in CATALOGUE if words.lower() in title.lower()])


def dispatch(block) -> dict:
    result = search_catalogue(block.input["words"])
    return {"type": "tool_result", "tool_use_id": block.id, "content": result}


def converse(question: str) -> str:
    messages = [{"role": "user", "content": question}]
    turns = 0
    while True:
        turns += 1
        if turns > MAX_TURNS:
            raise RuntimeError("the model did not come to an end")
        reply = client.messages.create(
            model="claude-sonnet-4-0", max_tokens=1000, tools=TOOLS, messages=messages
        )
        messages.append({"role": "assistant", "content": reply.content})
        if reply.stop_reason != "tool_use":
            return reply.content[0].text
        results = [dispatch(block) for block in reply.content if block.type == "tool_use"]
        messages.append({"role": "user", "content": results})
