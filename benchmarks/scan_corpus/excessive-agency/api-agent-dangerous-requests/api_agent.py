import os

import yaml
from langchain_community.agent_toolkits.openapi import planner
from langchain_community.agent_toolkits.openapi.spec import reduce_openapi_spec
from langchain_community.utilities.requests import RequestsWrapper
from langchain_openai import ChatOpenAI

with open("openapi.yaml") as file:
    SPEC = reduce_openapi_spec(yaml.safe_load(file))

requests_wrapper = RequestsWrapper(headers={"Authorization": f"Bearer {os.environ['API_TOKEN']}"})

agent = planner.create_openapi_agent(
    SPEC,
    requests_wrapper,
    ChatOpenAI(model="gpt-4o"),
    allowed_operations=("GET", "POST", "PUT", "DELETE"),
    allow_dangerous_requests=True,
)


def ask(question: str) -> str:
    return agent.invoke(question)["output"]
