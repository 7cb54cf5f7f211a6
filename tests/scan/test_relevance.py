"""Which code is followed: what imports lead to from a use of language models, and little else."""

from collections.abc import Mapping

import pytest

from charter.scan import relevance
from charter.scan.fact_base import load_facts
from charter.scan.ir import Language
from charter.scan.kinds import language_of
from charter.scan.relevance import CodeFile, Group, Imported, groups, imports_of, sign_of

FACTS = load_facts()


def code(files: Mapping[str, str], lines: int = 10) -> list[CodeFile]:
    found = []
    for path, text in files.items():
        language = language_of(path)
        assert language is not None
        imports = imports_of(text, language)
        found.append(CodeFile(path, lines, sign_of(path, text, imports, FACTS, language), imports))
    return found


def paths(found: list[Group]) -> list[tuple[str, ...]]:
    return [group.paths for group in found]


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("import os, a.b as c\n", [("os", 0), ("a.b", 0)]),
        ("from a import (\n  b,  # why\n  c as d,\n)\n", [("a", 0), ("a.b", 0), ("a.why", 0), ("a.c", 0)]),
        ("def f():\n    from .. import x\n", [("", 2), ("x", 2)]),
        ("from .a.b import *\n", [("a.b", 1)]),
        ('"source": [\n "import openai\\n",\n', [("openai", 0)]),
        ("x = 'import os'\n", []),
    ],
)
def test_imports_of_python(text: str, modules: list[tuple[str, int]]) -> None:
    assert imports_of(text, "python") == tuple(Imported(*each) for each in modules)


@pytest.mark.parametrize(
    "text",
    [
        'import x, { y } from "openai";',
        "import type X from 'openai'",
        'export * from "openai"',
        'const { z } = require("openai")',
        'const m = await import("openai")',
        'import "openai"',
    ],
)
def test_imports_of_scripts(text: str) -> None:
    assert imports_of(text, "typescript") == (Imported("openai"),)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("import openai\n", "python"),
        ("from openai.types import chat\n", "python"),
        ("from google import genai\n", "python"),
        ("requests.post(URL + '/v1/chat/completions')\n", "python"),
        ("answer = self.llm.predict(x)\n", "python"),
        ('import { ChatOpenAI } from "@langchain/openai/web"', "typescript"),
    ],
)
def test_what_uses_models_is_a_seed(text: str, language: Language) -> None:
    assert sign_of("a.py", text, imports_of(text, language), FACTS, language)


@pytest.mark.parametrize(
    "text", ["import os\nre.fullmatch(x, y)\n", "from google.cloud import storage\n", "import aix\n"]
)
def test_other_code_is_none(text: str) -> None:
    assert not sign_of("a.py", text, imports_of(text, "python"), FACTS, "python")


def test_a_group_is_what_hangs_together_with_a_seed() -> None:
    found = groups(
        code(
            {
                "app/llm.py": "import openai\n",
                "app/views.py": "from app.llm import ask\nfrom app import helpers\n",
                "app/helpers.py": "import os\n",
                "app/__init__.py": "",
                "tools/build.py": "import os\n",
                "web/a.ts": 'import OpenAI from "openai"\nimport { b } from "./b"\n',
                "web/b.ts": "export const b = 1\n",
            }
        )
    )
    assert paths(found) == [
        ("app/__init__.py", "app/helpers.py", "app/llm.py", "app/views.py"),
        ("web/a.ts", "web/b.ts"),
    ]


def test_of_a_large_code_base_only_what_is_near_is_followed() -> None:
    chain = {f"m{number}.py": f"import m{number + 1}\n" for number in range(10)}
    found = groups(code({**chain, "m10.py": "import openai\n"}, lines=3_000))
    assert paths(found) == [("m10.py", "m7.py", "m8.py", "m9.py")]


def test_a_module_that_everybody_imports_brings_nothing_near() -> None:
    users = {f"u{number}.py": "import common\n" for number in range(50)}
    files = {**users, "common.py": "", "llm.py": "import openai\nimport common\n"}
    assert paths(groups(code(files, lines=1_000))) == [("common.py", "llm.py")]
    callers = {f"u{number}.py": "import llm\n" for number in range(50)}
    assert len(groups(code({**callers, "llm.py": "import openai\n"}, lines=500))[0].paths) == 51


def test_a_group_that_is_too_large_is_cut_and_says_so() -> None:
    files = {f"m{number}.py": f"import openai\nimport m{number + 1}\n" for number in range(40)}
    found = groups(code(files, lines=5_000))
    assert all(not group.whole and group.lines <= relevance.LINES_TOGETHER for group in found)
    assert sorted(path for group in found for path in group.paths) == sorted(files)


def test_installed_packages_are_strangers_and_their_mention_of_themselves_says_nothing() -> None:
    files = {
        "openai/client.py": "import openai.types\n",
        "openai/types.py": "",
        "app/a.py": "import openai\nimport helper.b\n",
        "helper/b.py": "import os  # for openai\n",
    }
    assert paths(groups(code(files), apart=True)) == [("app/a.py",)]
    assert paths(groups(code(files))) == [("app/a.py", "helper/b.py"), ("openai/client.py", "openai/types.py")]
