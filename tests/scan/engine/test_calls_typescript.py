"""Text through calls of every kind, in TypeScript."""

import pytest

from .programs import check

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


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe, "app.ts")
