import os
from pathlib import Path

import openai
from flask import Blueprint, abort, request

openai.api_key = os.environ["OPENAI_API_KEY"]
bp = Blueprint("slogans", __name__, url_prefix="/slogans")

TEMPLATE = Path(__file__).with_name("slogan.txt")
AUDIENCES = frozenset({"children", "commuters", "racers"})


def render_prompt(audience: str, count: int) -> str:
    prompt = TEMPLATE.read_text(encoding="utf-8")
    return prompt.replace("{{AUDIENCE}}", audience).replace("{{COUNT}}", str(count))


@bp.route("/")
def slogan():
    audience = request.args.get("audience", "commuters")
    if audience not in AUDIENCES:
        abort(400)
    count = int(request.args.get("count", 1))
    completion = openai.Completion.create(
        model="gpt-3.5-turbo-instruct",
        prompt=render_prompt(audience, count),
        max_tokens=60,
        stop=["\n\n"],
    )
    return {"slogan": completion["choices"][0]["text"].strip()}
