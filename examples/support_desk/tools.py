"""What the agent may do."""

import sqlite3
import subprocess

TOOLS = [
    {"type": "function", "function": {"name": "find_orders", "parameters": {"type": "object"}}},
    {"type": "function", "function": {"name": "track_parcel", "parameters": {"type": "object"}}},
]


def find_orders(where: str) -> str:
    with sqlite3.connect("orders.db") as orders:
        rows = orders.execute(f"SELECT id, state FROM orders WHERE {where}").fetchall()  # fault: output/sql-query
    return str(rows)


def track_parcel(number: str) -> str:
    command = f"parcel-tracker --number {number}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)  # fault: output/shell-command
    return done.stdout
