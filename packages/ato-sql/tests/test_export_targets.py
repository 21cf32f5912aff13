"""Which files an export replaces, which it writes to, and which it leaves alone."""

import os
import shutil
import stat
import threading

import pytest

from ato_sql import ExportError
from ato_sql.cli import main


@pytest.fixture
def others(two_runs, here):
    """Files that no export has written."""
    (here / "notes.jsonl").write_text('{"type": "mine"}\n')
    (here / "table.csv").write_text("a,b\n1,2\n")
    (here / "x.parquet").write_text("mine")
    (here / "x.jsonl.gz").write_text("mine")
    (here / "train.py").write_text("import torch\n")
    shutil.copy("experiments.db", "other.db")
    (here / "other.db-wal").touch()
    return [name for name in os.listdir(".") if not name.startswith("experiments")]


def content(name):
    with open(name, "rb") as file:
        return file.read()


def test_no_file_of_another_kind_is_replaced(others, capsys):
    for name in others:
        before = content(name)
        assert main(["export", name]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert name in line
        assert "--force" in line
        assert content(name) == before


def test_force_replaces_it(others, command):
    command("export", "notes.jsonl", "--force")
    assert content("notes.jsonl").startswith(b'{"type":"ato-sql"')


def test_the_database_itself_is_not_replaced_even_by_force(two_runs, capsys):
    os.symlink("experiments.db", "link.db")
    for name in ("experiments.db", "link.db", "experiments.db-wal", "experiments.db-shm"):
        assert main(["export", name, "--force"]) == 2
        assert "the database itself" in capsys.readouterr().err
    assert content("experiments.db").startswith(b"SQLite format 3")


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.csv", "x"])
def test_an_earlier_export_is_replaced(two_runs, command, name):
    command("export", name, "--run", str(two_runs[0]))
    first = content(name)
    command("export", name)
    assert len(content(name)) > len(first)


def test_the_api_says_the_same(two_runs, open_finder, here):
    (here / "x.csv").write_text("a\n")
    finder = open_finder("experiments.db")
    with pytest.raises(ExportError, match=r"x\.csv exists and is no such export.*force=True"):
        finder.export_metrics("x.csv")
    assert finder.export_metrics("x.csv", force=True) == 2
    assert content("x.csv").startswith(b"run_id,project")


@pytest.mark.skipif(os.name == "nt", reason="files of another system")
def test_the_target_of_a_link_is_written_and_its_mode_stays(two_runs, here, command):
    (here / "target").touch()
    os.chmod("target", 0o640)
    os.symlink("target", "link")
    command("export", "link")
    assert os.readlink("link") == "target"
    assert stat.S_IMODE(os.stat("target").st_mode) == 0o640
    assert content("target").startswith(b'{"type":"ato-sql"')


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_written_to(two_runs, here, command):
    os.mkfifo("pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((here / "pipe").read_text()))
    reader.start()
    command("export", "pipe")
    reader.join(30)
    assert read[0].startswith('{"type":"ato-sql"')
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)


def test_a_name_that_ends_as_no_export_does_is_a_slip(two_runs, here, capsys):
    assert main(["export", "x.cvs"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "did you mean '.csv'?" in line
    assert not os.path.exists("x.cvs")


def test_format_says_it_whatever_the_name_ends_in(two_runs, command):
    command("export", "runs.txt", "--format", "jsonl")
    assert content("runs.txt").startswith(b'{"type":"ato-sql"')
