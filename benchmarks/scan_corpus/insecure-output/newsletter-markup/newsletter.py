from flask import Flask, render_template, request
from langchain_openai import ChatOpenAI
from markupsafe import Markup

app = Flask(__name__)
llm = ChatOpenAI(model="gpt-4o-mini", temperature=0.7)


def summarise(url_text: str) -> str:
    return llm.invoke("Summarise as HTML with <h2> and <p>:\n" + url_text).content


def as_block(html: str, title: str) -> dict:
    return {"title": title, "body": Markup(html)}


@app.post("/preview")
def preview():
    article = request.form["article"]
    block = as_block(summarise(article), "Preview")
    return render_template("newsletter.html", blocks=[block])
