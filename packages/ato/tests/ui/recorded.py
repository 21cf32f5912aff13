"""A project whose program is changed between its runs: made by running it."""

import subprocess
import sys

TRAIN = """
import csv

from ato.db_routers.sql.manager import SQLLogger
from ato.scope import Scope

import digits_model

scope = Scope()

@scope.observe(default=True)
def defaults(config):
    config.experiment = {"project_name": "recorded", "sql": {"db_path": "experiments.db"}}
    config.lr = 0.1
    config.data = "train.csv"

@scope
def main(config):
    with SQLLogger(config).start() as run:
        with open(config.data) as file:
            rows = list(csv.reader(file))
        with open("labels.txt") as file:
            labels = file.read().split()
        run.log_metric("loss", digits_model.loss(len(rows) + len(labels)), step=0)

main()
"""
MODEL = "def loss(rows):\n    return 1 / rows\n"
CLIPPED = "def loss(rows):\n    return min(1, 2 / rows)\n"


def make_recorded(folder):
    """Run a program three times in `folder`; returns the URL of its database.

    The second run has a changed module and changed data; the third reads another file.
    """
    (folder / "train.py").write_text(TRAIN)
    (folder / "labels.txt").write_text("zero one two\n")
    (folder / "digits_model.py").write_text(MODEL)
    (folder / "train.csv").write_text("0,1\n1,0\n")
    (folder / "more.csv").write_text("0,1\n1,0\n0,0\n")
    _run(folder)
    (folder / "digits_model.py").write_text(CLIPPED)
    (folder / "train.csv").write_text("0,1\n1,1\n")
    _run(folder)
    _run(folder, "data:=more.csv")
    return f"sqlite:///{folder}/experiments.db"


def _run(folder, *words):
    done = subprocess.run(
        [sys.executable, "train.py", *words],
        cwd=str(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout.decode()
