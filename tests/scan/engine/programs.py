"""Small programs for the tests of the engine: each line that a flow must reach says so itself.

A program is the text of one file, or of several, each below a line ``--- path``. A line where labelled text reaches a
sink ends in ``# hit <kind>`` (``// hit <kind>``), followed by ``weak`` where a check on the way does not suffice. The
first file begins with a model's answer to be had: ``ask(question)``.
"""

import re
from functools import cache

from charter.scan.analysis import Analysis, Flow
from charter.scan.engine import analyse
from charter.scan.fact_base import FactBase, load_facts
from charter.scan.front import lower

_MARK = re.compile(r"(?:#|//) hit ([a-z-]+)( weak)?\s*$")
_ASK = {
    ".py": """from openai import OpenAI
client = OpenAI()
def ask(question="hello"):
    reply = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": question}])
    return reply.choices[0].message.content
""",
    ".ts": """import OpenAI from "openai";
const client = new OpenAI();
export async function ask(question: string): Promise<string> {
  const reply = await client.chat.completions.create({
    model: "gpt-4o",
    messages: [{ role: "user", content: question }],
  });
  return reply.choices[0].message.content ?? "";
}
""",
}
Hit = tuple[str, int, str, bool]
"""File, line, kind of sink, and whether a weak check stands before it."""


@cache
def _facts() -> FactBase:
    return load_facts()


def files_of(text: str, main: str) -> dict[str, str]:
    """The files of a program; ``main`` is the name of the one that has no name."""
    if not text.lstrip().startswith("--- "):
        text = f"--- {main}\n{text}"
    found: dict[str, str] = {}
    for part in re.split(r"(?m)^--- ", text)[1:]:
        path, _, body = part.partition("\n")
        suffix = ".py" if path.endswith(".py") else ".ts"
        found[path.strip()] = (_ASK[suffix] if not found else "") + body
    return found


def analysed(text: str, main: str = "app.py") -> Analysis:
    """The analysis of a program."""
    files = files_of(text, main)
    return analyse({path: lower(path, body) for path, body in files.items()}, _facts())


def flows(text: str, main: str = "app.py") -> tuple[Flow, ...]:
    """The flows of a program, in the order of their places."""
    return tuple(sorted(analysed(text, main).flows, key=lambda flow: (flow.place.path, flow.place.line, flow.kind)))


def hits(text: str, main: str = "app.py") -> list[Hit]:
    """What the engine finds in a program."""
    return sorted({(each.place.path, each.place.line, each.kind, bool(each.weak)) for each in flows(text, main)})


def marked(text: str, main: str = "app.py") -> list[Hit]:
    """What the program itself says is to be found."""
    return sorted(
        (path, number, mark[1], bool(mark[2]))
        for path, body in files_of(text, main).items()
        for number, line in enumerate(body.splitlines(), start=1)
        if (mark := _MARK.search(line))
    )


def check(text: str, safe: bool, main: str = "app.py") -> None:
    """The engine finds what is marked and nothing else; a safe program has no marks, and any other has one."""
    wanted = marked(text, main)
    assert bool(wanted) != safe, "the program's marks do not say what its name does"
    found = hits(text, main)
    assert found == wanted, f"found {found}, wanted {wanted}"
