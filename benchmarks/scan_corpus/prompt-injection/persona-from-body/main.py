import os

from fastapi import FastAPI, Request
from openai import AsyncOpenAI

app = FastAPI(title="persona chat")
llm = AsyncOpenAI(api_key=os.getenv("OPENAI_API_KEY"))

DEFAULT_PERSONA = "a helpful assistant"


async def read_turn(request: Request) -> tuple[str, str]:
    body = await request.json()
    persona = body.get("persona") or DEFAULT_PERSONA
    return persona, body["message"]


def build_messages(persona: str, text: str) -> list[dict]:
    header = "You are {}. Keep every answer below 120 words.".format(persona)
    return [
        {"role": "system", "content": header},
        {"role": "user", "content": text},
    ]


@app.post("/v1/talk")
async def talk(request: Request):
    persona, text = await read_turn(request)
    response = await llm.chat.completions.create(
        model="gpt-4o",
        messages=build_messages(persona, text),
    )
    return {"reply": response.choices[0].message.content}
