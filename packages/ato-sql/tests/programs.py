"""Run little programs that track, in processes of their own."""

import sqlite3
import subprocess
import sys
import textwrap

LOGGER = """
import os, signal, sys, time, threading, warnings
from ato_sql import SQLLogger
SETTINGS = {settings!r}
def config(**more):
    return {{"experiment": {{"project_name": "digits", "sql": dict(SETTINGS)}}, "lr": 0.1, **more}}
"""


def program(text, **settings):
    """Return the source of a program with a `config()` on these settings."""
    return LOGGER.format(settings=settings) + textwrap.dedent(text)


def start(text, cwd=None, **settings):
    """Start such a program."""
    command = [sys.executable, "-c", program(text, **settings)]
    return subprocess.Popen(
        command, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def run(text, cwd=None, code=0, **settings):
    """Run such a program to its end; return what it printed and its errors."""
    process = start(text, cwd, **settings)
    output, errors = process.communicate(timeout=600)
    assert process.returncode == code, errors.decode()
    return output.decode(), errors.decode()


def settings(path, **more):
    """Return the settings of a tracker on an SQLite file."""
    return {"db_path": f"sqlite:///{path}", **more}


def config_of(path, **more):
    """Return the config of a logger on an SQLite file."""
    return {"experiment": {"project_name": "digits", "sql": settings(path, **more)}, "lr": 0.1}


def count(path, table="metrics"):
    """Return how many rows a table has."""
    with sqlite3.connect(path) as connection:
        return connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
