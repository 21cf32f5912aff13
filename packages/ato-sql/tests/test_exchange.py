"""Runs and metrics as files, and from database to database."""

import csv
import gzip
import json
import math
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ato_sql import DatabaseError, NotFoundError, SQLFinder, SQLLogger, TrackerError


def finder_at(path):
    return SQLFinder({"experiment": {"sql": {"db_path": str(path)}}})


@pytest.fixture
def run(logger, tmp_path):
    with logger.start(tags=["a"], fingerprints={"static": {"f": "abc"}}) as run:
        for step, value in enumerate([0.5, math.nan, -math.inf, 2**60 + 1]):
            run.log_metric("loss", value, step)
        run.log_note("hello")
        run.log_artifact(__file__, "code")
    return run


class TestExport:
    def test_a_run_comes_back_whole(self, finder, run, tmp_path):
        assert finder.export(tmp_path / "runs.jsonl") == 1
        other = finder_at(tmp_path / "other.sqlite")
        done = other.import_(tmp_path / "runs.jsonl")
        assert done == ([run.uuid], [], [])
        here, there = finder.find_run(run.uuid), other.find_run(run.uuid)
        for column in type(here).__table__.columns:
            assert getattr(here, column.name) == getattr(there, column.name), column.name
        assert repr(finder.get_metrics(run.uuid, "loss")) == repr(other.get_metrics(1, "loss"))
        assert [n.text for n in there.notes] == ["hello"]
        assert there.artifacts[0].content_hash == here.artifacts[0].content_hash
        assert there.fingerprints[0].fingerprint == "abc"
        assert other.get_summaries([1])[1]["loss"].last_special == str(2**60 + 1)

    def test_importing_twice_changes_nothing(self, finder, run, tmp_path):
        finder.export(tmp_path / "runs.jsonl")
        assert finder.import_(tmp_path / "runs.jsonl") == ([], [], [run.uuid])
        assert len(finder.get_metrics(run.id, "loss")) == 4

    def test_a_run_taken_in_while_it_ran_is_brought_up_to_date(self, logger, finder, tmp_path):
        run = logger.start()
        run.log_metric("loss", 0.5, 0)
        finder.export(tmp_path / "early.jsonl")
        other = finder_at(tmp_path / "other.sqlite")
        other.import_(tmp_path / "early.jsonl")
        run.log_metric("loss", 0.4, 1)
        run.finish()
        finder.export(tmp_path / "late.jsonl")
        assert other.import_(tmp_path / "late.jsonl").updated == [run.uuid]
        assert other.import_(tmp_path / "early.jsonl").known == [run.uuid]
        assert other.find_run(run.uuid).status == "completed"
        assert len(other.get_metrics(run.uuid, "loss")) == 2

    def test_a_name_with_gz_is_compressed(self, finder, run, tmp_path):
        finder.export(tmp_path / "runs.jsonl.gz")
        with gzip.open(tmp_path / "runs.jsonl.gz") as file:
            assert json.loads(next(file))["type"] == "ato-sql"
        assert finder.import_(tmp_path / "runs.jsonl.gz").known == [run.uuid]

    def test_an_unknown_project_suggests_a_known_one_and_writes_nothing(
        self, finder, run, tmp_path
    ):
        with pytest.raises(NotFoundError, match="'digit'; did you mean 'digits'"):
            finder.export(tmp_path / "runs.jsonl", project_name="digit")
        assert not (tmp_path / "runs.jsonl").exists()

    def test_a_torn_file_adds_the_runs_before_the_tear(self, logger, finder, run, tmp_path):
        logger.start().finish()
        finder.export(tmp_path / "runs.jsonl")
        lines = (tmp_path / "runs.jsonl").read_text().splitlines(True)
        (tmp_path / "torn.jsonl").write_text("".join(lines[:-1]))
        other = finder_at(tmp_path / "other.sqlite")
        with pytest.raises(DatabaseError, match="ends within run"):
            other.import_(tmp_path / "torn.jsonl")
        assert [r.uuid for r in other.search()] == [run.uuid]

    def test_a_file_of_something_else_is_refused(self, finder, tmp_path):
        (tmp_path / "x.jsonl").write_text('{"a": 1}\n')
        with pytest.raises(DatabaseError, match="not an export of ato-sql"):
            finder.import_(tmp_path / "x.jsonl")
        (tmp_path / "x.jsonl").write_text("hello\n")
        with pytest.raises(DatabaseError, match=r"x\.jsonl, line 1: not JSON"):
            finder.import_(tmp_path / "x.jsonl")

    def test_an_export_of_a_newer_format_is_refused(self, finder, tmp_path):
        (tmp_path / "x.jsonl").write_text('{"type": "ato-sql", "format": 99}\n')
        with pytest.raises(DatabaseError, match="format 99.*upgrade ato-sql"):
            finder.import_(tmp_path / "x.jsonl")


