"""Text in records and lists: by key, by position, and where neither is known."""

import pytest

from .programs import check

PYTHON = {
    "a key": (
        """
job = {"code": ask(), "name": "job"}
exec(job["code"])  # hit code
exec(job.get("code", ""))  # hit code
""",
        """
job = {"code": "print(1)", "name": ask()}
exec(job["code"])
exec(job.get("code", ""))
""",
    ),
    "a key that is a constant": (
        """
KEY = "code"
job = {}
job[KEY] = ask()
exec(job["code"])  # hit code
""",
        """
KEY = "text"
job = {"code": "print(1)"}
job[KEY] = ask()
exec(job["code"])
""",
    ),
    "a key that is not known": (
        """
job = {"code": "print(1)"}
job[os.environ["KEY"]] = ask()
exec(job["other"])  # hit code
""",
        """
job = {"code": "print(1)", "text": "print(2)"}
print(ask())
exec(job[os.environ["KEY"]])
""",
    ),
    "a filter of a database": (
        """
import json
from pymongo import MongoClient

shop = MongoClient().shop.orders
shop.find(json.loads(ask()))  # hit sql
shop.find({"$where": ask()})  # hit sql
""",
        """
from pymongo import MongoClient

shop = MongoClient().shop.orders
shop.find({"name": ask()})
shop.aggregate([{"$search": {"text": {"query": ask(), "path": "name"}}}])
""",
    ),
    "a position": (
        """
pair = ["print(1)", ask()]
exec(pair[1])  # hit code
exec(pair[-1])  # hit code
""",
        """
pair = ["print(1)", ask()]
exec(pair[0])
exec(pair[-2])
""",
    ),
    "taken apart": (
        """
first, *rest = "print(1)", ask(), ask()
exec(rest[0])  # hit code
""",
        """
first, second = "print(1)", ask()
exec(first)
""",
    ),
    "appended": (
        """
steps = []
steps.append("print(1)")
steps.append(ask())
exec(steps[1])  # hit code
""",
        """
steps = []
steps.append("print(1)")
steps.append(ask())
exec(steps[0])
""",
    ),
    "in a loop": (
        """
steps = []
for name in ("a", "b"):
    steps.append(ask(name))
exec("".join(steps))  # hit code
""",
        """
steps, texts = [], []
for name in ("a", "b"):
    texts.append(ask(name))
    steps.append(f"print('{name}')")
exec("".join(steps))
""",
    ),
    "a record of records": (
        """
jobs = {"first": {"code": ask()}}
exec(jobs["first"]["code"])  # hit code
""",
        """
jobs = {"first": {"code": "print(1)", "text": ask()}}
exec(jobs["first"]["code"])
""",
    ),
    "updated": (
        """
job = {"code": "print(1)"}
job.update({"code": ask()})
job.setdefault("name", "x")
exec(job["code"])  # hit code
""",
        """
job = {"code": "print(1)"}
job.update(text=ask())
job |= {"more": ask()}
exec(job["code"])
""",
    ),
    "merged": (
        """
job = {**{"code": "print(1)"}, **{"code": ask()}}
exec(job["code"])  # hit code
""",
        """
job = {**{"code": ask()}, "code": "print(1)"}
exec(job["code"])
""",
    ),
    "items": (
        """
jobs = {"a": ask()}
for name, code in jobs.items():
    exec(code)  # hit code
""",
        """
jobs = {"a": ask()}
for name, code in jobs.items():
    exec(name)
for name in jobs.keys():
    exec(name)
""",
    ),
    "zipped and numbered": (
        """
for number, (name, code) in enumerate(zip(["a"], [ask()])):
    exec(code)  # hit code
""",
        """
for number, (name, code) in enumerate(zip(["print(1)"], [ask()])):
    exec(name)
    exec(f"print({number})")
""",
    ),
    "parsed": (
        """
job = json.loads(ask())
exec(job["code"])  # hit code
""",
        """
job = json.loads("{}")
job["text"] = ask()
exec(job["code"])
""",
    ),
    "what is chosen by the text": (
        """
table = {"a": "print(1)"}
exec(table.get(ask(), ask()))  # hit code
""",
        """
table = {"a": "print(1)"}
exec(table[ask()])
exec(table.get(ask(), "print(2)"))
""",
    ),
    "popped": (
        """
steps = [ask()]
exec(steps.pop())  # hit code
""",
        """
job = {"code": "print(1)", "text": ask()}
exec(job.pop("code"))
""",
    ),
    "replaced": (
        """
job = {"code": "print(1)"}
job["code"] = ask()
exec(job["code"])  # hit code
""",
        """
job = {"code": ask()}
job["code"] = "print(1)"
exec(job["code"])
""",
    ),
}
TYPESCRIPT = {
    "a key": (
        """
const job = { code: await ask("?"), name: "job" };
eval(job.code);  // hit code
eval(job["code"]);  // hit code
""",
        """
const job = { code: "1 + 1", name: await ask("?") };
eval(job.code);
const { code, ...rest } = job;
eval(code);
""",
    ),
    "a position": (
        """
const pair = ["1 + 1", await ask("?")];
const [, second] = pair;
eval(second);  // hit code
""",
        """
const pair = ["1 + 1", await ask("?")];
const [first] = pair;
eval(first);
eval(pair[0]);
""",
    ),
    "spread": (
        """
const base = { code: "1 + 1" };
const job = { ...base, code: await ask("?") };
eval(job.code);  // hit code
""",
        """
const base = { code: await ask("?") };
const job = { ...base, code: "1 + 1" };
eval(job.code);
""",
    ),
    "mapped and joined": (
        """
const texts = await Promise.all(["a", "b"].map((name) => ask(name)));
eval(texts.join(";"));  // hit code
""",
        """
const texts = await Promise.all(["a", "b"].map((name) => ask(name)));
eval(texts.map((text) => text.length).join("+"));
""",
    ),
    "a map": (
        """
const jobs = new Map<string, string>();
jobs.set("a", await ask("?"));
eval(jobs.get("a")!);  // hit code
""",
        """
const jobs = new Map<string, string>();
jobs.set("a", "1 + 1");
console.log(await ask("?"));
eval(jobs.get("a")!);
""",
    ),
    "pushed": (
        """
const steps: string[] = [];
steps.push(await ask("?"));
for (const step of steps) eval(step);  // hit code
""",
        """
const steps: string[] = [];
const texts: string[] = [];
texts.push(await ask("?"));
steps.push("1 + 1");
for (const step of steps) eval(step);
""",
    ),
}


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check("import json\nimport os\n" + PYTHON[name][safe], safe)


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe, "app.ts")
