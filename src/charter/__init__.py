"""Charter: from a written constitution to a release decision."""

__version__ = "0.1.0"
