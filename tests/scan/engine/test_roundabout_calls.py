"""Calls that go round about: library functions as callbacks, states and their setters, handles made safe, fields."""

import pytest

from .programs import check

PYTHON = {
    "a library's function as a callback": (
        """
import asyncio
import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

async def run(loop):
    await asyncio.to_thread(os.system, ask())  # hit shell
    await asyncio.get_running_loop().run_in_executor(None, os.system, ask())  # hit shell
    with ThreadPoolExecutor() as pool:
        pool.submit(os.system, ask())  # hit shell
    threading.Thread(target=os.system, args=(ask(),)).start()  # hit shell
    later = partial(os.system, ask())
    later()  # hit shell
""",
        """
import asyncio
import os
from functools import partial

async def run(loop):
    await asyncio.to_thread(print, ask())
    await asyncio.get_running_loop().run_in_executor(None, len, ask())
    later = partial(os.system, "ls")
    later()
""",
    ),
    "a function that a library may call, or not": (
        """
import numpy

def numbers_only(name):
    if name == "numpy":
        return numpy
    raise ImportError(name)

def run():
    code = ask()
    exec(code, {"__import__": numbers_only})  # hit code
    exec(code)  # hit code
""",
        """
import numpy

def numbers_only(name):
    if name == "numpy":
        return numpy
    raise ImportError(name)

def run():
    code = ask()
    numbers_only(code)
    exec(code)
""",
    ),
    "a connection made read-only": (
        """
import psycopg2

def rows():
    connection = psycopg2.connect("dbname=shop")
    connection.set_session(readonly=False)
    cursor = connection.cursor()
    cursor.execute(ask())  # hit sql
""",
        """
import psycopg2

def rows():
    connection = psycopg2.connect("dbname=shop")
    connection.set_session(readonly=True)
    cursor = connection.cursor()
    cursor.execute(ask())
""",
    ),
    "a function that is put on the instance": (
        """
import sqlite3
import pandas as pd
from abc import ABC, abstractmethod

class Base(ABC):
    @abstractmethod
    def submit(self, prompt):
        pass

    def run_sql(self, sql, **kwargs):
        raise Exception("connect to a database first")

    def connect_to_sqlite(self, url):
        connection = sqlite3.connect(url)

        def run_sql_sqlite(sql):
            return pd.read_sql_query(sql, connection)  # hit sql

        self.run_sql = run_sql_sqlite

    def ask(self, question):
        sql = self.submit(question)
        return self.run_sql(sql)

class Chat(Base):
    def submit(self, prompt):
        return ask(prompt)
""",
        """
import sqlite3
import pandas as pd

class Base:
    def run_sql(self, sql, **kwargs):
        raise Exception("connect to a database first")

    def connect_to_sqlite(self, url):
        connection = sqlite3.connect(url)

        def run_sql_sqlite(sql):
            return pd.read_sql_query("SELECT name FROM shops WHERE name = ?", connection, params=[sql])

        self.run_sql = run_sql_sqlite

    def ask(self, question):
        return self.run_sql(ask(question))
""",
    ),
}
PYTHON["a namespace and the fields of one thing"] = (
    """
globals()[ask()]()  # hit dispatch
vars()[ask()]()  # hit dispatch
""",
    """
import settings
vars(settings)[ask()]
""",
)
TYPESCRIPT = {
    "a state and its setter": (
        """
import { useEffect, useState } from "react";
export function Page() {
  const [html, setHtml] = useState("");
  const load = async () => {
    setHtml(await ask("hello"));
  };
  return <button onClick={load}><div dangerouslySetInnerHTML={{ __html: html }} /></button>; // hit html
}
""",
        """
import { useEffect, useState } from "react";
export function Page() {
  const [html, setHtml] = useState("");
  const [text, setText] = useState("");
  const load = async () => {
    setText(await ask("hello"));
    setHtml("<b>done</b>");
  };
  return <button onClick={load}>{text}<div dangerouslySetInnerHTML={{ __html: html }} /></button>;
}
""",
    ),
}


@pytest.mark.parametrize("name", PYTHON)
@pytest.mark.parametrize("safe", [False, True])
def test_calls_in_python(name: str, safe: bool) -> None:
    check(PYTHON[name][safe], safe)


@pytest.mark.parametrize("name", TYPESCRIPT)
@pytest.mark.parametrize("safe", [False, True])
def test_calls_in_typescript(name: str, safe: bool) -> None:
    check(TYPESCRIPT[name][safe], safe, "app.tsx")


def test_every_function_that_is_put_on_an_instance_is_called() -> None:
    connections = "".join(
        f"""
    def connect_{number}(self, name):
        def run(sql):
            sqlite3.connect(name).execute(sql)  # hit sql
        self.run = run
"""
        for number in range(10)
    )
    program = f"""
import sqlite3

class Store:
    def run(self, sql):
        raise NotImplementedError
{connections}
    def answer(self):
        self.run(ask())
"""
    check(program, safe=False)
