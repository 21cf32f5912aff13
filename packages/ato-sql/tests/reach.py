"""Take a database out of reach, and put it back; leave behind what a killed program leaves."""

import glob
import os

import programs
from programs import settings


def take_away(path):
    """Put the database out of reach: a folder is where its file should be."""
    os.mkdir(path + ".away")
    for name in glob.glob(path + "*"):
        if os.path.isfile(name):
            os.rename(name, os.path.join(path + ".away", os.path.basename(name)))
    os.mkdir(path)


def put_back(path):
    """Undo `take_away`."""
    if os.path.isdir(path):
        os.rmdir(path)
    for name in os.listdir(path + ".away"):
        os.rename(os.path.join(path + ".away", name), os.path.join(os.path.dirname(path), name))
    os.rmdir(path + ".away")


def leave_a_journal(path):
    """Leave what a program leaves that ended with its database out of reach; return the file."""
    os.mkdir(path)
    _, errors = programs.run(
        """
        with SQLLogger(config()).start() as run:
            for step in range(3):
                run.log_metric("loss", float(step), step)
        """,
        **settings(path),
    )
    assert errors.count("TrackerWarning") == 1
    os.rmdir(path)
    (journal,) = glob.glob(os.path.dirname(path) + "/*.ato-journal")
    return journal
