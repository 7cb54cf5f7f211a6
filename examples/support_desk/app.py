"""A help desk: customers ask, a model answers, and looks things up where it must."""

from flask import Flask, render_template, request

from agent import ask_agent
from answers import answer

app = Flask(__name__)


@app.post("/ask")
def ask() -> str:
    form = request.form
    reply = answer(form["product"], form["question"])
    return render_template("answer.html", question=form["question"], reply=reply)


@app.post("/orders")
def orders() -> dict[str, str]:
    return {"reply": ask_agent(request.form["question"])}