@given(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.floats()),
    st.lists(st.tuples(st.floats() | st.integers(), st.integers(-(2**63), 2**63 - 1)), max_size=5),
    st.lists(st.text(max_size=5), max_size=3),
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_was_logged_survives_the_journey(tmp_path, values, metrics, tags):
    path = tmp_path / "source.sqlite"
    logger = SQLLogger(
        {"experiment": {"project_name": "p", "sql": {"db_path": str(path)}}, "v": values}
    )
    with logger.start(tags=tags) as run:
        for value, step in metrics:
            run.log_metric("m", value, step)
    source, target = finder_at(path), finder_at(tmp_path / "target.sqlite")
    assert run.uuid in target.merge(path).added
    here, there = source.find_run(run.uuid), target.find_run(run.uuid)
    assert (here.config, here.tags) == (there.config, there.tags)
    if metrics:
        assert repr(source.get_metrics(run.uuid, "m")) == repr(target.get_metrics(run.uuid, "m"))


class TestMetricFiles:
    def test_csv_has_every_value_exactly(self, finder, run, tmp_path):
        finder.export_metrics(tmp_path / "metrics.csv")
        with open(tmp_path / "metrics.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["value"] for row in rows] == ["0.5", "nan", "-inf", str(2**60 + 1)]
        assert rows[0]["project"] == "digits"

    def test_parquet_reads_back(self, finder, run, tmp_path):
        pandas = pytest.importorskip("pandas")
        pytest.importorskip("pyarrow")
        finder.export_metrics(tmp_path / "metrics.parquet")
        frame = pandas.read_parquet(tmp_path / "metrics.parquet")
        assert list(frame["step"]) == [0, 1, 2, 3]


class TestMerge:
    def test_a_missing_database_is_named_and_not_made(self, finder, tmp_path):
        with pytest.raises(DatabaseError, match=r"no database .*other\.sqlite"):
            finder.merge(tmp_path / "other.sqlite")
        assert not (tmp_path / "other.sqlite").exists()


class TestDeletion:
    def test_nothing_of_a_deleted_run_is_left(self, finder, run):
        finder.delete_run(run.id)
        assert finder.find_run(run.id) is None
        assert finder.search({"metric.loss": ("exists", True)}) == []

    def test_a_running_run_is_only_deleted_by_force(self, logger, finder):
        run = logger.start()
        with pytest.raises(TrackerError, match="running.*force=True"):
            finder.delete_run(run.id)
        run.finish()
        finder.delete_run(run.id)

    def test_the_copy_goes_with_its_last_run(self, logger, finder, tmp_path):
        runs = [logger.start(), logger.start()]
        for each in runs:
            each.log_artifact(__file__, "code", copy=True)
            each.finish()
        stored = finder.find_run(runs[0].id).artifacts[0].stored
        finder.delete_run(runs[0].id)
        assert os.path.exists(stored)
        finder.delete_run(runs[1].id)
        assert not os.path.exists(stored)

    def test_gc_removes_what_nothing_refers_to_once_it_is_old(self, logger, finder, run, tmp_path):
        folder = tmp_path / "runs.sqlite.artifacts"
        run = logger.start()
        run.log_artifact(__file__, "code", copy=True)
        run.finish()
        (folder / "00").mkdir()
        (folder / "00" / "orphan").write_bytes(b"123")
        assert finder.gc(dry_run=True).artifacts == []  # its row may still be on its way

    def test_gc_drops_sources_of_deleted_runs(self, logger, finder):
        class Print(str):
            source = "def f(): ..."

        run = logger.start(fingerprints={"f": Print("abc")})
        run.finish()
        finder.delete_run(run.id)
        assert finder.gc(dry_run=True).sources == 1
        assert finder.gc().sources == 1
        assert finder.get_fingerprint_source("abc") is None
