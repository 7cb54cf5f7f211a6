"""From flows to findings: one for each place and rule, with what a person needs to believe it."""

from .code import analysed, found

ASK = """
from openai import OpenAI

client = OpenAI()


def ask(prompt):
    return client.responses.create(model="gpt-4o", input=prompt).output_text

"""


def test_two_ways_to_one_place_are_one_finding_that_names_both_sources() -> None:
    text = (
        "from flask import request\nfrom openai import OpenAI\nclient = OpenAI()\n\n\n"
        "def answer():\n"
        "    name = request.args['name']\n"
        "    place = request.args['place']\n"
        "    client.responses.create(model='gpt-4o', input='', instructions=f'{name} in {place}')\n"
    )
    (finding,) = found("injection/user-text-in-system-prompt", analysed(app=text))
    assert finding.place.line == 9
    assert finding.steps[0].kind == "source"
    assert {step.place.line for step in (finding.steps[0], *finding.related)} == {7, 8}
    assert finding.snippet


def test_a_check_that_does_not_suffice_is_said() -> None:
    text = f"{ASK}\ndef act(q):\n    code = ask(q)\n    if 'import' not in code:\n        exec(code)\n"
    (finding,) = found("output/code-execution", analysed(app=text))
    assert "does not keep it out" in finding.message


def test_what_a_person_has_agreed_to_is_no_finding() -> None:
    asked = f"{ASK}\ndef act(q):\n    code = ask(q)\n    if input('run? ') == 'y':\n        exec(code)\n"
    unasked = f"{ASK}\ndef act(q):\n    code = ask(q)\n    print('run?')\n    exec(code)\n"
    assert not found("output/code-execution", analysed(app=asked))
    assert found("output/code-execution", analysed(app=unasked))


def test_arguments_of_a_tool_that_asks_are_no_finding() -> None:
    text = (
        "import subprocess\nfrom agents import function_tool\n\n\n"
        "@function_tool{}\ndef run(command: str) -> str:\n"
        "    return subprocess.run(command, shell=True, capture_output=True, text=True).stdout\n"
    )
    for rule in ("output/shell-command", "agency/tool-runs-commands"):
        assert found(rule, analysed(app=text.format("")))
        assert not found(rule, analysed(app=text.format("(needs_approval=True)")))


def test_reading_a_file_is_less_than_deleting_it() -> None:
    text = f"import os\n{ASK}\ndef act(q):\n    open(ask(q)).read()\n    os.remove(ask(q))\n"
    reading, deleting = sorted(found("output/file-path", analysed(app=text)), key=lambda finding: finding.place)
    assert (reading.severity, deleting.severity) == ("medium", "high")


def test_a_path_that_a_model_may_only_have_a_part_in_is_less() -> None:
    text = (
        "import os\nfrom qwen_agent.tools.base import BaseTool\nfrom metagpt.actions import Action\n\n\n"
        "class Sure(BaseTool):\n    def call(self, name):\n        os.remove(name)\n\n\n"
        "class Unsure(Action):\n    async def run(self, name):\n        os.remove(name)\n"
    )
    for rule in ("output/file-path", "agency/tool-changes-files"):
        sure, unsure = sorted(found(rule, analysed(app=text)), key=lambda finding: finding.place)[:2]
        assert (sure.severity, unsure.severity) == ("high", "medium")


def test_an_earlier_answer_is_not_told_beside_the_users_own_text() -> None:
    text = (
        f"from flask import request\n{ASK}\ndef answer():\n"
        "    words = request.args['q'] + ask('a plan')\n"
        "    client.responses.create(model='gpt-4o', input='', instructions=words)\n"
    )
    analysis = analysed(app=text)
    assert found("injection/user-text-in-system-prompt", analysis)
    assert not found("injection/model-output-in-instructions", analysis)


def test_messages_hold_no_control_characters_and_are_short() -> None:
    name = "a" * 5_000
    text = f"{ASK}\ndef act(q):\n    {name} = ask(q)\n    exec({name})\n"
    (finding,) = found("output/code-execution", analysed(app=text))
    assert len(finding.message) < 1_000
    assert finding.message.isprintable()


def test_a_tool_is_told_with_the_call_below_it() -> None:
    text = (
        "import os\nfrom langchain_core.tools import tool\n\n\n"
        "def deep(line):\n    os.system(line)\n\n\n"
        "def less_deep(line):\n    deep(line)\n\n\n"
        '@tool\ndef run(line: str) -> str:\n    """Run it."""\n    less_deep(line)\n    return "done"\n'
    )
    call, tool = found("agency/tool-runs-commands", analysed(app=text))
    assert (call.place.line, tool.place.line) == (6, 14)
    assert (call.related[0].place.line, tool.related[0].place.line) == (14, 6)
    assert "'run'" in call.message


def test_a_helper_that_is_called_after_a_yes_is_no_finding() -> None:
    text = (
        "import smtplib\nfrom langchain_core.tools import tool\nfrom langgraph.types import interrupt\n\n\n"
        "def deliver(to, body):\n    smtplib.SMTP('localhost').sendmail('me@example.org', to, body)\n\n\n"
        '@tool\ndef send(to: str, body: str) -> str:\n    """Send it."""\n{}    deliver(to, body)\n    return "sent"\n'
    )
    asking = "    if interrupt({'to': to}) != 'yes':\n        return 'refused'\n"
    assert found("agency/tool-acts-for-people", analysed(app=text.format("")))
    assert not found("agency/tool-acts-for-people", analysed(app=text.format(asking)))


def test_a_file_that_is_only_checked_is_no_program() -> None:
    text = (
        f"import subprocess, sys\nfrom pathlib import Path\n{ASK}\ndef act(q):\n"
        "    path = Path('a.py')\n    path.write_text(ask(q))\n    subprocess.run(COMMAND)\n"
    )
    for command, hit in {
        "[sys.executable, str(path)]": True,
        "['ruff', 'check', str(path)]": False,
        "[sys.executable, '-m', 'mypy', str(path)]": False,
        "['docker', 'run', '-v', f'{path}:/a.py', 'python']": False,
    }.items():
        assert bool(found("output/program-file", analysed(app=text.replace("COMMAND", command)))) == hit


def test_functions_that_a_schema_names_are_tools() -> None:
    schema = 'TOOLS = [{"type": "function", "function": {"name": "run", "parameters": {"type": "object"}}}]\n'
    text = (
        f"import json, os\n{ASK}\n{schema}\n\ndef run(line):\n    os.system(line)\n\n\nFUNCTIONS = {{'run': run}}\n\n\n"
        "def step(messages):\n"
        "    reply = client.chat.completions.create(model='gpt-4o', messages=messages).choices[0].message\n"
        "    for call in reply.tool_calls:\n"
        "        FUNCTIONS[call.function.name](**json.loads(call.function.arguments))\n"
    )
    assert found("agency/tool-runs-commands", analysed(app=text))
    assert not found("agency/tool-runs-commands", analysed(app=text.replace('"name": "run"', '"name": "walk"')))
