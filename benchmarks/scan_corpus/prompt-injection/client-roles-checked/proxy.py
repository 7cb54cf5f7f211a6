from enum import Enum

import litellm
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field

app = FastAPI()
bearer = HTTPBearer()


class Speaker(str, Enum):
    user = "user"
    assistant = "assistant"


class Turn(BaseModel):
    role: Speaker
    content: str = Field(max_length=8000)


class ChatBody(BaseModel):
    turns: list[Turn]


@app.post("/chat")
async def chat(body: ChatBody, token=Depends(bearer)):
    if len(body.turns) > 40:
        raise HTTPException(413, "too many turns")
    history = [{"role": turn.role.value, "content": turn.content} for turn in body.turns]
    messages = [{"role": "system", "content": "You sell insurance for bicycles."}, *history]
    response = await litellm.acompletion(model="gpt-4o-mini", messages=messages)
    return {"content": response.choices[0].message.content}
