from flask import Blueprint, render_template, request

from app.llm import complete

pages = Blueprint("pages", __name__)

FOOTER = "<a href='/about'>About this service</a>"


@pages.get("/search")
def search():
    query = request.args.get("q", "")
    answer = complete(query) if query else ""
    return render_template("answer.html", query=query, answer=answer, footer=FOOTER)
