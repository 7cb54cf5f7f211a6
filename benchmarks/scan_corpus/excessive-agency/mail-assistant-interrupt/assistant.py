from langchain_anthropic import ChatAnthropic
from langchain_core.tools import tool
from langgraph.checkpoint.memory import MemorySaver
from langgraph.prebuilt import create_react_agent
from langgraph.types import Command, interrupt

from mailer import deliver


@tool
def send_mail(to: str, subject: str, body: str) -> str:
    """Send a mail on behalf of the user."""
    decision = interrupt({"to": to, "subject": subject, "body": body})
    if decision != "send":
        return "the user did not agree"
    deliver(to, subject, body)
    return f"sent to {to}"


@tool
def word_count(text: str) -> int:
    """Count the words of a draft."""
    return len(text.split())


agent = create_react_agent(
    ChatAnthropic(model="claude-3-7-sonnet-latest"), tools=[send_mail, word_count], checkpointer=MemorySaver()
)


def handle(request: str, thread: str):
    return agent.invoke({"messages": [("user", request)]}, {"configurable": {"thread_id": thread}})


def decide(thread: str, decision: str):
    return agent.invoke(Command(resume=decision), {"configurable": {"thread_id": thread}})
