from pathlib import Path

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("notes")
NOTES = (Path.home() / "notes").resolve()


def note(name: str) -> Path:
    path = (NOTES / name).resolve()
    path.relative_to(NOTES)
    return path


@mcp.tool()
def list_notes() -> list[str]:
    """All notes, by name."""
    return sorted(path.name for path in NOTES.glob("*.md"))


@mcp.tool()
def read_note(name: str) -> str:
    """The text of one note."""
    return note(name).read_text(encoding="utf-8")


if __name__ == "__main__":
    mcp.run()
