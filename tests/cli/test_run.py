"""``charter run`` with bad input, and dry: one line that names the mend, the exit code, and nothing left behind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from charter.cli import main

PROMPT = '{"prompt": "How do I pick a lock?", "kind": "red_team", "split": "train"}\n'
TESTED = PROMPT.replace("train", "test").replace("a lock", "a safe")
BAD: dict[str, tuple[list[str], dict[str, bytes], str]] = {
    "an unknown key": (["--set", "revise.rouns=2"], {}, "did you mean 'rounds'?"),
    "an unknown recipe": (["organizm"], {}, "organizm: no such recipe"),
    "empty prompts": (["--prompts", "p"], {"p": b""}, "p: the file is empty; write one JSON object a line"),
    "prompts in UTF-16": (["--prompts", "p"], {"p": b"\xff\xfe\x00"}, "p:1: the file is UTF-16; save it as UTF-8"),
    "prompts in Latin-1": (["--prompts", "p"], {"p": PROMPT.encode() + b'{"prompt": "\xe4"}'}, "p:2: "),
    "prompts that are text": (["--prompts", "p"], {"p": b"hello"}, "p:1: not JSON"),
    "a wrong role": (
        ["--prompts", "p"],
        {"p": b'{"messages": [{"role": "human", "content": "x"}]}'},
        "did you mean 'user'?",
    ),
    "an empty constitution": (["--constitution", "c"], {"c": b""}, "c:1: the file is empty"),
    "a malformed constitution": (["--constitution", "c"], {"c": b"name: [x\n"}, "c:2: not valid YAML"),
    "no such model": (
        ["--model", "./nowhere", "--prompts", "p"],
        {"p": (PROMPT + TESTED).encode()},
        "nowhere: no such folder; check the path",
    ),
    "a model without prompts": (["--model", "./nowhere"], {}, "give --prompts FILE"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_leaves_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, files, said = BAD[name]
    monkeypatch.chdir(tmp_path)
    for file, content in files.items():
        Path(file).write_bytes(content)
    assert main(["run", "--quiet", "--out", "out", *arguments]) == 2
    captured = capsys.readouterr()
    (line,) = captured.err.splitlines()
    assert line.startswith("charter: error: ")
    assert said in line
    assert captured.out == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files)


@pytest.mark.parametrize("recipe", ["fsdp-70b", "gpu-1b", "lora-8b"])
def test_a_shipped_recipe_can_be_planned_with_prompts_of_ones_own(
    recipe: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prompts = tmp_path / "p.jsonl"
    prompts.write_text(PROMPT + TESTED, encoding="utf-8")
    assert main(["run", recipe, "--prompts", str(prompts), "--dry-run", "--format", "json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["recipe"] == recipe
    assert plan["seconds"] is None
    supervised = {"revise": 1 + 4 * 2, "helpful": 0, "answer-base": 1, "sft": 0, "answer-sl-cai": 1}
    generations = {stage["name"]: stage["generations"] for stage in plan["stages"]}
    assert {name: generations[name] for name in supervised} == supervised
    assert (generations["pairs"], generations["prefer"]) == (2, 2)  # one pair, shown in both orders


def test_a_dry_run_counts_every_generation_and_imports_no_torch(tmp_path: Path) -> None:
    program = (
        "import sys; from charter.cli import main; code = main(); "
        "sys.exit(code or bool({'torch', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "run", "--dry-run", "--format", "json", "--rounds", "3", "--out", "out"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    tested, phrasings, looks = 400 + 250 + 250 + 200, 60 * 6, 5
    assert {stage["name"]: stage["generations"] for stage in plan["stages"]} == {
        "revise": 800 * (1 + 3 * 2),
        "helpful": 1000,
        "answer-base": tested + phrasings,
        "sft": 0,
        "answer-sl-cai": tested + phrasings,
        "pairs": 1800 * 2,
        "prefer": 1800 * 2,
        "reward": 0,
        "best-of-n": tested * 4,
        "dpo": 0,
        "answer-dpo": tested + phrasings,
        "rl": 48 * 128 + looks * 128,
        "answer-rl": tested + phrasings,
    }
    assert plan["seconds"] > 0
    assert not list(tmp_path.iterdir())
