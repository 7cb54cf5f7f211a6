import os

from sqlalchemy import create_engine, text

engine = create_engine(os.environ["REPORTS_DATABASE"])


def fetch_all(statement: str) -> list[dict]:
    if not statement.lower().lstrip().startswith("select"):
        raise ValueError("only SELECT is allowed")
    with engine.connect() as connection:
        result = connection.execute(text(statement))
        return [dict(row) for row in result.mappings()]
