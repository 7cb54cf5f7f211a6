"""Which scanned file an import means."""

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from charter.scan.ir import Language

_SCRIPT_SUFFIXES = (".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs")
_SOURCE_ROOTS = ("", "src", "lib", "app")


class ModuleIndex:
    """The names that files answer to: Python's dotted names, and JavaScript's specifiers."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._packages = {str(PurePosixPath(path).parent) for path in self._paths if path.endswith("__init__.py")}
        self._names: dict[str, str] = {}
        by_suffix: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._paths):
            if path.endswith((".py", ".ipynb")):
                parts = _dotted(path)
                self._names[path] = ".".join(parts[self._depth_of_root(path) :])
                for start in range(len(parts)):
                    by_suffix[".".join(parts[start:])].append(path)
        self._by_suffix = dict(by_suffix)

    def name_of(self, path: str) -> str:
        """A Python file's dotted name from the top of its package; a script's path without suffix."""
        return self._names.get(path) or str(PurePosixPath(path).with_suffix(""))

    def resolve(self, from_path: str, module: str, level: int, language: Language) -> str | None:
        """The scanned file that an import in another means; None where it is not among those scanned."""
        if language == "python":
            return self._relative(from_path, module, level) if level else self._absolute(from_path, module)
        return self._script(from_path, module)

    def submodule(self, package: str, name: str) -> str | None:
        """The file of ``name`` within the package whose ``__init__.py`` is given (or whose folder has none)."""
        folder = PurePosixPath(package).parent
        return self._file(folder / name)

    def _depth_of_root(self, path: str) -> int:
        folder = PurePosixPath(path).parent
        depth = len(folder.parts)
        while depth and str(PurePosixPath(*folder.parts[:depth])) in self._packages:
            depth -= 1
        if depth == len(folder.parts) and depth:  # no package: source roots are the only parents that names leave out
            return 1 if folder.parts[0] in _SOURCE_ROOTS else 0
        return depth

    def _relative(self, from_path: str, module: str, level: int) -> str | None:
        folder = PurePosixPath(from_path).parent
        for _ in range(level - 1):
            folder = folder.parent
        return self._file(folder.joinpath(*module.split("."))) if module else self._file(folder)

    def _absolute(self, from_path: str, module: str) -> str | None:
        folder = PurePosixPath(from_path).parent
        beside = self._file(folder.joinpath(*module.split(".")))
        if beside and "." not in module and str(folder) not in self._packages:
            return beside
        found = self._by_suffix.get(module, [])
        above = [path for path in found if self._is_root(_root(path, module), folder, module)]
        if above:  # of several projects side by side, each means its own
            return max(above, key=lambda path: len(_root(path, module).parts))
        exact = [path for path in found if self.name_of(path) == module]
        if exact:
            return max(exact, key=lambda path: _shared(path, from_path))
        return found[0] if len(found) == 1 and "." in module else beside

    def _is_root(self, root: PurePosixPath, folder: PurePosixPath, module: str) -> bool:
        """Whether names begin at a folder for the files of another: it stands above it, and is no package itself."""
        is_above = root == folder or root in folder.parents
        return is_above and str(root) not in self._packages and module not in sys.stdlib_module_names

    def _script(self, from_path: str, module: str) -> str | None:
        if module.startswith("."):
            return self._script_file(_normal(PurePosixPath(from_path).parent / module))
        if module.startswith(("@/", "~/")):
            for depth in range(len(PurePosixPath(from_path).parts) - 1, -1, -1):
                above = PurePosixPath(*PurePosixPath(from_path).parts[:depth])
                for root in _SOURCE_ROOTS:
                    found = self._script_file(str(above / root / module[2:]))
                    if found:
                        return found
        return None

    def _file(self, stem: PurePosixPath) -> str | None:
        for path in (f"{stem}.py", f"{stem}/__init__.py", f"{stem}.ipynb"):
            if path in self._paths:
                return path
        return None

    def _script_file(self, stem: str) -> str | None:
        if stem in self._paths:
            return stem
        bare = stem[: -len(PurePosixPath(stem).suffix)] if stem.endswith((".js", ".mjs", ".cjs", ".jsx")) else stem
        for suffix in _SCRIPT_SUFFIXES:
            for path in (f"{stem}{suffix}", f"{bare}{suffix}", f"{stem}/index{suffix}"):
                if path in self._paths:
                    return path
        return None


def _dotted(path: str) -> list[str]:
    parts = list(PurePosixPath(path).with_suffix("").parts)
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


def _root(path: str, module: str) -> PurePosixPath:
    """The folder where names begin, if a file is called ``module``."""
    parts = _dotted(path)
    return PurePosixPath(*parts[: len(parts) - len(module.split("."))])


def _shared(one: str, other: str) -> int:
    """How many folders two paths share from the top."""
    count = 0
    for left, right in zip(PurePosixPath(one).parts, PurePosixPath(other).parts, strict=False):
        if left != right:
            break
        count += 1
    return count


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", ".."):
            parts.append(part)
    return "/".join(parts)
