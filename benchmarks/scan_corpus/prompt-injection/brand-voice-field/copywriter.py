from __future__ import annotations

import logging

import anthropic
from fastapi import APIRouter
from pydantic import BaseModel

logger = logging.getLogger("copy")
router = APIRouter(prefix="/copy")


class Brief(BaseModel):
    product: str
    voice: str
    words: int = 80


class Copywriter:
    """Writes product texts in one voice."""

    def __init__(self, voice: str) -> None:
        self.voice = voice
        self.client = anthropic.AsyncAnthropic()

    async def write(self, product: str, words: int) -> str:
        message = await self.client.messages.create(
            model="claude-3-5-sonnet-latest",
            max_tokens=1024,
            system=f"You write product texts. The voice of the brand is: {self.voice}",
            messages=[{"role": "user", "content": f"{words} words about: {product}"}],
        )
        return message.content[0].text


@router.post("/")
async def create_copy(brief: Brief):
    logger.info("copy for %d words", brief.words)
    writer = Copywriter(brief.voice)
    return {"text": await writer.write(brief.product, brief.words)}
