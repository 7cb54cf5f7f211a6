from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from anthropic import Anthropic


@dataclass
class Settings:
    database: str
    model: str = "claude-3-5-haiku-latest"


class DatabaseAsker:
    """Finds the orders of the customer that a question is about."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.client = Anthropic()
        self.connection = sqlite3.connect(settings.database)
        self.customer = ""

    def find_customer(self, question: str) -> None:
        message = self.client.messages.create(
            model=self.settings.model,
            max_tokens=50,
            system="Reply with the name of the customer that the question is about.",
            messages=[{"role": "user", "content": question}],
        )
        self.customer = message.content[0].text.strip()

    def run(self) -> list[tuple]:
        cursor = self.connection.cursor()
        cursor.execute("SELECT id, total FROM orders WHERE customer = ? ORDER BY id", (self.customer,))
        return cursor.fetchall()

    def ask(self, question: str) -> list[tuple]:
        self.find_customer(question)
        return self.run()
