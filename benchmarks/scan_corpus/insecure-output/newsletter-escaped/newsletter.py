from flask import Flask, render_template, request
from langchain_openai import ChatOpenAI
from markupsafe import Markup, escape

app = Flask(__name__)
llm = ChatOpenAI(model="gpt-4o-mini", temperature=0.7)


def summarise(url_text: str) -> str:
    return llm.invoke("Summarise in three paragraphs:\n" + url_text).content


def as_block(text: str, title: str) -> dict:
    body = Markup("<p>") + escape(text) + Markup("</p>")
    return {"title": title, "body": body}


@app.post("/preview")
def preview():
    article = request.form["article"]
    block = as_block(summarise(article), "Preview")
    return render_template("newsletter.html", blocks=[block])
