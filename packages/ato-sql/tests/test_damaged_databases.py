"""What is damaged in one row leaves the others readable, and commands say so in one line."""

import contextlib
import sqlite3

import pytest

from ato_sql.cli import main


@pytest.fixture
def damaged(path, logger, finder):
    """Two runs, of which the first is given a value that ato does not write."""

    def damaged(column, value, table="experiments"):
        for _ in range(2):
            with logger.start() as run:
                run.log_metric("loss", 10**30)
        logger.close()
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            key = "id" if table == "experiments" else "run_id"
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = 1", (value,))
        return finder

    return damaged


DAMAGE = [
    ("start_time", "{}"),
    ("heartbeat", "a\nb"),
    ("config", "{"),
    ("tags", "nul"),
    ("config", 7),
]


@pytest.mark.parametrize(("column", "value"), DAMAGE)
def test_a_value_that_cannot_be_read_hides_no_other_run(damaged, path, capsys, column, value):
    damaged(column, value)
    assert main(["show", "2", "--db", path]) == 0
    for command in (["runs"], ["show", "1"], ["compare", "1", "2"], ["runs", "--json"]):
        capsys.readouterr()
        assert main([*command, "--db", path]) in (0, 1, 2)
        assert len(capsys.readouterr().err.splitlines()) <= 1


def test_a_metric_whose_exact_value_is_damaged_has_the_rounded_one(damaged):
    finder = damaged("special", "many", "metrics")
    assert [point.value for point in finder.get_metrics(1, "loss")] == [1e30]


def test_a_text_that_is_none_is_one_line(damaged, path, capsys):
    damaged("status", 7)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE experiments SET status = CAST(X'FFFE' AS TEXT) WHERE id = 1")
    assert main(["show", "1", "--db", path]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("revision", ['"', "0000", "12", "", "\x1b[2J", "00051"])
def test_a_revision_that_no_version_writes_is_one_line(damaged, path, capsys, revision):
    damaged("status", "failed")
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE ato_sql_schema SET version_num = ?", (revision,))
    for command in ("runs", "show last", "gc"):
        capsys.readouterr()
        assert main([*command.split(), "--db", path]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert "no version of ato-sql writes" in line
        assert line.isprintable()
