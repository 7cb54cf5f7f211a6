from anthropic import Anthropic

from app.config import Config

client = Anthropic(api_key=Config.ANTHROPIC_API_KEY)


def complete(prompt: str) -> str:
    message = client.messages.create(
        model=Config.MODEL, max_tokens=Config.MAX_TOKENS, messages=[{"role": "user", "content": prompt}]
    )
    return message.content[0].text
