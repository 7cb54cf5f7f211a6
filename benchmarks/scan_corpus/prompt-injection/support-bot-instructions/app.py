"""Customer support bot for the shop's help page."""

import logging
import os

from flask import Flask, jsonify, request
from openai import OpenAI

log = logging.getLogger(__name__)
app = Flask(__name__)
client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])

MODEL = "gpt-4o-mini"


@app.get("/healthz")
def healthz():
    return jsonify(status="ok")


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
            {
                "role": "system",
                "content": f"You answer questions about orders and returns. Write in this style: {style}",
            },
            {"role": "user", "content": question},
        ],
    )
    return jsonify(answer=completion.choices[0].message.content)


if __name__ == "__main__":
    app.run(port=8000)
