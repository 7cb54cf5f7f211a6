"""What kind of file a name says that it is, and what the scan therefore does with it."""

from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from charter.scan.ir import Language

Kind: TypeAlias = Literal["code", "document", "template", "text"]
"""code and templates are followed, documents are checked as configuration; in all of them secrets are looked for."""

LANGUAGES: dict[str, Language] = {
    ".py": "python",
    ".ipynb": "python",
    ".js": "typescript",
    ".jsx": "typescript",
    ".mjs": "typescript",
    ".cjs": "typescript",
    ".ts": "typescript",
    ".tsx": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".vue": "typescript",
    ".svelte": "typescript",
}
_DOCUMENTS = frozenset({".json", ".jsonc", ".json5", ".yaml", ".yml", ".toml"})
_TEMPLATES = frozenset({".jinja", ".jinja2", ".j2", ".html", ".htm", ".tpl", ".tmpl"})
_BINARY_SUFFIXES = """
.7z .a .aac .avi .avif .bin .bmp .bz2 .ckpt .class .dat .db .deb .dll .dmg .doc .docx .dylib .egg .eot .exe .flac
.gguf .gif .gz .h5 .heic .icns .ico .iso .jar .jpeg .jpg .keras .lib .lz4 .mat .mkv .mo .mov .mp3 .mp4 .mpg .npy
.npz .o .obj .odt .ogg .onnx .otf .parquet .pdf .pickle .pkl .png .ppt .pptx .psd .pt .pth .pyc .pyd .pyo .rar .rpm
.safetensors .so .sqlite .sqlite3 .svg .svgz .tar .tflite .tgz .tif .tiff .ttf .wasm .wav .webm .webp .whl .woff
.woff2 .xls .xlsx .xz .zip .zst
"""
_BINARY = frozenset(_BINARY_SUFFIXES.split())
_LOCK_NAMES = """
package-lock.json npm-shrinkwrap.json pnpm-lock.yaml yarn.lock bun.lock composer.lock Cargo.lock poetry.lock uv.lock
pdm.lock Pipfile.lock conda-lock.yml Gemfile.lock go.sum flake.lock deno.lock
"""
_LOCKS = frozenset(_LOCK_NAMES.split())


def kind_of(path: str) -> Kind | None:
    """The kind; None for binary formats and for lock files, which a program writes and nobody puts a secret into."""
    name = path.rpartition("/")[2]
    suffix = PurePosixPath(name).suffix.lower()
    if name in _LOCKS or suffix in _BINARY:
        return None
    if suffix in LANGUAGES:
        return "code"
    if suffix in _DOCUMENTS:
        return "document"
    return "template" if suffix in _TEMPLATES else "text"


def language_of(path: str) -> Language | None:
    """The language of a code file, by its suffix; None for other files."""
    return LANGUAGES.get(PurePosixPath(path).suffix.lower())
