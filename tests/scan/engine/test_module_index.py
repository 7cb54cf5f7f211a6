"""Which file an import means where several projects stand side by side."""

import pytest

from charter.scan.engine.module_index import ModuleIndex

INDEX = ModuleIndex(
    [
        "a/solver/evaluate.py",
        "a/solver/main.py",
        "a/config.py",
        "b/solver/__init__.py",
        "b/solver/evaluate.py",
        "b/solver/main.py",
        "b/config.py",
        "src/pkg/__init__.py",
        "src/pkg/m.py",
        "tests/t.py",
        "utils/json.py",
        "utils/sub/y.py",
        "top.py",
    ]
)


@pytest.mark.parametrize(
    ("from_path", "module", "expected"),
    [
        ("a/solver/main.py", "solver.evaluate", "a/solver/evaluate.py"),
        ("b/solver/main.py", "solver.evaluate", "b/solver/evaluate.py"),
        ("a/solver/main.py", "config", "a/config.py"),
        ("a/solver/main.py", "top", "top.py"),
        ("tests/t.py", "pkg.m", "src/pkg/m.py"),
        ("tests/t.py", "config", None),
        ("utils/sub/y.py", "json", None),
    ],
)
def test_each_project_means_its_own(from_path: str, module: str, expected: str | None) -> None:
    assert INDEX.resolve(from_path, module, 0, "python") == expected
