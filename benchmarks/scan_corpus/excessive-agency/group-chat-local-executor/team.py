import os
from pathlib import Path

from autogen import AssistantAgent, UserProxyAgent
from autogen.coding import LocalCommandLineCodeExecutor

WORK = Path("work")
WORK.mkdir(exist_ok=True)

config = {"config_list": [{"model": "gpt-4o", "api_key": os.environ["OPENAI_API_KEY"]}]}

coder = AssistantAgent("coder", llm_config=config)
runner = UserProxyAgent(
    "runner",
    human_input_mode="NEVER",
    max_consecutive_auto_reply=10,
    code_execution_config={"executor": LocalCommandLineCodeExecutor(work_dir=WORK)},
)


def solve(task: str):
    return runner.initiate_chat(coder, message=task, summary_method="last_msg")
