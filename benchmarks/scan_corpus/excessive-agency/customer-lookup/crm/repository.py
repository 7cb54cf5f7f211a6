import os

import psycopg

DSN = os.environ["CRM_DSN"]


class Customers:
    def find(self, name: str) -> list[tuple]:
        with psycopg.connect(DSN) as connection:
            return connection.execute("SELECT id, name FROM customers WHERE name ILIKE %s", (name,)).fetchall()

    def delete(self, customer_id: int) -> int:
        with psycopg.connect(DSN) as connection:
            return connection.execute("DELETE FROM customers WHERE id = %s", (customer_id,)).rowcount
