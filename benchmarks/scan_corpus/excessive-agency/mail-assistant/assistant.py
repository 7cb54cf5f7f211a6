from langchain_anthropic import ChatAnthropic
from langchain_core.tools import tool
from langgraph.prebuilt import create_react_agent

from mailer import deliver


@tool
def send_mail(to: str, subject: str, body: str) -> str:
    """Send a mail on behalf of the user."""
    deliver(to, subject, body)
    return f"sent to {to}"


@tool
def word_count(text: str) -> int:
    """Count the words of a draft."""
    return len(text.split())


agent = create_react_agent(ChatAnthropic(model="claude-3-7-sonnet-latest"), tools=[send_mail, word_count])


def handle(request: str) -> str:
    state = agent.invoke({"messages": [("user", request)]}, {"recursion_limit": 20})
    return state["messages"][-1].content
