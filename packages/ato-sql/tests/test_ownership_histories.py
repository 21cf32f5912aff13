"""What people do to a project and its databases, step by step: what runs refer to stays."""

import contextlib
import os
import shutil
import time
import warnings

import pytest

from ato_sql import SQLFinder, SQLLogger, TrackerWarning

# Each step is a word and what it is done to; `e` is the database, others are copies of it.
HISTORIES = {
    "a backup is put back in place": "log:e copy:e>b log:e copy:e>aside put:b>e gc:e",
    "it goes on after that": "log:e copy:e>b log:e copy:e>aside put:b>e log:e log:e gc:e",
    "the state aside is put back again": (
        "log:e copy:e>b log:e copy:e>aside put:b>e log:e gc:e copy:e>now put:aside>e gc:e gc:now"
    ),
    "a copy beside it is cleaned up": "log:e copy:e>b log:e gc:b gc:e",
    "a copy beside it goes on for itself": "log:e copy:e>b log:b log:e gc:b gc:e",
    "a copy takes its place by a rename": "log:e copy:e>b log:e move:e>old move:b>e gc:e gc:old",
    "it is renamed and a new one begins": "log:e move:e>old log:e gc:e gc:old",
    "it is renamed there and back": "log:e move:e>b log:b move:b>e log:e gc:e",
    "the whole project moves": "log:e project log:e gc:e",
    "the whole project moves with a backup": (
        "log:e copy:e>b log:e copy:e>aside project put:b>e gc:e log:e gc:e"
    ),
    "a merge into a copy": "log:e copy:e>b log:e merge:e>b gc:b gc:e",
    "a merge there and back": "log:e log:other merge:e>other merge:other>e gc:e gc:other",
    "an emptied database of the same name": "log:e move:e>old touch:e gc:old",
}


def config_of(path):
    return {"experiment": {"project_name": "p", "sql": {"db_path": path, "git": False}}}


class Project:
    """A folder with databases, each of which logs files of one line that no other has."""

    def __init__(self, root):
        self.root, self.folder = root, root / "0"
        self.folder.mkdir()
        self.count = 0

    def do(self, step):
        word, _, operands = step.partition(":")
        getattr(self, word)(*operands.split(">") if operands else ())

    def log(self, name):
        self.count += 1
        file = self.root / "model.bin"
        file.write_text(f"content {self.count}")
        logger = SQLLogger(config_of(self.path(name)))
        with logger.start() as run:
            run.log_artifact(file, "model", copy=True)
        logger.close()
        file.unlink()

    def copy(self, name, other):
        shutil.copy(self.path(name), self.path(other))

    def put(self, name, other):
        shutil.copyfile(self.path(name), self.path(other))  # the file there stays the same one

    def move(self, name, other):
        os.rename(self.path(name), self.path(other))

    def project(self):
        self.count += 1
        moved = self.root / str(self.count)
        os.rename(str(self.folder), str(moved))
        self.folder = moved

    def touch(self, name):
        (self.folder / f"{name}.db").touch()

    def merge(self, name, other):
        with self.finder(other) as finder:
            finder.merge(self.path(name))

    def gc(self, name):
        """Clean up as if all had been logged a day before."""
        for parent, folders, files in os.walk(str(self.folder)):
            for one in folders + files:
                os.utime(os.path.join(parent, one), (time.time() - 86400,) * 2)
        with self.finder(name) as finder:
            finder.gc()

    def path(self, name):
        return str(self.folder / f"{name}.db")

    @contextlib.contextmanager
    def finder(self, name):
        finder = SQLFinder(config_of(self.path(name)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TrackerWarning)  # that copies stay, and why
            try:
                yield finder
            finally:
                finder.close()

    def contents(self):
        """Return what each run of each database finds, by database."""
        found = {}
        for path in sorted(self.folder.glob("*.db")):
            if not path.stat().st_size:
                continue
            with self.finder(path.stem) as finder:
                runs = [finder.get_run(run.id) for run in finder.search()]
                files = [artifact for run in runs for artifact in run.artifacts]
                found[path.stem] = [artifact.read().decode() for artifact in files]
        return found


@pytest.mark.filterwarnings("ignore::ato_sql.TrackerWarning")
@pytest.mark.parametrize("history", sorted(HISTORIES))
def test_every_run_finds_its_file(tmp_path, history):
    project = Project(tmp_path)
    for step in HISTORIES[history].split():
        project.do(step)
    found = project.contents()
    assert found
    for name, texts in found.items():
        assert all(text.startswith("content ") for text in texts), name


def test_what_nobody_refers_to_is_cleaned_up_after_all_that(tmp_path):
    project = Project(tmp_path)
    for step in ("log:e", "copy:e>b", "log:e", "copy:e>aside", "put:b>e"):
        project.do(step)
    os.remove(project.path("aside"))
    runs = project.folder / "e.db.artifacts" / ".owners" / ".runs"
    runs.unlink()  # as the warning says, where no other file has those runs
    project.gc("e")
    copies = [p for p in (project.folder / "e.db.artifacts").glob("*/*") if p.is_file()]
    assert [p.read_text() for p in copies if p.parent.name != ".owners"] == ["content 1"]
