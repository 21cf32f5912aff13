"""Whatever an export or a database says of a copy: only what was logged is read and passed on."""

import hashlib
import json
import os
import sqlite3

import pytest

from ato_sql import DatabaseError, SQLLogger, TrackerWarning

PNG = b"\x89PNG\r\n\x1a\n"
SECRET = b"root:x:0:0"


def config_of(database):
    return {"experiment": {"project_name": "p", "sql": {"db_path": str(database)}}}


@pytest.fixture
def run(tmp_path):
    """A run with two images and a copied file."""
    logger = SQLLogger(config_of(tmp_path / "a" / "a.db"))
    with logger.start() as run:
        run.log_metric("loss", 0.5)
        run.log_image("im", PNG + b"first", step=0)
        run.log_image("im", PNG + b"second", step=1)
        run.log_artifact(__file__, "code", copy=True)
    logger.close()
    return run.uuid


@pytest.fixture
def source(tmp_path, run, open_finder):
    return open_finder(tmp_path / "a" / "a.db")


@pytest.fixture
def target(tmp_path, open_finder):
    return open_finder(tmp_path / "b" / "b.db")


def changed_export(source, path, change):
    """Export the runs with another row for each artifact, and without the contents."""
    source.export(path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for row in lines[1]["artifacts"]:
        row.update(change)
    kept = [line for line in lines if line["type"] != "content"]
    path.write_text("".join(json.dumps(line) + "\n" for line in kept))


@pytest.fixture
def victim(tmp_path):
    """A file that is no copy, by names that a hostile export may use."""
    digest = "ab" * 32
    folder = tmp_path / "else" / "ab"
    folder.mkdir(parents=True)
    (folder / digest).write_bytes(SECRET)
    (tmp_path / "secret").write_bytes(SECRET)
    return {
        "any file": {"stored": str(tmp_path / "secret"), "content_hash": digest},
        "its own hash": {
            "stored": str(tmp_path / "secret"),
            "content_hash": hashlib.sha256(SECRET).hexdigest(),
        },
        "named as a copy is": {"stored": str(folder / digest), "content_hash": digest},
        "from the own folder": {"stored": "../secret", "content_hash": digest},
        "a device": {"stored": "/dev/zero", "content_hash": digest, "size": 10},
        "no hash": {"stored": str(tmp_path / "secret"), "content_hash": None},
    }


NAMES = (
    "any file",
    "its own hash",
    "named as a copy is",
    "from the own folder",
    "a device",
    "no hash",
)


@pytest.mark.filterwarnings("ignore:.*comes without")
@pytest.mark.parametrize("name", NAMES)
class TestPaths:
    def test_of_an_import_are_neither_read_nor_exported(
        self, tmp_path, run, source, target, victim, name
    ):
        changed_export(source, tmp_path / "e.jsonl", victim[name])
        target.import_(tmp_path / "e.jsonl")
        self.nothing_leaks(tmp_path, run, target)

    def test_of_a_database_are_neither_read_nor_exported(
        self, tmp_path, run, source, open_finder, victim, name
    ):
        source.close()
        with sqlite3.connect(str(tmp_path / "a" / "a.db")) as connection:
            for column, value in victim[name].items():
                connection.execute(f"UPDATE artifacts SET {column} = ?", (value,))
        connection.close()
        self.nothing_leaks(tmp_path, run, open_finder(tmp_path / "a" / "a.db"))

    @staticmethod
    def nothing_leaks(tmp_path, run, finder):
        for one in [*finder.media(run), *finder.artifacts(run)]:
            with pytest.raises((FileNotFoundError, DatabaseError)):
                one.read()
        finder.export(tmp_path / "again.jsonl")
        assert '"content"' not in (tmp_path / "again.jsonl").read_text()


class TestDamagedCopies:
    """A byte that was added to one image."""

    @pytest.fixture
    def damaged(self, run, source):
        (first, _) = source.media(run)
        with open(first.stored, "ab") as file:
            file.write(b"!")
        return first

    def test_reading_says_so(self, damaged):
        with pytest.raises(DatabaseError, match="damaged: it is not what was logged"):
            damaged.read()

    @staticmethod
    def check(finder, run):
        gone, kept = finder.media(run)
        assert kept.read() == PNG + b"second"
        with pytest.raises(FileNotFoundError, match="no copy"):
            gone.read()
        assert len(finder.get_metrics(run, "loss")) == 1

    def test_a_merge_takes_all_else_and_names_it(self, tmp_path, run, damaged, target):
        with pytest.warns(TrackerWarning, match="without the content of image 'im', step 0: "):
            target.merge(tmp_path / "a" / "a.db")
        self.check(target, run)

    def test_an_export_names_it_and_can_be_imported(self, tmp_path, run, damaged, source, target):
        with pytest.warns(TrackerWarning, match="run 1 comes without the content of image 'im'"):
            source.export(tmp_path / "e.jsonl")
        assert target.import_(tmp_path / "e.jsonl").added == [run]
        self.check(target, run)

    def test_one_that_is_gone_is_named_too(self, tmp_path, damaged, source):
        os.remove(damaged.stored)
        with pytest.warns(TrackerWarning, match="not there any more"):
            source.export(tmp_path / "e.jsonl")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="makes a pipe")
    def test_a_pipe_in_its_place_hangs_nothing(self, tmp_path, run, damaged, source):
        os.remove(damaged.stored)
        os.mkfifo(damaged.stored)
        with pytest.raises(FileNotFoundError):
            damaged.read()
        with pytest.warns(TrackerWarning, match="comes without"):
            source.export(tmp_path / "e.jsonl")


def test_a_merged_file_is_read_where_the_other_database_has_it(tmp_path, run, source, target):
    target.merge(tmp_path / "a" / "a.db")
    (artifact,) = target.artifacts(run)
    with open(__file__, "rb") as file:
        assert artifact.read() == file.read()
