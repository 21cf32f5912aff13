"""An import takes what fits the schema and says in one line what does not."""

import json

import pytest

from ato_sql import DatabaseError, SQLFinder
from ato_sql.cli import main


@pytest.fixture
def export(tmp_path, logger, finder):
    """The records of an export of one run, to be changed; and how to import them."""
    with logger.start(tags=["base"]) as run:
        run.log_metric("loss", 0.5)
        run.log_note("a note")
    finder.export(str(tmp_path / "runs.jsonl"))
    lines = (tmp_path / "runs.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture
def take(tmp_path):
    database = str(tmp_path / "other.db")

    def take(records):
        (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, records)))
        other = SQLFinder({"experiment": {"sql": {"db_path": database}}})
        return other, lambda: other.import_(str(tmp_path / "in.jsonl"))

    return take


DAMAGE = [
    ("uuid", 7, "uuid must be a text"),
    ("project", None, "project must be a text"),
    ("start_time", "yesterday", "start_time cannot be 'yesterday'"),
    ("start_time", 1e300, "start_time cannot be"),
    ("tags", "base", "tags must be a list of texts"),
    ("command", [1], "command must be a list of texts"),
    ("status", ["x"], "status cannot be"),
    ("pid", 2**70, "pid cannot be"),
    ("git_dirty", "no", "git_dirty cannot be"),
    ("notes", "x", "notes must be a list of rows"),
    ("notes", [{"text": 1}], "notes: text cannot be 1"),
    ("no_such", 1, "there is no column 'no_such'"),
    ("config", None, "config cannot be None"),
    ("environment", [1], "environment must be a mapping"),
    ("environment_hash", None, "environment_hash is missing, which names its environment"),
]


def test_a_value_that_does_not_fit_is_named_and_nothing_of_its_run_is_stored(export, take):
    for name, value, problem in DAMAGE:
        run = {**export[1], name: value}
        other, act = take([export[0], run, *export[2:]])
        with pytest.raises(DatabaseError, match=problem):
            act()
        assert other.count() == 0


@pytest.mark.parametrize(
    "row",
    [
        ["loss", "x", 0, 1.0, None],
        ["loss", 1.0, 2**64, 1.0, None],
        ["loss", 1.0, 0, 1.0, "many"],
        ["loss", 1.0, 0],
        [None, 1.0, 0, 1.0, None],
        7,
    ],
)
def test_a_metric_that_does_not_fit_is_refused_with_its_run(export, take, row):
    records = [{**one, "rows": [row]} if one["type"] == "metrics" else one for one in export]
    other, act = take(records)
    with pytest.raises(DatabaseError, match="metric"):
        act()
    assert other.count() == 0


def test_what_is_whole_is_taken(export, take):
    other, act = take(export)
    assert len(act().added) == 1
    assert other.count() == 1


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe\0", b'{"type": "ato-sql", "format": "x"}\n', b"[" * 100_000, b'{"a": NaN}', b""],
)
def test_a_file_that_is_no_export_is_one_line(tmp_path, capsys, data):
    (tmp_path / "in.jsonl").write_bytes(data)
    words = ["import", str(tmp_path / "in.jsonl"), "--db", str(tmp_path / "x.db")]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert len(said) < 500


@pytest.mark.parametrize("run", ["9" * 5000, "99999999999999999999", "²", "\x1b[2J", "-2", "a\nb"])
def test_no_number_of_a_run_is_too_odd_for_one_line(path, logger, capsys, run):
    logger.run()
    logger.finish()
    assert main(["show", "--db", path, "--", run]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert len(said) < 3000
    assert "\x1b" not in said
