"""Do to programs that track what happens to programs, and print what was lost as a table.

    python docs/durability_table.py

Each case is done for real: a program logs one value after another and tells how many of its calls
have returned; meanwhile something happens to it, to its file or to its folder. Afterwards the next
program asks the database. The page on durability shows the table, and a test compares the two.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time

from ato_sql import SQLFinder

PROGRAM = """
import os, resource, signal, sys, threading, time, warnings
from ato_sql import SQLLogger

warnings.simplefilter("ignore")
settings = {"db_path": "here/runs.db", "patience": 1}
logger = SQLLogger({"experiment": {"project_name": "p", "sql": settings}})
run = logger.start()


def log(first, last, pause=0.001):
    for step in range(first, last):
        run.log_metric("loss", 0.5, step)
        os.write(1, b"%d\\n" % (step + 1))
        time.sleep(pause)


def wait_for(word):
    os.write(1, word.encode() + b"\\n")
    sys.stdin.readline()

"""
# By name: the program, and what is done while it waits. A program that waits for nothing is sent
# the signal that stands there instead.
MANY = "log(0, 10**9, 0)"
TWICE = """
log(0, 300)
run.flush()
wait_for("now")
log(300, 600)
run.finish()
"""


class Case:
    """One thing that happens.

    Args:
        name: What the table says.
        text: What the program does.
        act: What is done to its folder while it waits; or the signal that ends it.
        where: The folder of the database afterwards.
    """

    def __init__(self, name, text, act=None, where="here"):
        self.name, self.text, self.act, self.where = name, textwrap.dedent(text), act, where

    def run(self, folder):
        """Return how many calls have returned and the steps that are found."""
        (folder / "here").mkdir()
        program = [sys.executable, "-c", PROGRAM + self.text]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(program, cwd=str(folder), **pipes)
        with contextlib.ExitStack() as held:
            if isinstance(self.act, signal.Signals):
                process.stdout.readline()
                time.sleep(0.2)
                process.send_signal(self.act)
            elif self.act is not None:
                lines = iter(process.stdout.readline, b"now\n")
                returned = [int(line) for line in lines if line.strip().isdigit()]
                held.callback(self.act(folder) or (lambda: None))
            output, errors = process.communicate(b"\n", timeout=120)
        numbers = [int(line) for line in output.split(b"\n") if line.isdigit()]
        if b"Traceback" in errors and self.act is not signal.SIGINT:
            raise RuntimeError(errors.decode())
        if self.act is not None and not isinstance(self.act, signal.Signals):
            numbers = returned + numbers
        return len(numbers), steps_in(folder / self.where / "runs.db")


def steps_in(path):
    finder = SQLFinder({"experiment": {"sql": {"db_path": str(path)}}})
    (run,) = finder.search()
    found = [point.step for point in finder.get_metrics(run.id, "loss")]
    finder.close()
    return found


# -- what is done ----------------------------------------------------------------------------------


def remove(folder):
    for path in (folder / "here").glob("runs.db*"):
        if path.name in ("runs.db", "runs.db-wal", "runs.db-shm"):
            path.unlink()


def rename(folder):
    (folder / "here" / "runs.db").rename(folder / "here" / "other.db")


def move(folder):
    (folder / "here").rename(folder / "there")


def replace(folder):
    source, copy = sqlite3.connect(str(folder / "here" / "runs.db")), sqlite3.connect(":memory:")
    source.backup(copy)  # a backup of a minute ago, say
    source.close()
    copy.execute("DELETE FROM metrics")
    copy.commit()
    target = sqlite3.connect(str(folder / "backup.db"))
    copy.backup(target)
    target.close()
    os.replace(str(folder / "backup.db"), str(folder / "here" / "runs.db"))


def remove_log(folder):
    for ending in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            (folder / "here" / ("runs.db" + ending)).unlink()


def lock(folder):
    """Lock the file until the program has ended."""
    other = sqlite3.connect(str(folder / "here" / "runs.db"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other.close


def copy_by_backup(folder):
    (folder / "copy").mkdir()
    finder = SQLFinder({"experiment": {"sql": {"db_path": str(folder / "here" / "runs.db")}}})
    finder.backup(str(folder / "copy" / "runs.db"))
    finder.close()


FULL = """
log(0, 300)
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
run.flush()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize("here/runs.db"), limits[1]))
log(300, 20_000, 0)
time.sleep(1)
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
run.finish()
"""
FORK = """
log(0, 300)
child = os.fork()
if child == 0:
    log(300, 600)
    os._exit(0)
os.waitpid(child, 0)
log(600, 900)
run.finish()
"""
CASES = [
    Case("SIGKILL", MANY, signal.SIGKILL),
    Case("SIGTERM", MANY, signal.SIGTERM),
    Case("Ctrl-C", MANY, signal.SIGINT),
    Case("the end without `finish()`", "log(0, 300)"),
    Case("`os._exit`", "log(0, 300)\nos._exit(0)"),
    Case("the database is removed", TWICE, remove),
    Case("the database is renamed", TWICE, rename),
    Case("its folder is moved", TWICE, move),
    Case("an old backup takes its place", TWICE, replace),
    Case("its `-wal` is removed", TWICE, remove_log),
    Case("another program locks it till the end", TWICE, lock),
    Case("the disk is full for a while", FULL),
    Case("a fork; both log", FORK),
    Case("the working directory changes", "log(0, 300)\nos.chdir('/')\nlog(300, 600)"),
    Case("a backup is made while it logs", TWICE, copy_by_backup),
]


def row(case):
    with tempfile.TemporaryDirectory() as folder:
        returned, found = case.run(pathlib.Path(folder))
    lost = max(0, returned - len(set(found)))
    return f"| {case.name} | {lost} | {len(found) - len(set(found))} |"


def table(cases=CASES):
    """Return the table, line by line."""
    yield "| what happens | lost | doubled |"
    yield "|---|---|---|"
    yield from map(row, cases)


if __name__ == "__main__":
    for line in table():
        print(line, flush=True)
    shutil.rmtree("__pycache__", ignore_errors=True)
