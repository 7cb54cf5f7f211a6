"""The four flows that every scan must follow, in both languages, and each done right."""

import pytest

from .programs import check, flows

PYTHON = {
    "direct": (
        """
reply = client.chat.completions.create(model="gpt-4o", messages=[])
eval(reply.choices[0].message.content)  # hit code
""",
        """
reply = client.chat.completions.create(model="gpt-4o", messages=[])
eval("1 + 1")
print(reply.choices[0].message.content)
""",
    ),
    "source in a helper": (
        """
def answer(question):
    text = ask(question)
    return text.strip()

eval(answer("what?"))  # hit code
""",
        """
def answer(question):
    text = ask(question)
    return len(text)

eval(f"1 + {answer('what?')}")
""",
    ),
    "sink in a helper": (
        """
def run(code, name):
    exec(code)  # hit code

run(ask(), "job")
""",
        """
def run(code, name):
    exec(code)
    print(name)

run("print(1)", ask())
""",
    ),
    "through a field": (
        """
class Agent:
    def __init__(self):
        self.plan = ""
        self.name = "agent"

    def think(self):
        self.plan = ask()

    def act(self):
        eval(self.plan)  # hit code
""",
        """
class Agent:
    def __init__(self):
        self.plan = ""
        self.name = "agent"

    def think(self):
        self.plan = ask()

    def act(self):
        eval(self.name)
""",
    ),
}
TYPESCRIPT = {
    "direct": (
        """
const reply = await client.chat.completions.create({ model: "gpt-4o", messages: [] });
eval(reply.choices[0].message.content);  // hit code
""",
        """
const reply = await client.chat.completions.create({ model: "gpt-4o", messages: [] });
eval("1 + 1");
console.log(reply.choices[0].message.content);
""",
    ),
    "source in a helper": (
        """
async function answer(question: string) {
  const text = await ask(question);
  return text.trim();
}
eval(await answer("what?"));  // hit code
""",
        """
async function answer(question: string) {
  const text = await ask(question);
  return text.length;
}
eval(`1 + ${await answer("what?")}`);
""",
    ),
    "sink in a helper": (
        """
function run(code: string, name: string) {
  eval(code);  // hit code
}
run(await ask("what?"), "job");
""",
        """
function run(code: string, name: string) {
  eval(code);
  console.log(name);
}
run("1 + 1", await ask("what?"));
""",
    ),
    "through a field": (
        """
class Agent {
  plan = "";
  name = "agent";
  async think() {
    this.plan = await ask("what?");
  }
  act() {
    return eval(this.plan);  // hit code
  }
}
""",
        """
class Agent {
  plan = "";
  name = "agent";
  async think() {
    this.plan = await ask("what?");
  }
  act() {
    return eval(this.name);
  }
}
""",
    ),
}


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(PYTHON[name][safe], safe)


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe, "app.ts")


def test_the_way_is_told_from_source_to_sink() -> None:
    (flow,) = flows(
        """
def answer(question):
    return ask(question)

def run(code):
    exec(code)

run(answer("what?"))
"""
    )
    told = [(step.kind, step.place.line) for step in flow.steps]
    assert (told[0], told[-1]) == (("source", 4), ("sink", 11))
    assert {("return", 8), ("return", 13), ("call", 13)} <= set(told)
    assert flow.label == "M"
    assert flow.confidence == "high"
