"""Which files an export takes for earlier ones, and what an import says of each line."""

import gzip
import io
import json

import pytest

from ato_sql import DatabaseError, ExportError


@pytest.fixture
def run(logger):
    with logger.start(name="calm") as run:
        run.log_metric("loss", 0.5)
    return run


class TestWhatIsReplaced:
    @pytest.mark.parametrize("name", ["runs.jsonl", "runs.txt", "runs", "runs.jsonl.gz"])
    def test_an_earlier_export_under_any_name(self, run, finder, tmp_path, name):
        assert finder.export(tmp_path / name) == finder.export(tmp_path / name) == 1

    def test_earlier_metrics(self, run, finder, tmp_path):
        finder.export_metrics(tmp_path / "metrics.csv")
        assert finder.export_metrics(tmp_path / "metrics.csv") == 1

    def test_an_empty_file(self, run, finder, tmp_path):
        (tmp_path / "runs.jsonl").touch()
        assert finder.export(tmp_path / "runs.jsonl") == 1

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("runs.jsonl", b"not json\n"),
            ("runs.jsonl", b'["a list"]\n'),
            ("runs.jsonl", b'{"type": "mine"}\n'),
            ("runs.jsonl", b"\xff\xfe\n"),
            ("runs.jsonl.gz", b"not compressed"),
            ("runs.jsonl.gz", gzip.compress(b"mine")),
            ("runs.jsonl.gz", gzip.compress(b'{"type":"ato-sql"}')[:-9]),
        ],
        ids=["words", "list", "another", "bytes", "plain", "packed words", "cut"],
    )
    def test_nothing_else(self, run, finder, tmp_path, name, content):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ExportError, match="exists and is no such export; name another file"):
            finder.export(tmp_path / name)
        assert (tmp_path / name).read_bytes() == content

    @pytest.mark.parametrize(
        ("name", "content"), [("m.csv", b"a,b\n1,2\n"), ("m.parquet", b"PAR2"), ("m.pq", b"mine")]
    )
    def test_of_metrics_nothing_else_either(self, run, finder, tmp_path, name, content):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ExportError, match="exists and is no such export"):
            finder.export_metrics(tmp_path / name)

    @pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
    def test_nothing_that_would_be_part_of_a_database(self, run, finder, tmp_path, ending):
        (tmp_path / "other.db").write_bytes(b"SQLite format 3\0")
        with pytest.raises(ExportError, match="would be taken for a part of the database"):
            finder.export(tmp_path / f"other.db{ending}")

    def test_force_replaces_all_but_the_database_itself(self, run, finder, tmp_path, path):
        (tmp_path / "notes.txt").write_text("mine")
        assert finder.export(tmp_path / "notes.txt", force=True) == 1
        with pytest.raises(ExportError, match="is the database itself; name another file"):
            finder.export(path, force=True)

    def test_an_export_error_is_one_of_files_that_exist(self, run, finder, tmp_path):
        (tmp_path / "notes.txt").write_text("mine")
        with pytest.raises(FileExistsError):
            finder.export(tmp_path / "notes.txt")


class TestWhatIsChosen:
    def test_some_runs_by_id_and_uuid_in_their_order(self, logger, run, finder):
        with logger.start() as second:
            pass
        file = io.StringIO()
        assert finder.export_to(file, run_ids=[second.uuid, run.id]) == 2
        records = [json.loads(line) for line in file.getvalue().splitlines()]
        uuids = [record["uuid"] for record in records if record["type"] == "run"]
        assert uuids == [second.uuid, run.uuid]

    def test_one_project(self, config, open_logger, run, finder):
        config.experiment.project_name = "other"
        open_logger(config).start().finish()
        assert finder.export_to(io.StringIO(), project_name="other") == 1

    def test_no_runs_at_all(self, run, finder):
        file = io.StringIO()
        assert finder.export_to(file, run_ids=[]) == 0
        assert json.loads(file.getvalue()) == {"type": "ato-sql", "format": 1}

    def test_a_run_is_followed_by_its_metrics_and_its_end(self, run, finder):
        file = io.StringIO()
        finder.export_to(file)
        kinds = [json.loads(line)["type"] for line in file.getvalue().splitlines()]
        assert kinds == ["ato-sql", "run", "metrics", "end"]


