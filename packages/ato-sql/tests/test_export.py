"""Runs as files, and back."""

import gzip
import io
import json
import math
import os

import pytest

from ato_sql import DatabaseError, NotFoundError
from helping import Print


@pytest.fixture
def run(logger):
    with logger.start(tags=["a"], fingerprints={"static": {"f": "abc"}}) as run:
        for step, value in enumerate([0.5, math.nan, -math.inf, 2**60 + 1]):
            run.log_metric("loss", value, step)
        run.log_note("hello")
        run.log_artifact(__file__, "code")
    return run


class TestExport:
    def test_a_run_comes_back_whole(self, finder, open_finder, run, tmp_path):
        assert finder.export(tmp_path / "runs.jsonl") == 1
        other = open_finder(tmp_path / "other.sqlite")
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

    def test_importing_twice_changes_nothing(self, finder, open_finder, run, tmp_path):
        finder.export(tmp_path / "runs.jsonl")
        assert finder.import_(tmp_path / "runs.jsonl") == ([], [], [run.uuid])
        assert len(finder.get_metrics(run.id, "loss")) == 4

    def test_a_run_taken_in_while_it_ran_is_brought_up_to_date(
        self, logger, finder, open_finder, tmp_path
    ):
        run = logger.start()
        run.log_metric("loss", 0.5, 0)
        finder.export(tmp_path / "early.jsonl")
        other = open_finder(tmp_path / "other.sqlite")
        other.import_(tmp_path / "early.jsonl")
        run.log_metric("loss", 0.4, 1)
        run.finish()
        finder.export(tmp_path / "late.jsonl")
        assert other.import_(tmp_path / "late.jsonl").updated == [run.uuid]
        assert other.import_(tmp_path / "early.jsonl").known == [run.uuid]
        assert other.find_run(run.uuid).status == "completed"
        assert len(other.get_metrics(run.uuid, "loss")) == 2

    def test_a_name_with_gz_is_compressed(self, finder, open_finder, run, tmp_path):
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

    def test_a_torn_file_adds_the_runs_before_the_tear(
        self, logger, finder, open_finder, run, tmp_path
    ):
        logger.start().finish()
        finder.export(tmp_path / "runs.jsonl")
        lines = (tmp_path / "runs.jsonl").read_text().splitlines(True)
        (tmp_path / "torn.jsonl").write_text("".join(lines[:-1]))
        other = open_finder(tmp_path / "other.sqlite")
        with pytest.raises(DatabaseError, match="ends within run"):
            other.import_(tmp_path / "torn.jsonl")
        assert [r.uuid for r in other.search()] == [run.uuid]

    def test_what_is_no_export_makes_no_database(self, open_finder, tmp_path):
        (tmp_path / "x.jsonl").write_text("hello\n")
        with pytest.raises(DatabaseError):
            open_finder(tmp_path / "new.db").import_(tmp_path / "x.jsonl")
        assert not (tmp_path / "new.db").exists()

    @pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs a device without an end")
    def test_what_never_ends_is_refused(self, finder):
        with pytest.raises(DatabaseError, match="/dev/zero, line 1: no line of an export is so"):
            finder.import_("/dev/zero")

    def test_a_file_of_something_else_is_refused(self, finder, tmp_path):
        (tmp_path / "x.jsonl").write_text('{"a": 1}\n')
        with pytest.raises(DatabaseError, match="not an export of ato-sql"):
            finder.import_(tmp_path / "x.jsonl")
        (tmp_path / "x.jsonl").write_text("hello\n")
        with pytest.raises(DatabaseError, match=r"x\.jsonl, line 1: not JSON"):
            finder.import_(tmp_path / "x.jsonl")

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            ("", r"x\.jsonl: this is not an export of ato-sql"),
            ('{"type": "mine"}\n', r"x\.jsonl, line 1: this is not an export of ato-sql"),
            ('{"type": "ato-sql"}\n', r"x\.jsonl, line 1: this export does not say its format"),
            ('{"type": "ato-sql", "format": 1}\n{"type": "metrics"}\n', "line 2: expected a run"),
            ('{"type": "ato-sql", "format": 1}\n{"type": "run"}\n', "line 2: run .*: uuid must be"),
            ("[1]\n", "line 1: not a record"),
            ('{"type": "ato-sql", "format": 1}\n3\n', "line 2: not a record"),
            ('{"type": "ato-sql", "format": 1}\n{"type": "end"}\n', "of type 'end'"),
        ],
    )
    def test_a_file_with_wrong_lines_is_refused_by_name(self, finder, tmp_path, lines, message):
        (tmp_path / "x.jsonl").write_text(lines)
        with pytest.raises(DatabaseError, match=message):
            finder.import_(tmp_path / "x.jsonl")

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"\x1f\x8b garbage", r"x\.jsonl\.gz: not compressed as \.gz is \(Unknown compression"),
            (b"garbage", r"x\.jsonl\.gz: not compressed as \.gz is \(Not a gzip"),
        ],
    )
    def test_a_damaged_compressed_file_is_refused_by_name(self, finder, tmp_path, content, message):
        (tmp_path / "x.jsonl.gz").write_bytes(content)
        with pytest.raises(DatabaseError, match=message):
            finder.import_(tmp_path / "x.jsonl.gz")

    def test_a_missing_file_is_the_systems_own_error(self, finder, tmp_path):
        with pytest.raises(FileNotFoundError):
            finder.import_(tmp_path / "x.jsonl")

    def test_only_some_runs_are_written_in_the_order_they_were_named(
        self, finder, trials, tmp_path
    ):
        uuid = finder.get_run(trials[0]).uuid
        assert finder.export(tmp_path / "x.jsonl", run_ids=[trials[2], uuid]) == 2
        lines = [json.loads(line) for line in open(str(tmp_path / "x.jsonl"))]
        written = [line["config"]["lr"] for line in lines if line["type"] == "run"]
        assert written == [0.001, 0.1]

    def test_only_one_project_is_written(self, config, open_logger, finder, run, tmp_path):
        config.experiment.project_name = "other"
        open_logger(config).start().finish()
        assert finder.export(tmp_path / "x.jsonl", project_name="other") == 1
        assert finder.export(tmp_path / "x.jsonl") == 2

    def test_no_runs_are_an_export_too(self, finder, open_finder, run, tmp_path):
        finder.delete_run(run.id)
        assert finder.export(tmp_path / "x.jsonl") == 0
        other = open_finder(tmp_path / "other.sqlite")
        assert other.import_(tmp_path / "x.jsonl") == ([], [], [])

    def test_an_unknown_run_leaves_the_old_file_as_it_was(self, finder, run, tmp_path):
        (tmp_path / "x.jsonl").write_text("precious")
        with pytest.raises(NotFoundError, match="no run 99"):
            finder.export(tmp_path / "x.jsonl", run_ids=[run.id, 99])
        assert (tmp_path / "x.jsonl").read_text() == "precious"

    def test_a_file_that_cannot_be_written_leaves_nothing_behind(self, finder, run, tmp_path):
        (tmp_path / "x.jsonl").mkdir()
        with pytest.raises(OSError):
            finder.export(tmp_path / "x.jsonl")
        assert sorted(os.listdir(str(tmp_path / "x.jsonl"))) == []
        assert not [name for name in os.listdir(str(tmp_path)) if name.startswith(".")]

    def test_an_open_file_gets_the_same_lines(self, finder, run, tmp_path):
        finder.export(tmp_path / "x.jsonl")
        file = io.StringIO()
        assert finder.export_to(file) == 1
        assert file.getvalue() == (tmp_path / "x.jsonl").read_text()

    def test_sources_and_environment_travel_along(self, logger, finder, open_finder, tmp_path):
        made = Print("abc", source="def f(): ...", location="f.py:1")
        with logger.start(fingerprints={"f": made}) as run:
            pass
        finder.export(tmp_path / "x.jsonl")
        other = open_finder(tmp_path / "other.sqlite")
        other.import_(tmp_path / "x.jsonl")
        assert other.get_fingerprint_source("abc").location == "f.py:1"
        assert other.search({"config.lr": 0.1})[0].uuid == run.uuid
        again = open_finder(tmp_path / "other.sqlite")
        assert again.compare(run.uuid, run.uuid).environment == {}

    def test_a_run_of_many_metrics_comes_back_whole(self, logger, finder, open_finder, tmp_path):
        with logger.start() as run:
            for step in range(2500):
                run.log_metric("loss", float(step), step)
        finder.export(tmp_path / "x.jsonl.gz")
        other = open_finder(tmp_path / "other.sqlite")
        other.import_(tmp_path / "x.jsonl.gz")
        assert other.get_metrics(run.uuid, "loss") == finder.get_metrics(run.uuid, "loss")
        assert other.get_summaries([1])[1]["loss"].count == 2500

    def test_an_export_of_a_newer_format_is_refused(self, finder, tmp_path):
        (tmp_path / "x.jsonl").write_text('{"type": "ato-sql", "format": 99}\n')
        with pytest.raises(DatabaseError, match="format 99.*upgrade ato-sql"):
            finder.import_(tmp_path / "x.jsonl")
