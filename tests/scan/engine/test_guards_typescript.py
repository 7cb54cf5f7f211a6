"""Checks that make a text safe, in TypeScript."""

import pytest

from .programs import check

TYPESCRIPT = {
    "includes": (
        """
const KNOWN = ["ls", "pwd"];
const command = await ask("?");
if (!KNOWN.includes(command)) console.log("unknown");
execSync(command);  // hit shell
""",
        """
const KNOWN = ["ls", "pwd"];
const command = await ask("?");
if (!KNOWN.includes(command)) throw new Error("unknown");
execSync(command);
""",
    ),
    "a set": (
        """
const KNOWN = new Set(["ls", "pwd"]);
async function run(command: string) {
  KNOWN.has(command);
  execSync(command);  // hit shell
}
run(await ask("?"));
""",
        """
const KNOWN = new Set(["ls", "pwd"]);
async function run(command: string) {
  if (!KNOWN.has(command)) return;
  execSync(command);
}
run(await ask("?"));
""",
    ),
    "a pattern of the whole": (
        """
const name = await ask("?");
if (/[a-z]+/.test(name)) execSync(`git checkout ${name}`);  // hit shell weak
""",
        """
const NAME = /^[a-z]+$/;
const name = await ask("?");
if (/^[a-z]+$/.test(name)) execSync(`git checkout ${name}`);
if (NAME.test(name)) execSync(`git checkout ${name}`);
if (name.match(/^[a-z]+$/)) execSync(`git checkout ${name}`);
""",
    ),
    "switch": (
        """
const command = await ask("?");
switch (command) {
  case "ls":
    console.log("known");
    break;
  default:
    execSync(command);  // hit shell
}
""",
        """
const command = await ask("?");
switch (command) {
  case "ls":
  case "pwd":
    execSync(command);
    break;
  default:
    throw new Error("unknown");
}
""",
    ),
    "a type predicate": (
        """
const isKnown = (command: string): boolean => command.length > 0;
const command = await ask("?");
if (isKnown(command)) execSync(command);  // hit shell
""",
        """
const isKnown = (command: string): boolean => ["ls", "pwd"].includes(command);
const command = await ask("?");
if (isKnown(command)) execSync(command);
""",
    ),
    "typeof": (
        """
const value = JSON.parse(await ask("?"));
if (typeof value === "string") eval(value);  // hit code
""",
        """
const value = JSON.parse(await ask("?"));
if (typeof value !== "number") throw new Error("no number");
eval(`Math.abs(${value})`);
""",
    ),
    "a cast": (
        """
eval(`Math.abs(${String(await ask("?"))})`);  // hit code
""",
        """
eval(`Math.abs(${Number(await ask("?"))})`);
eval(`Math.abs(${parseInt(await ask("?"), 10)})`);
""",
    ),
    "an enumeration of zod": (
        """
const Command = z.string().min(1);
execSync(Command.parse(await ask("?")));  // hit shell
""",
        """
const Command = z.enum(["ls", "pwd"]);
execSync(Command.parse(await ask("?")));
""",
    ),
}
_IMPORTS = 'import { execSync } from "child_process";\nimport { z } from "zod";\n'


@pytest.mark.parametrize("safe", [False, True], ids=["bad", "good"])
@pytest.mark.parametrize("name", TYPESCRIPT)
def test_typescript(name: str, safe: bool) -> None:
    check(_IMPORTS + TYPESCRIPT[name][safe], safe, "app.ts")
