"""Deleting runs, and what nothing refers to any more."""

import math
import os
import sqlite3

import pytest

from ato_sql import Cleanup, NotFoundError, TrackerError
from helping import Print


@pytest.fixture
def run(logger):
    with logger.start(tags=["a"], fingerprints={"static": {"f": "abc"}}) as run:
        for step, value in enumerate([0.5, math.nan, -math.inf, 2**60 + 1]):
            run.log_metric("loss", value, step)
        run.log_note("hello")
        run.log_artifact(__file__, "code")
    return run


def test_nothing_of_a_deleted_run_is_left(finder, run):
    finder.delete_run(run.id)
    assert finder.find_run(run.id) is None
    assert finder.search({"metric.loss": ("exists", True)}) == []


def test_a_running_run_is_only_deleted_by_force(logger, finder):
    run = logger.start()
    with pytest.raises(TrackerError, match="running.*force=True"):
        finder.delete_run(run.id)
    run.finish()
    finder.delete_run(run.id)


def test_the_copy_goes_with_its_last_run(logger, finder, tmp_path):
    runs = [logger.start(), logger.start()]
    for each in runs:
        each.log_artifact(__file__, "code", copy=True)
        each.finish()
    stored = finder.find_run(runs[0].id).artifacts[0].stored
    finder.delete_run(runs[0].id)
    assert os.path.exists(stored)
    finder.delete_run(runs[1].id)
    assert not os.path.exists(stored)


def test_it_is_named_by_its_uuid_too(finder, run):
    finder.delete_run(run.uuid, vacuum=False)
    assert finder.search() == []


def test_an_unknown_run_is_an_error(finder, run):
    with pytest.raises(NotFoundError, match="there is no run 99"):
        finder.delete_run(99)


def test_force_deletes_a_run_that_runs_elsewhere(logger, finder, path):
    run = logger.start()
    run.finish()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE experiments SET status = 'running', host = 'another'")
    with pytest.raises(TrackerError, match="running"):
        finder.delete_run(run.id)
    finder.delete_run(run.id, force=True)
    assert finder.find_run(run.uuid) is None


def test_a_run_that_is_deleted_while_it_goes_on_does_not_come_back(logger, finder, tmp_path):
    run, other = logger.start(), logger.start()
    run.log_metric("loss", 1.0)
    finder.export(tmp_path / "kept.jsonl")
    finder.delete_run(run.id, force=True)
    run.log_metric("loss", 2.0)
    other.log_metric("loss", 3.0)
    run.finish()
    other.finish()
    assert finder.find_run(run.uuid) is None
    assert finder.get_metrics(other.uuid, "loss")[0].value == 3.0
    assert finder.import_(tmp_path / "kept.jsonl").added == [run.uuid]


def test_other_runs_stay_as_they_are(finder, trials):
    before = repr(finder.get_metrics(trials[1], "acc"))
    finder.delete_run(trials[0])
    assert [r.id for r in finder.search()] == trials[1:]
    assert repr(finder.get_metrics(trials[1], "acc")) == before


def test_the_file_gives_the_space_back(logger, finder, path):
    with logger.start() as run:
        for step in range(20_000):
            run.log_metric("loss", float(step), step)
    logger.close()
    before = os.path.getsize(path)
    finder.delete_run(run.id)
    assert os.path.getsize(path) < before / 2


def test_a_copied_folder_goes_with_its_last_run(logger, finder, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").write_bytes(b"1")
    with logger.start() as run:
        run.log_artifact(tmp_path / "out", "folder", copy=True)
    stored = finder.get_run(run.id).artifacts[0].stored
    assert os.path.isdir(stored)
    finder.delete_run(run.id)
    assert not os.path.exists(stored)


def test_gc_of_a_tidy_database_removes_nothing(logger, finder, run):
    assert finder.gc() == ([], 0, 0, 0, [], None)
    assert finder.get_metrics(run.id, "loss")


def test_a_dry_run_removes_nothing(logger, finder):
    with logger.start(fingerprints={"f": Print("abc", source="x")}) as run:
        pass
    finder.delete_run(run.id)
    done = finder.gc(dry_run=True)
    assert isinstance(done, Cleanup)
    assert (done.sources, done.environments) == (1, 1)
    assert finder.get_fingerprint_source("abc").source == "x"


def test_gc_removes_what_nothing_refers_to_once_it_is_old(logger, finder, run, tmp_path):
    folder = tmp_path / "runs.sqlite.artifacts"
    run = logger.start()
    run.log_artifact(__file__, "code", copy=True)
    run.finish()
    (folder / "00").mkdir()
    (folder / "00" / "orphan").write_bytes(b"123")
    assert finder.gc(dry_run=True).artifacts == []  # its row may still be on its way


def test_gc_drops_sources_of_deleted_runs(logger, finder):
    run = logger.start(fingerprints={"f": Print("abc", source="def f(): ...")})
    run.finish()
    finder.delete_run(run.id)
    assert finder.gc(dry_run=True).sources == 1
    assert finder.gc().sources == 1
    assert finder.get_fingerprint_source("abc") is None
