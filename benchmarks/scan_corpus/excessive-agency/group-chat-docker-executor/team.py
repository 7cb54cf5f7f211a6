import os
from pathlib import Path

from autogen import AssistantAgent, UserProxyAgent
from autogen.coding import DockerCommandLineCodeExecutor

WORK = Path("work")
WORK.mkdir(exist_ok=True)

config = {"config_list": [{"model": "gpt-4o", "api_key": os.environ["OPENAI_API_KEY"]}]}

coder = AssistantAgent("coder", llm_config=config)


def solve(task: str):
    with DockerCommandLineCodeExecutor(image="python:3.12-slim", timeout=60, work_dir=WORK) as executor:
        runner = UserProxyAgent(
            "runner",
            human_input_mode="ALWAYS",
            max_consecutive_auto_reply=10,
            code_execution_config={"executor": executor},
        )
        return runner.initiate_chat(coder, message=task, summary_method="last_msg")
