import os
from pathlib import Path

import openai
from flask import Blueprint, request

openai.api_key = os.environ["OPENAI_API_KEY"]
bp = Blueprint("slogans", __name__, url_prefix="/slogans")

TEMPLATE = Path(__file__).with_name("slogan.txt")


def render_prompt(audience: str) -> str:
    prompt = TEMPLATE.read_text(encoding="utf-8")
    return prompt.replace("{{AUDIENCE}}", audience)


@bp.route("/")
def slogan():
    audience = request.args.get("audience", "everyone")
    completion = openai.Completion.create(
        model="gpt-3.5-turbo-instruct",
        prompt=render_prompt(audience),
        max_tokens=60,
        stop=["\n\n"],
    )
    return {"slogan": completion["choices"][0]["text"].strip()}
