import logging
import sys

from langchain.agents import AgentType, initialize_agent
from langchain_community.tools import DuckDuckGoSearchRun, ShellTool
from langchain_openai import ChatOpenAI

logging.basicConfig(level=logging.INFO)


def build_agent():
    llm = ChatOpenAI(model="gpt-4o", temperature=0)
    tools = [
        DuckDuckGoSearchRun(),
        ShellTool(),
    ]
    return initialize_agent(tools, llm, agent=AgentType.ZERO_SHOT_REACT_DESCRIPTION, max_iterations=8, verbose=True)


if __name__ == "__main__":
    print(build_agent().run(sys.argv[1]))
