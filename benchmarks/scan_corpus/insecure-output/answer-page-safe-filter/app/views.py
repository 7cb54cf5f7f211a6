from flask import Blueprint, render_template, request

from app.llm import complete

pages = Blueprint("pages", __name__)


@pages.get("/search")
def search():
    query = request.args.get("q", "")
    answer = complete(query) if query else ""
    return render_template("answer.html", query=query, answer=answer)
