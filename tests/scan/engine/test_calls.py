"""Text through calls of every kind: callbacks, partials, decorators, generators, closures, globals."""

import pytest

from .programs import check

PYTHON = {
    "a callback": (
        """
def apply(function, value):
    return function(value)

def run(code):
    exec(code)  # hit code

apply(run, ask())
""",
        """
def apply(function, value):
    return function(value)

def run(code):
    exec(code)

def show(text):
    print(text)

apply(show, ask())
apply(run, "print(1)")
""",
    ),
    "a partial": (
        """
def run(mode, code):
    exec(code)  # hit code

job = functools.partial(run, "fast")
job(ask())
""",
        """
def run(mode, code):
    exec(mode)
    print(code)

job = functools.partial(run, "1 + 1")
job(ask())
""",
    ),
    "a decorator": (
        """
def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        print(args)
        return function(*args, **kwargs)
    return inner

@logged
def run(code, name=""):
    exec(code)  # hit code

run(ask(), name="job")
""",
        """
def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        print(args)
        return function(*args, **kwargs)
    return inner

@logged
def run(code, name=""):
    exec(code)

run("print(1)", name=ask())
""",
    ),
    "a decorator with arguments": (
        """
def retried(times):
    def wrap(function):
        def inner(*args):
            for _ in range(times):
                return function(*args)
        return inner
    return wrap

@retried(times=3)
def answer(question):
    return ask(question)

exec(answer("hi"))  # hit code
""",
        """
def retried(times):
    def wrap(function):
        def inner(*args):
            for _ in range(times):
                return function(*args)
        return inner
    return wrap

@retried(times=3)
def answer(question):
    return len(ask(question))

exec(f"print({answer('hi')})")
""",
    ),
    "async": (
        """
async def answer(question):
    return ask(question)

async def main():
    first, second = await asyncio.gather(answer("a"), answer("b"))
    exec(first)  # hit code

asyncio.run(main())
""",
        """
async def answer(question):
    return ask(question)

async def main():
    text = await asyncio.create_task(answer("a"))
    print(text)
    exec("print(1)")

asyncio.run(main())
""",
    ),
    "a thread": (
        """
def run(code):
    exec(code)  # hit code

threading.Thread(target=run, args=(ask(),)).start()
""",
        """
def run(code):
    print(code)
    exec("print(1)")

threading.Thread(target=run, args=(ask(),)).start()
""",
    ),
    "a context manager": (
        """
@contextlib.contextmanager
def answered(question):
    print(question)
    yield ask(question)

with answered("hi") as text:
    exec(text)  # hit code
""",
        """
@contextlib.contextmanager
def answered(question):
    ask(question)
    yield "print(1)"

with answered("hi") as text:
    exec(text)
""",
    ),
    "a class that is entered": (
        """
class Answer:
    def __enter__(self):
        return ask()

    def __exit__(self, *error):
        return None

with Answer() as text:
    exec(text)  # hit code
""",
        """
class Answer:
    def __enter__(self):
        self.text = ask()
        return "print(1)"

    def __exit__(self, *error):
        return None

with Answer() as text:
    exec(text)
""",
    ),
    "a comprehension": (
        """
jobs = [ask(name) for name in ("a", "b")]
for job in jobs:
    exec(job)  # hit code
""",
        """
names = {name: ask(name) for name in ("a", "b")}
for name in names:
    exec(name)
""",
    ),
    "a generator": (
        """
def answers():
    for name in ("a", "b"):
        yield ask(name)

for text in answers():
    exec(text)  # hit code
exec(next(answers()))  # hit code
""",
        """
def answers():
    for name in ("a", "b"):
        ask(name)
        yield name

for text in answers():
    exec(text)
""",
    ),
    "yield from": (
        """
def answers():
    yield ask("a")

def all_answers():
    yield "print(1)"
    yield from answers()

for text in all_answers():
    exec(text)  # hit code
""",
        """
def answers():
    yield ask("a")

def all_answers():
    yield "print(1)"
    yield from ("print(2)",)

for text in all_answers():
    exec(text)
print(list(answers()))
""",
    ),
    "recursion": (
        """
def refine(text, times):
    if times == 0:
        return text
    return refine(ask(text), times - 1)

exec(refine("hi", 3))  # hit code
""",
        """
def countdown(text, times):
    if times == 0:
        return "print(1)"
    print(text)
    return countdown(ask(text), times - 1)

exec(countdown("hi", 3))
""",
    ),
    "functions that call each other": (
        """
def even(text, times):
    return text if times == 0 else odd(text, times - 1)

def odd(text, times):
    return ask(text) if times == 0 else even(text, times - 1)

exec(even("hi", 3))  # hit code
""",
        """
def even(text, times):
    return text if times == 0 else odd(text, times - 1)

def odd(text, times):
    return "1" if times == 0 else even(text, times - 1)

exec(even("hi", 3))
print(ask())
""",
    ),
    "a closure": (
        """
def made(code):
    def run():
        exec(code)  # hit code
    return run

made(ask())()
""",
        """
def made(code, name):
    def run():
        exec(code)
        print(name)
    return run

made("print(1)", ask())()
""",
    ),
    "nonlocal": (
        """
def main():
    code = "print(1)"
    def think():
        nonlocal code
        code = ask()
    think()
    exec(code)  # hit code

main()
""",
        """
def main():
    code = "print(1)"
    def think():
        code = ask()
        print(code)
    think()
    exec(code)

main()
""",
    ),
    "a global": (
        """
CODE = ""

def think():
    global CODE
    CODE = ask()

def act():
    exec(CODE)  # hit code
""",
        """
CODE = ""

def think():
    CODE = ask()
    print(CODE)

def act():
    exec(CODE)
""",
    ),
    "a lambda": (
        """
think = lambda question: ask(question)
(lambda code: exec(code))(think("hi"))  # hit code
""",
        """
think = lambda question: len(ask(question))
(lambda code: exec(f"print({code})"))(think("hi"))
""",
    ),
    "sorted by a key, mapped, filtered": (
        """
texts = list(map(ask, ["a", "b"]))
exec(sorted(texts, key=len)[0])  # hit code
exec("".join(filter(None, texts)))  # hit code
""",
        """
counts = list(map(lambda text: len(text), [ask("a"), ask("b")]))
exec(f"print({sorted(counts)[0]})")
""",
    ),
    "arguments by name and by star": (
        """
def run(name, *rest, code="", **more):
    exec(code)  # hit code
    exec(rest[0])  # hit code
    exec(more["extra"])  # hit code

run("job", ask(), code=ask(), extra=ask())
""",
        """
def run(name, *rest, code="", **more):
    exec(code)
    exec(rest[1])
    exec(more["extra"])

run(ask(), ask(), "print(1)", code="print(1)", extra="print(1)", other=ask())
""",
    ),
    "assigned anew": (
        """
code = "print(1)"
code = ask()
exec(code)  # hit code
""",
        """
code = ask()
print(code)
code = "print(1)"
exec(code)
""",
    ),
    "on one of two ways": (
        """
code = "print(1)"
if os.environ.get("LIVE"):
    code = ask()
exec(code)  # hit code
""",
        """
if os.environ.get("LIVE"):
    code = ask()
    print(code)
    code = "print(1)"
else:
    code = "print(2)"
exec(code)
""",
    ),
    "an exception": (
        """
try:
    code = ask()
except ValueError:
    code = "print(1)"
finally:
    print("asked")
exec(code)  # hit code
""",
        """
try:
    text = ask()
    code = "print(1)"
except ValueError:
    code = "print(2)"
exec(code)
""",
    ),
}
TYPESCRIPT = {
    "a callback": (
        """
function apply(fn: (text: string) => void, value: string) { fn(value); }
apply((code) => eval(code), await ask("?"));  // hit code
""",
        """
function apply(fn: (text: string) => void, value: string) { fn(value); }
apply((text) => console.log(text), await ask("?"));
apply((code) => eval(code), "1 + 1");
""",
    ),
    "a promise": (
        """
ask("?").then((text) => text.trim()).then((code) => {
  eval(code);  // hit code
});
""",
        """
ask("?").then((text) => text.length).then((count) => {
  eval(`Math.abs(${count})`);
});
""",
    ),
    "all of several": (
        """
const [first, second] = await Promise.all([ask("a"), ask("b")]);
eval(second);  // hit code
""",
        """
const [first, second] = await Promise.all([ask("a"), "1 + 1"]);
console.log(first);
eval(second);
""",
    ),
    "a closure": (
        """
function made(code: string) {
  return () => eval(code);  // hit code
}
made(await ask("?"))();
""",
        """
function made(code: string, name: string) {
  return () => { console.log(name); return eval(code); };
}
made("1 + 1", await ask("?"))();
""",
    ),
    "destructured parameters": (
        """
function run({ code, name }: { code: string; name: string }) {
  eval(code);  // hit code
}
run({ code: await ask("?"), name: "job" });
""",
        """
function run({ code, name }: { code: string; name: string }) {
  eval(code);
  console.log(name);
}
run({ code: "1 + 1", name: await ask("?") });
""",
    ),
    "a generator": (
        """
async function* answers() {
  yield await ask("a");
}
for await (const text of answers()) eval(text);  // hit code
""",
        """
async function* answers() {
  await ask("a");
  yield "1 + 1";
}
for await (const text of answers()) eval(text);
""",
    ),
    "rest and spread": (
        """
const run = (name: string, ...rest: string[]) => eval(rest[0]);  // hit code
const args = ["job", await ask("?")];
run(...args);
""",
        """
const run = (name: string, ...rest: string[]) => eval(rest[0]);
const args = [await ask("?"), "1 + 1"];
run(...args);
""",
    ),
    "functions defined after their use": (
        """
run(await ask("?"));
function run(code: string) {
  eval(code);  // hit code
}
""",
        """
run(await ask("?"));
function run(code: string) {
  console.log(code);
  eval("1 + 1");
}
""",
    ),
    "a module's variable": (
        """
let code = "";
async function think() { code = await ask("?"); }
function act() { eval(code); }  // hit code
""",
        """
let code = "";
async function think() { const code = await ask("?"); console.log(code); }
function act() { eval(code); }
""",
    ),
}
_IMPORTS = "import asyncio\nimport contextlib\nimport functools\nimport os\nimport threading\n"


def whole(text: str, main: str) -> str:
    """A case with the imports that all have."""
    return _IMPORTS + text if main.endswith(".py") else text


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(whole(PYTHON[name][safe], "app.py"), safe)


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe, "app.ts")
