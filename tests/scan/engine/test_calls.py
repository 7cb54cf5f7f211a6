"""Text through calls of every kind: callbacks, partials, decorators, threads, generators."""

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
}
_IMPORTS = "import asyncio\nimport contextlib\nimport functools\nimport os\nimport threading\n"


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(_IMPORTS + PYTHON[name][safe], safe)
