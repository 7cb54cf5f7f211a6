import os

from sqlalchemy import create_engine, text

engine = create_engine(os.environ["REPORTS_DATABASE"])

BY = {
    "month": "SELECT month, sum(total) AS total FROM orders WHERE year = :year GROUP BY month",
    "region": "SELECT region, sum(total) AS total FROM orders WHERE year = :year GROUP BY region",
}


def fetch_all(group: str, year: int) -> list[dict]:
    with engine.connect() as connection:
        result = connection.execute(text(BY[group]), {"year": year})
        return [dict(row) for row in result.mappings()]
