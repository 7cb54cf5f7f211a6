"""What the models of language-model frameworks say of code as people write it: sources, sinks, tools, faults."""

import pytest

from charter.scan.analysis import Analysis
from charter.scan.engine import analyse
from charter.scan.fact_base import FactBase, load_facts
from charter.scan.front import lower


@pytest.fixture(scope="module")
def facts() -> FactBase:
    return load_facts()


def _analysis(facts: FactBase, code: str) -> Analysis:
    return analyse({"app.py": lower("app.py", code)}, facts)


ANSWERS = {
    "openai, version 0": (
        "import openai",
        'openai.ChatCompletion.create(messages=[])["choices"][0]["message"]["content"]',
    ),
    "openai": ("from openai import OpenAI", "OpenAI().chat.completions.create(messages=[]).choices[0].message.content"),
    "openai, module": ("import openai", "openai.chat.completions.create(messages=[]).choices[0].message.content"),
    "openai responses": ("from openai import AzureOpenAI", 'AzureOpenAI().responses.create(input="x").output_text'),
    "anthropic": ("import anthropic", "anthropic.Anthropic().messages.create(messages=[]).content[0].text"),
    "google-genai": ("from google import genai", 'genai.Client().models.generate_content(contents="x").text'),
    "generativeai": ("import google.generativeai as g", 'g.GenerativeModel("m").start_chat().send_message("x").text'),
    "vertexai": (
        "from vertexai.preview.language_models import TextGenerationModel",
        'TextGenerationModel.from_pretrained("bison").predict("x").text',
    ),
    "litellm": ("from litellm import completion", "completion(messages=[]).choices[0].message.content"),
    "bedrock": ("import boto3", 'boto3.client("bedrock-runtime").invoke_model(body="x")["body"].read()'),
    "ollama": ("import ollama", 'ollama.chat(messages=[])["message"]["content"]'),
    "transformers": ("from transformers import pipeline", 'pipeline("text-generation")("x")[0]["generated_text"]'),
    "hugging face": ("from huggingface_hub import InferenceClient", 'InferenceClient().text_generation("x")'),
    "vllm": ("from vllm import LLM", 'LLM("m").generate(["x"])[0].outputs[0].text'),
    "mistral": ("from mistralai import Mistral", "Mistral().chat.complete(messages=[]).choices[0].message.content"),
    "cohere": ("import cohere", 'cohere.Client().chat(message="x").text'),
    "groq": ("from groq import Groq", "Groq().chat.completions.create(messages=[]).choices[0].message.content"),
    "langchain, old": ("from langchain.llms import OpenAI", 'OpenAI()("x")'),
    "langchain, oldest": ("from langchain import LLMChain", 'LLMChain(llm=None, prompt=None).run("x")'),
    "langchain": ("from langchain_anthropic import ChatAnthropic", 'ChatAnthropic().invoke("x").content'),
    "langchain tools": (
        "from langchain_openai import ChatOpenAI",
        'ChatOpenAI().bind_tools([]).invoke("x").tool_calls',
    ),
    "langchain agent": ("from langchain.agents import initialize_agent", 'initialize_agent([], None).run("x")'),
    "langchain chain": (
        "from langchain.chains import RetrievalQA",
        'RetrievalQA.from_chain_type(llm=None)({"query": "x"})["result"]',
    ),
    "langgraph": (
        "from langgraph.prebuilt import create_react_agent",
        'create_react_agent(1, []).invoke({})["messages"]',
    ),
    "llama_index, old": (
        "from llama_index import GPTVectorStoreIndex as I",
        'I.from_documents([]).as_query_engine().query("x")',
    ),
    "llama_index": ("from llama_index.core import Settings", 'Settings.llm.complete("x").text'),
    "crewai": ("from crewai import Crew", "Crew(agents=[]).kickoff().raw"),
    "autogen": ("from autogen import AssistantAgent", 'AssistantAgent("a").generate_reply(messages=[])'),
    "agno": ("from agno.agent import Agent", 'Agent().run("x").content'),
    "phi": ("from phi.assistant import Assistant", 'Assistant().run("x")'),
    "pydantic-ai": ("from pydantic_ai import Agent", 'Agent("m").run_sync("x").output'),
    "agents": ("from agents import Agent, Runner", 'Runner.run_sync(Agent(name="a"), "x").final_output'),
    "smolagents": ("from smolagents import ToolCallingAgent", 'ToolCallingAgent([], None).run("x")'),
    "instructor": (
        "import instructor, openai",
        "instructor.from_openai(openai.OpenAI()).chat.completions.create(messages=[]).code",
    ),
    "dspy": ("import dspy", 'dspy.ChainOfThought("q -> a")(q="x").a'),
    "haystack": ("from haystack.components.generators import OpenAIGenerator as G", 'G().run("x")["replies"][0]'),
    "semantic-kernel": ("from semantic_kernel import Kernel", 'Kernel().invoke_prompt("x")'),
    "pandasai": ("from pandasai import SmartDataframe", 'SmartDataframe(None).chat("x")'),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_the_models(facts: FactBase, name: str) -> None:
    imports, answer = ANSWERS[name]
    flows = _analysis(facts, f"{imports}\n\n\ndef run():\n    exec({answer})\n").flows
    assert {(flow.label, flow.kind, flow.place.line) for flow in flows} == {("M", "code", 5)}


PROMPTS = {
    "openai": (
        "import openai",
        'openai.OpenAI().chat.completions.create(messages=[{"role": "system", "content": TEXT}])',
    ),
    "openai, version 0": (
        "import openai",
        'openai.ChatCompletion.create(messages=[{"role": "system", "content": TEXT}])',
    ),
    "openai completion": ("import openai", "openai.Completion.create(prompt=TEXT)"),
    "openai assistant": ("import openai", "openai.OpenAI().beta.assistants.create(instructions=TEXT)"),
    "anthropic": ("import anthropic", "anthropic.Anthropic().messages.create(system=TEXT, messages=[])"),
    "google": ("from google.genai import types", "types.GenerateContentConfig(system_instruction=TEXT)"),
    "langchain": ("from langchain.schema import SystemMessage", "SystemMessage(content=TEXT)"),
    "llama_index": ("from llama_index.core.llms import ChatMessage", 'ChatMessage(role="system", content=TEXT)'),
    "crewai": ("from crewai import Agent", 'Agent(role="r", goal="g", backstory=TEXT)'),
    "autogen": ("import autogen", 'autogen.AssistantAgent("a", system_message=TEXT)'),
    "agno": ("from agno.agent import Agent", "Agent(instructions=[TEXT])"),
    "pydantic-ai": ("from pydantic_ai import Agent", 'Agent("m", system_prompt=TEXT)'),
    "agents": ("from agents import Agent", 'Agent(name="a", instructions=TEXT)'),
    "langgraph": ("from langgraph.prebuilt import create_react_agent", "create_react_agent(None, [], prompt=TEXT)"),
    "haystack": ("from haystack.dataclasses import ChatMessage", "ChatMessage.from_system(TEXT)"),
}


@pytest.mark.parametrize("name", PROMPTS)
def test_the_users_text_in_the_instructions_is_seen(facts: FactBase, name: str) -> None:
    imports, call = PROMPTS[name]
    text = 'f"You help {request.args[0]}"'
    code = f"from flask import request\n{imports}\n\n\ndef run():\n    {call.replace('TEXT', text)}\n"
    assert {(flow.label, flow.place.line) for flow in _analysis(facts, code).flows} == {("U", 6)}


USERS_TURNS = {
    "openai": (
        "import openai",
        'openai.OpenAI().chat.completions.create(messages=[{"role": "user", "content": TEXT}])',
    ),
    "anthropic": (
        "import anthropic",
        'anthropic.Anthropic().messages.create(messages=[{"role": "user", "content": TEXT}])',
    ),
    "langchain message": ("from langchain.schema import HumanMessage", "HumanMessage(content=TEXT)"),
    "llama_index": ("from llama_index.core.llms import ChatMessage", 'ChatMessage(role="user", content=TEXT)'),
    "crewai": ("from crewai import Crew", 'Crew().kickoff(inputs={"topic": TEXT})'),
}


@pytest.mark.parametrize("name", USERS_TURNS)
def test_the_users_own_turn_is_no_fault(facts: FactBase, name: str) -> None:
    imports, call = USERS_TURNS[name]
    code = f"from flask import request\n{imports}\n\n\ndef run():\n    {call.replace('TEXT', 'request.args[0]')}\n"
    assert not _analysis(facts, code).flows


TOOLS = {
    "langchain": ("from langchain.tools import tool", "@tool"),
    "langchain-core": ("from langchain_core.tools import tool", '@tool("name", return_direct=True)'),
    "agents": ("from agents import function_tool", "@function_tool"),
    "mcp": ("from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')", "@mcp.tool()"),
    "fastmcp": ("from fastmcp import FastMCP\nmcp = FastMCP('x')", "@mcp.tool"),
    "pydantic-ai": ("from pydantic_ai import Agent\nagent = Agent('m')", "@agent.tool_plain"),
    "smolagents": ("from smolagents import tool", "@tool"),
    "crewai": ("from crewai.tools import tool", '@tool("name")'),
    "agno": ("from agno.tools import tool", "@tool"),
    "semantic-kernel": ("from semantic_kernel.functions import kernel_function", "@kernel_function(name='x')"),
    "strands": ("from strands import tool", "@tool"),
    "anthropic": ("from anthropic import beta_tool", "@beta_tool"),
}


@pytest.mark.parametrize("name", TOOLS)
def test_the_parameters_of_a_tool_are_the_models(facts: FactBase, name: str) -> None:
    imports, decorator = TOOLS[name]
    code = f'import os\n{imports}\n\n\n{decorator}\ndef run(command: str):\n    """Runs."""\n    os.system(command)\n'
    found = _analysis(facts, code)
    assert {(flow.label, flow.kind) for flow in found.flows} == {("M", "shell")}
    assert [(tool.name, tool.approved) for tool in found.tools] == [("run", False)]


APPROVED = {
    "agents": ("from agents import function_tool", "@function_tool(needs_approval=True)"),
    "agno": ("from agno.tools import tool", "@tool(requires_confirmation=True)"),
    "pydantic-ai": ("from pydantic_ai import Agent\nagent = Agent('m')", "@agent.tool_plain(requires_approval=True)"),
}


@pytest.mark.parametrize("name", APPROVED)
def test_a_tool_may_ask_a_person_by_a_setting(facts: FactBase, name: str) -> None:
    imports, decorator = APPROVED[name]
    found = _analysis(facts, f"{imports}\n\n\n{decorator}\ndef run(command: str):\n    return command\n")
    assert [tool.approved for tool in found.tools] == [True]


RISKS: dict[str, tuple[str, str, str]] = {
    "ShellTool": ("from langchain_community.tools import ShellTool", "ShellTool()", "agency/ready-made-shell"),
    "PythonREPLTool": (
        "from langchain_experimental.tools import PythonREPLTool",
        "PythonREPLTool()",
        "agency/ready-made-shell",
    ),
    "pandas agent": (
        "from langchain_experimental.agents import create_pandas_dataframe_agent as make",
        "make(None, None, allow_dangerous_code=True)",
        "agency/dangerous-setting",
    ),
    "load_tools": ("from langchain.agents import load_tools", 'load_tools(["terminal"])', "agency/ready-made-shell"),
    "local executor": (
        "from autogen.coding import LocalCommandLineCodeExecutor as E",
        "E()",
        "agency/code-runs-on-host",
    ),
    "autogen": (
        "from autogen import UserProxyAgent as U",
        'U("u", human_input_mode="NEVER", code_execution_config={"work_dir": "w"})',
        "agency/approval-switched-off",
    ),
    "crewai": ("from crewai import Agent", 'Agent(code_execution_mode="unsafe")', "agency/code-runs-on-host"),
    "agno": ("from agno.tools.shell import ShellTools", "ShellTools()", "agency/ready-made-shell"),
    "claude": (
        "from claude_agent_sdk import ClaudeAgentOptions as O",
        'O(permission_mode="bypassPermissions")',
        "agency/approval-switched-off",
    ),
    "iterations": (
        "from langchain.agents import AgentExecutor",
        "AgentExecutor(agent=None, max_iterations=None)",
        "agency/unlimited-steps",
    ),
}


def _risks(found: Analysis) -> list[str]:
    return [site.risk.rule for sites in found.graph.sites.values() for site in sites if site.risk is not None]


@pytest.mark.parametrize("name", RISKS)
def test_a_call_that_is_a_fault_by_itself(facts: FactBase, name: str) -> None:
    imports, call, rule = RISKS[name]
    assert _risks(_analysis(facts, f"{imports}\n\n\ndef run():\n    {call}\n")) == [rule]


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("from langchain.agents import load_tools", 'load_tools(["llm-math", "serpapi"])'),
        ("from langchain.agents import AgentExecutor", "AgentExecutor(agent=None, max_iterations=5)"),
        ("from langchain.agents import AgentExecutor", "AgentExecutor(agent=None)"),
        ("from autogen import UserProxyAgent as U", 'U("u", human_input_mode="NEVER", code_execution_config=False)'),
        ("from autogen import UserProxyAgent as U", 'U("u", human_input_mode="ALWAYS", code_execution_config={})'),
        ("from autogen.coding import DockerCommandLineCodeExecutor as E", "E()"),
        ("from crewai import Agent", "Agent(allow_code_execution=True)"),
        ("from agents import Runner", 'Runner.run_sync(None, "x")'),
        ("from smolagents import CodeAgent", 'CodeAgent([], None, executor_type="e2b")'),
    ],
)
def test_a_call_that_is_none(facts: FactBase, imports: str, call: str) -> None:
    assert _risks(_analysis(facts, f"{imports}\n\n\ndef run():\n    {call}\n")) == []


GUESSES: dict[str, tuple[str, list[str]]] = {
    "parameter": ("def run(llm):\n    exec(llm.invoke('x').content)\n", ["medium"]),
    "field": (
        "class A:\n    def __init__(self, llm):\n        self.llm = llm\n\n"
        "    def run(self):\n        exec(self.llm.predict('x'))\n",
        ["medium"],
    ),
    "function": ("from their_code import call_llm\n\n\ndef run():\n    exec(call_llm('x'))\n", ["medium"]),
    "message": ("def run(response):\n    exec(response.choices[0].message.content)\n", ["medium"]),
    "statistics": ("def run(model, x):\n    exec(model.predict(x))\n", []),
    "a robot": ("def run(arm, x):\n    exec(arm.invoke(x))\n", []),
}


@pytest.mark.parametrize("name", GUESSES)
def test_what_nothing_explains_is_guessed_by_name(facts: FactBase, name: str) -> None:
    code, confidences = GUESSES[name]
    assert [flow.confidence for flow in _analysis(facts, code).flows] == confidences
