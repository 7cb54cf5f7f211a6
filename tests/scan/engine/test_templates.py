"""Templates of prompts: a variable in the system turn is an instruction, one in the user's turn is not."""

import pytest

from .programs import check

PYTHON = {
    "a chat template": (
        """
prompt = ChatPromptTemplate.from_messages([("system", "You know {about}."), ("user", "{question}")])
chain = prompt | ChatOpenAI()

def respond(question):
    return chain.invoke({"about": question, "question": "hi"})  # hit system-template
""",
        """
prompt = ChatPromptTemplate.from_messages([("system", "You know {about}."), ("user", "{question}")])
chain = prompt | ChatOpenAI()

def respond(question):
    return chain.invoke({"about": "cooking", "question": question})
""",
    ),
    "formatted": (
        """
def respond(question):
    prompt = ChatPromptTemplate.from_messages([("system", "You know {about}."), ("user", "{question}")])
    messages = prompt.format_messages(about=question, question="hi")  # hit system-template
    return ChatOpenAI().invoke(messages)
""",
        """
def respond(question):
    prompt = ChatPromptTemplate.from_messages([("system", "You know {about}."), ("user", "{question}")])
    messages = prompt.format_messages(about="cooking", question=question)
    return ChatOpenAI().invoke(messages)
""",
    ),
    "a template of the system turn": (
        """
def respond(question):
    system = SystemMessagePromptTemplate.from_template("You know {about}.")
    prompt = ChatPromptTemplate.from_messages([system, ("user", "{question}")])
    return (prompt | ChatOpenAI()).invoke({"about": question, "question": "hi"})  # hit system-template
""",
        """
def respond(question):
    system = SystemMessagePromptTemplate.from_template("You know {about}.")
    prompt = ChatPromptTemplate.from_messages([system, ("user", "{question}")])
    return (prompt | ChatOpenAI()).invoke({"about": "cooking", "question": question})
""",
    ),
    "a chain that an object keeps": (
        """
class Bot:
    def __init__(self):
        prompt = ChatPromptTemplate.from_messages([("system", "You know {about}."), ("user", "{question}")])
        self.chain = prompt | ChatOpenAI() | StrOutputParser()

    def say(self, about):
        return self.chain.invoke({"about": about, "question": "hi"})  # hit system-template

def respond(question):
    return Bot().say(question)
""",
        """
class Bot:
    def __init__(self):
        prompt = ChatPromptTemplate.from_messages([("system", "You know {about}."), ("user", "{question}")])
        self.chain = prompt | ChatOpenAI() | StrOutputParser()

    def say(self, question):
        return self.chain.invoke({"about": "cooking", "question": question})

def respond(question):
    return Bot().say(question)
""",
    ),
    "text put into the template itself": (
        """
def respond(question):
    prompt = ChatPromptTemplate.from_messages([("system", f"You know {question}."), ("user", "hi")])  # hit messages
    return (prompt | ChatOpenAI()).invoke({})
""",
        """
def respond(question):
    prompt = ChatPromptTemplate.from_messages([("system", "You help."), ("user", f"{question}")])
    return (prompt | ChatOpenAI()).invoke({})
""",
    ),
}
_START = """
from flask import Flask, request
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate, SystemMessagePromptTemplate
from langchain_openai import ChatOpenAI
app = Flask(__name__)

@app.route("/")
def page():
    return str(respond(request.args["q"]))
"""


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(_START + PYTHON[name][safe], safe)
