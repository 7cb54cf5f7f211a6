"""Paths that are tested to lead into a folder, as it is done in either language; and tests that do not suffice."""

import pytest

from .programs import check

_PYTHON = """
import os
from pathlib import Path
BASE = Path("out").resolve()
ROOT = os.path.realpath("out")

def write(name):
    path = (BASE / name).resolve()
    full = os.path.realpath(os.path.join(ROOT, name))
    loose = os.path.join(ROOT, name)
    {test}
        raise ValueError(name)
    {write}

write(ask())
"""
_TYPESCRIPT = """
import * as fs from "node:fs/promises";
import path from "node:path";
const ROOT = path.resolve("out");
export async function write() {
  const name = await ask("x");
  const full = path.resolve(ROOT, name);
  const loose = ROOT + "/" + name;
  const relative = path.relative(ROOT, full);
  if (TEST) throw new Error("outside");
  WRITE
}
"""


@pytest.mark.parametrize(
    ("test", "name"),
    [
        ("if BASE not in path.parents:", "path"),
        ("if os.path.commonpath([ROOT, full]) != ROOT:", "full"),
        ("if not full.startswith(ROOT + os.sep):", "full"),
        ("if not str(path).startswith(str(BASE)):", "path"),
        ("if not os.path.abspath(loose).startswith(ROOT):", "loose"),
        ("if os.path.relpath(full, ROOT).startswith('..'):", "full"),
        ("if not path.is_relative_to(BASE):", "path"),
    ],
)
def test_a_path_within_a_folder_in_python(test: str, name: str) -> None:
    check(_PYTHON.format(test=test, write=f"open({name}, 'w').write('x')"), safe=True)


def test_a_path_that_may_go_up_in_python() -> None:
    write = "open(loose, 'w').write('x')  # hit path weak"
    check(_PYTHON.format(test="if not loose.startswith(ROOT):", write=write), safe=False)


@pytest.mark.parametrize("test", ["!full.startsWith(ROOT + path.sep)", 'relative.startsWith("..")'])
def test_a_path_within_a_folder_in_typescript(test: str) -> None:
    program = _TYPESCRIPT.replace("TEST", test).replace("WRITE", 'await fs.writeFile(full, "x");')
    check(program, True, "app.ts")


def test_a_function_that_tells_where_a_path_leads() -> None:
    program = """
import * as fs from "node:fs/promises";
import path from "node:path";
const FOLDERS = [path.resolve("out")];

function isWithin(target: string, folders: string[]): boolean {
  if (!target) return false;
  const plain = path.resolve(path.normalize(target));
  return folders.some((folder) => {
    if (plain === folder) return true;
    return plain.startsWith(folder + path.sep);
  });
}

async function checked(target: string): Promise<string> {
  const absolute = path.resolve(target);
  const allowed = isWithin(absolute, FOLDERS);
  if (!allowed) throw new Error("outside");
  return await fs.realpath(absolute);
}

export async function write() {
  await fs.writeFile(await checked(await ask("x")), "x");
}
"""
    check(program, True, "app.ts")
    check(
        program.replace('throw new Error("outside")', "console.log(target)").replace(
            '"x");\n}', '"x"); // hit path\n}'
        ),
        False,
        "app.ts",
    )


def test_a_path_that_may_go_up_in_typescript() -> None:
    write = 'await fs.writeFile(loose, "x"); // hit path weak'
    check(_TYPESCRIPT.replace("TEST", "!loose.startsWith(ROOT)").replace("WRITE", write), False, "app.ts")
