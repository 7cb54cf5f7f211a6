import os

from anthropic import Anthropic
from flask import Flask, redirect, request

app = Flask(__name__)
claude = Anthropic(api_key=os.environ["ANTHROPIC_API_KEY"])

PAGES = {"orders": "/account/orders", "returns": "/help/returns", "contact": "/contact"}


@app.get("/go")
def go():
    wish = request.args["wish"]
    message = claude.messages.create(
        model="claude-3-5-haiku-latest",
        max_tokens=100,
        system="Reply with one word: orders, returns or contact.",
        messages=[{"role": "user", "content": wish}],
    )
    target = message.content[0].text.strip()
    app.logger.info("the model says %r", target)
    return redirect(PAGES.get(target, "/"))
