from llama_index.core.agent import ReActAgent
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai import OpenAI

from crm.repository import Customers

customers = Customers()


def find_customer(name: str) -> str:
    """Find customers by name."""
    return str(customers.find(name))


agent = ReActAgent.from_tools(
    [FunctionTool.from_defaults(fn=find_customer)], llm=OpenAI(model="gpt-4o"), max_iterations=10
)


def chat(text: str) -> str:
    return str(agent.chat(text))
