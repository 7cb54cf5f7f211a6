import shutil
from pathlib import Path

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("notes")
NOTES = Path.home() / "notes"


def remove_tree(folder: str) -> None:
    shutil.rmtree(folder)


@mcp.tool()
def list_notes() -> list[str]:
    """All notes, by name."""
    return sorted(path.name for path in NOTES.glob("*.md"))


@mcp.tool()
def clean_up(folder: str) -> str:
    """Delete a folder and everything in it."""
    remove_tree(folder)
    return f"{folder} is gone"


if __name__ == "__main__":
    mcp.run()
