"""What the agent may do."""

import sqlite3
import subprocess

TOOLS = [
    {"type": "function", "function": {"name": "find_orders", "parameters": {"type": "object"}}},
    {"type": "function", "function": {"name": "track_parcel", "parameters": {"type": "object"}}},
]


def find_orders(customer: str) -> str:
    with sqlite3.connect("file:orders.db?mode=ro", uri=True) as orders:
        rows = orders.execute("SELECT id, state FROM orders WHERE customer = ?", (customer,)).fetchall()
    return str(rows)


def track_parcel(number: str) -> str:
    if not number.isdigit():
        raise ValueError("a parcel's number has digits alone")
    done = subprocess.run(["parcel-tracker", "--number", number], capture_output=True, text=True)
    return done.stdout
