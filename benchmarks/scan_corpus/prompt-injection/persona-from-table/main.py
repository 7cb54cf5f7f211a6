import os

from fastapi import FastAPI, HTTPException, Request
from openai import AsyncOpenAI

app = FastAPI(title="persona chat")
llm = AsyncOpenAI(api_key=os.getenv("OPENAI_API_KEY"))

PERSONAS = {
    "tutor": "a patient tutor who asks before telling",
    "editor": "an editor who shortens sentences",
    "planner": "a planner who answers in lists",
}


async def read_turn(request: Request) -> tuple[str, str]:
    body = await request.json()
    name = body.get("persona", "tutor")
    if name not in PERSONAS:
        raise HTTPException(status_code=422, detail="unknown persona")
    return name, body["message"]


def build_messages(name: str, text: str) -> list[dict]:
    header = "You are {}. Keep every answer below 120 words.".format(PERSONAS[name])
    return [
        {"role": "system", "content": header},
        {"role": "user", "content": text},
    ]


@app.post("/v1/talk")
async def talk(request: Request):
    name, text = await read_turn(request)
    response = await llm.chat.completions.create(
        model="gpt-4o",
        messages=build_messages(name, text),
    )
    return {"reply": response.choices[0].message.content, "persona": name}
