import os

from groq import Groq

client = Groq(api_key=os.environ.get("GROQ_API_KEY"))


def complete(query: str) -> str:
    chat = client.chat.completions.create(
        model="llama-3.3-70b-versatile",
        messages=[{"role": "user", "content": query}],
    )
    return chat.choices[0].message.content
