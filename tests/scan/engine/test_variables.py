"""Text in variables: of recursions, closures and modules, of arguments by name and star, assigned anew."""

import pytest

from .programs import check

PYTHON = {
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
_IMPORTS = "import asyncio\nimport contextlib\nimport functools\nimport os\nimport threading\n"


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, safe: bool) -> None:
    check(_IMPORTS + PYTHON[name][safe], safe)
