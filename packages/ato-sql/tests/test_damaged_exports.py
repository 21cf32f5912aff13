"""An import takes what fits the schema and says in one line what does not."""

import contextlib
import json
import sqlite3

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
    ("config", [1], "config must be a mapping"),
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


@pytest.fixture
def several(tmp_path, logger, finder):
    """The lines of an export of three runs, and which of them are of which run."""
    uuids = []
    for number in range(3):
        with logger.start() as run:
            run.log_metric("loss", 0.5 * number)
        uuids.append(run.uuid)
    finder.export(str(tmp_path / "several.jsonl"))
    lines = (tmp_path / "several.jsonl").read_text().splitlines()
    return uuids, [json.loads(line) for line in lines]


def left_out(records, number, how):
    """Damage the run of this number: its first record, its metrics, or its end."""
    place = [at for at, one in enumerate(records) if one["type"] == "run"][number]
    if how == "run":
        records[place] = {**records[place], "tags": 7}
    elif how == "metrics":
        records[place + 1] = {"type": "metrics", "rows": [7]}
    elif how == "end":
        del records[place + 2]
    else:
        records[place + 1] = how
    return records


@pytest.mark.parametrize("how", ["run", "metrics", "end", "no record"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_run_that_cannot_be_taken_keeps_no_other_out(several, take, how, number):
    uuids, records = several
    other, act = take(left_out(records, number, how))
    with pytest.raises(
        DatabaseError, match=r"in\.jsonl, line .*2 other runs are in the data"
    ) as no:
        act()
    assert uuids[number] in str(no.value)
    del uuids[number]
    assert sorted(run.uuid for run in other.search()) == sorted(uuids)


def test_all_runs_that_cannot_be_taken_are_named(several, take):
    uuids, records = several
    other, act = take(left_out(left_out(records, 2, "metrics"), 0, "run"))
    with pytest.raises(DatabaseError, match=r"1 other run is in the database") as no:
        act()
    assert [uuid in str(no.value) for uuid in uuids] == [True, False, True]


def test_a_run_that_another_database_holds_damaged_keeps_no_other_out(
    several, path, logger, tmp_path, open_finder
):
    logger.close()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE metrics SET step = 'x' WHERE run_id = 1")
    other = open_finder(tmp_path / "other.db")
    with pytest.raises(DatabaseError, match=rf"{path}: run '{several[0][0]}': .* is no metric"):
        other.merge(path)
    assert sorted(run.uuid for run in other.search()) == sorted(several[0][1:])


EDGES = '{"edges": [-Infinity, 0.0, Infinity], "counts": [1, NaN]}'  # as 3.0.0 may have them


@pytest.fixture
def infinite(path, logger):
    """The UUID of a run with a histogram whose edges are not finite."""
    with logger.start() as run:
        run.log_histogram("weights", [1, 2])
    logger.close()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE artifacts SET data_info = ?", (EDGES,))
    return run.uuid


class TestNumbersThatJSONLacks:
    def read(self, finder, uuid):
        return repr(finder.media(uuid)[0].read())

    def test_an_export_writes_valid_json(self, infinite, finder, tmp_path):
        finder.export(str(tmp_path / "runs.jsonl"))
        for line in (tmp_path / "runs.jsonl").read_text().splitlines():
            json.loads(line, parse_constant=pytest.fail)

    def test_they_survive_the_journey(self, infinite, finder, path, tmp_path, open_finder):
        other = open_finder(tmp_path / "other.db")
        assert other.merge(path).added == [infinite]
        assert self.read(other, infinite) == self.read(finder, infinite) == READ

    @pytest.mark.databases
    def test_they_survive_the_journey_to_a_server(self, infinite, path, url, open_finder):
        other = open_finder(url)
        assert other.merge(path).added == [infinite]
        assert self.read(other, infinite) == READ

    def test_an_export_that_has_them_can_be_imported(self, infinite, finder, tmp_path, take):
        other, act = take([])
        finder.export(str(tmp_path / "runs.jsonl"))
        text = (tmp_path / "runs.jsonl").read_text()
        for name, number in (("Infinity", "inf"), ("-Infinity", "-inf"), ("NaN", "nan")):
            text = text.replace(f'{{"__ato__":"float","value":"{number}"}}', name)
        (tmp_path / "in.jsonl").write_text(text)
        assert "[-Infinity,0.0,Infinity]" in text
        assert act().added == [infinite]
        assert self.read(other, infinite) == READ


READ = "{'edges': [-inf, 0.0, inf], 'counts': [1, nan]}"


@pytest.mark.parametrize(
    "value",
    [
        {"__ato__": "int", "value": None},
        {"__ato__": "int", "value": "many"},
        {"__ato__": "float", "value": {}},
        {"__ato__": "float", "value": [1]},
        {"__ato__": [], "value": 1},
        {"__ato__": "set"},
    ],
)
def test_what_only_looks_like_a_mark_is_a_mapping(export, take, value):
    other, act = take([export[0], {**export[1], "config": {"n": value}}, *export[2:]])
    (added,) = act().added
    assert other.get_config(added) == {"n": value}
    assert [one.uuid for one in other.search()] == [added]


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
