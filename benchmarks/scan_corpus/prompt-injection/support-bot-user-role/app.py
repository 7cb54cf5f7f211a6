"""Customer support bot for the shop's help page."""

import logging
import os

from flask import Flask, jsonify, request
from openai import OpenAI

log = logging.getLogger(__name__)
app = Flask(__name__)
client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])

MODEL = "gpt-4o-mini"
SYSTEM = (
    "You answer questions about orders and returns. The user may ask for a style of writing; "
    "follow it as long as it stays polite."
)


@app.post("/api/chat")
def chat():
    payload = request.get_json(force=True)
    question = payload.get("question", "")
    style = payload.get("style", "friendly")
    log.info("chat request of %d characters", len(question))

    completion = client.chat.completions.create(
        model=MODEL,
        temperature=0.3,
        messages=[
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": f"Style: {style}\n\n{question}"},
        ],
    )
    return jsonify(answer=completion.choices[0].message.content)


if __name__ == "__main__":
    app.run(port=8000)
