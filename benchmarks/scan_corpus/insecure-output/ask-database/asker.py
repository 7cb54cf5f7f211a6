from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from anthropic import Anthropic


@dataclass
class Settings:
    database: str
    model: str = "claude-3-5-haiku-latest"


class DatabaseAsker:
    """Answers questions with the rows of a database."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.client = Anthropic()
        self.connection = sqlite3.connect(settings.database)
        self.last_sql = ""

    def schema(self) -> str:
        rows = self.connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table'").fetchall()
        return "\n".join(row[0] for row in rows)

    def generate_sql(self, question: str) -> None:
        message = self.client.messages.create(
            model=self.settings.model,
            max_tokens=500,
            system="Reply with one SQL statement for SQLite, in a code fence.",
            messages=[{"role": "user", "content": f"{self.schema()}\n\n{question}"}],
        )
        text = message.content[0].text
        found = re.search(r"```(?:sql)?\s*(.*?)```", text, re.DOTALL)
        self.last_sql = found.group(1) if found else text

    def run(self) -> list[tuple]:
        cursor = self.connection.cursor()
        cursor.execute(self.last_sql)
        return cursor.fetchall()

    def ask(self, question: str) -> list[tuple]:
        self.generate_sql(question)
        return self.run()