class TestWhatIsRefused:
    @pytest.fixture
    def taken(self, run, finder, open_finder, tmp_path):
        """Import the export of a run whose records were changed; return the other database."""
        finder.export(tmp_path / "runs.jsonl")
        records = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text().splitlines()]

        def taken(change):
            lines = "\n".join(map(json.dumps, change(records)))
            (tmp_path / "changed.jsonl").write_text(lines)
            other = open_finder(tmp_path / "other.db")
            other.import_(tmp_path / "changed.jsonl")
            return other

        return taken

    def test_what_is_unchanged_is_taken(self, taken):
        assert taken(lambda records: records).named_run("calm").status == "completed"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda r: [], "this is not an export of ato-sql"),
            (lambda r: [{"type": "mine"}], "this is not an export of ato-sql"),
            (lambda r: [{"type": "ato-sql"}], "this export does not say its format"),
            (
                lambda r: [{"type": "ato-sql", "format": 99}],
                "format 99, written by a newer",
            ),
            (lambda r: [r[0], r[2]], "expected a run, found a record of type 'metrics'"),
            (lambda r: r[:-1], "the export ends within run .*; it was not added"),
            (lambda r: [r[0], r[1], {"type": "odd"}, r[3]], "expected metrics, found 'odd'"),
            (lambda r: [r[0], r[1], {"type": "metrics", "rows": 3}, r[3]], "expected metrics"),
            (lambda r: [r[0], r[1], {"type": "content"}, r[3]], "a content needs hash and data"),
        ],
    )
    def test_a_record_that_is_none(self, taken, change, message):
        with pytest.raises(DatabaseError, match=message):
            taken(change)

    @pytest.mark.parametrize(
        "row",
        [
            ["loss", 0.5, 0, 1.0],
            ["", 0.5, 0, 1.0, None],
            ["x" * 256, 0.5, 0, 1.0, None],
            ["loss", "high", 0, 1.0, None],
            ["loss", True, 0, 1.0, None],
            ["loss", 0.5, 0.5, 1.0, None],
            ["loss", 0.5, 2**63, 1.0, None],
            ["loss", 0.5, 0, 1e300, None],
            ["loss", 0.5, 0, 1.0, "odd"],
            ["loss", 0.5, 0, 1.0, 3],
            ["loss", 0.5, 0, 1.0, "1" * 4301],
            "loss",
        ],
    )
    def test_a_metric_that_is_none(self, taken, row):
        def change(records):
            return [*records[:2], {"type": "metrics", "rows": [row]}, records[3]]

        with pytest.raises(DatabaseError, match="is no metric|a metric is key, value, step"):
            taken(change)

    @pytest.mark.parametrize("special", [None, "nan", "inf", "-inf", "-0.0", "12345", "-9"])
    def test_a_metric_of_any_number_is_one(self, taken, special):
        def change(records):
            row = ["loss", 0.0, 0, None, special]
            return [*records[:2], {"type": "metrics", "rows": [row]}, records[3]]

        assert len(taken(change).get_metrics(1, "loss")) == 1

    def test_what_lies_too_deep_is_refused(self, taken):
        deep = 1
        for _ in range(200):
            deep = [deep]
        with pytest.raises(DatabaseError, match="nested more than 100 levels deep"):
            taken(lambda r: [r[0], {**r[1], "provenance": deep}, *r[2:]])

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            (b'{"type":"ato-sql","format":1}\nnot json\n', "line 2: not JSON"),
            (b"[1]\n", "line 1: not a record"),
            (b'{"type": NaN}\n', "line 1: not JSON"),
            (b'{"type":"ato-sql","format":1}\n\xff\n', "no text in UTF-8"),
        ],
    )
    def test_a_line_that_is_none_is_numbered(self, finder, tmp_path, lines, message):
        (tmp_path / "in.jsonl").write_bytes(lines)
        with pytest.raises(DatabaseError, match=message):
            finder.import_(tmp_path / "in.jsonl")

    def test_a_compressed_file_that_is_torn_says_so(self, run, finder, open_finder, tmp_path):
        finder.export(tmp_path / "runs.jsonl.gz")
        whole = (tmp_path / "runs.jsonl.gz").read_bytes()
        (tmp_path / "torn.jsonl.gz").write_bytes(whole[: len(whole) // 2])
        with pytest.raises(DatabaseError, match=r"torn.*: damaged or cut off \(Compressed"):
            open_finder(tmp_path / "other.db").import_(tmp_path / "torn.jsonl.gz")
