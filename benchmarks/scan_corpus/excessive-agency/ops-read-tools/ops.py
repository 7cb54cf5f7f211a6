import datetime
import logging
import sys

from langchain.agents import AgentType, initialize_agent
from langchain_community.tools import DuckDuckGoSearchRun
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

logging.basicConfig(level=logging.INFO)


@tool
def today() -> str:
    """The date of today."""
    return datetime.date.today().isoformat()


def build_agent():
    llm = ChatOpenAI(model="gpt-4o", temperature=0)
    tools = [DuckDuckGoSearchRun(), today]
    return initialize_agent(tools, llm, agent=AgentType.ZERO_SHOT_REACT_DESCRIPTION, max_iterations=8, verbose=True)


if __name__ == "__main__":
    print(build_agent().run(sys.argv[1]))
