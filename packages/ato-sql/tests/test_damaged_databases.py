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


@pytest.mark.parametrize("text", ['{"lr":', "no config"])
def test_a_config_that_is_none_is_shown_as_damaged(damaged, path, capsys, text):
    damaged("config", text)
    assert main(["show", "1", "--db", path]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "(all)" in line]
    assert "damaged: " in line
    assert main(["compare", "1", "2", "--db", path]) in (0, 1)
    compared = capsys.readouterr().out
    assert "experiment" not in compared  # no key is told to be gone
    (line,) = [line for line in compared.splitlines() if "(all)" in line]
    assert "damaged: " in line


def test_a_metric_whose_exact_value_is_damaged_has_the_rounded_one(damaged):
    finder = damaged("special", "many", "metrics")
    assert [point.value for point in finder.get_metrics(1, "loss")] == [1e30]


def test_a_text_that_is_none_is_one_line(damaged, path, capsys):
    damaged("status", 7)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE experiments SET status = CAST(X'FFFE' AS TEXT) WHERE id = 1")
    assert main(["show", "1", "--db", path]) == 0
    shown = capsys.readouterr()
    assert "status           damaged" in shown.out
    assert len(shown.err.splitlines()) == 1


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


ROWS = [
    ("metric_summaries", "key", b"\xff\xfe\x00"),
    ("metric_summaries", "min", '{"a":'),
    ("metrics", "step", "x"),
    ("metrics", "key", b"\xff\xfe\x00"),
    ("experiments", "project_id", 99),
    ("experiments", "status", b"\xff\xfe\x00"),
    ("experiments", "tags", "7"),
    ("experiments", "command", '{"a": 1}'),
]


@pytest.mark.parametrize(("table", "column", "value"), ROWS)
def test_what_is_damaged_takes_down_its_own_run_at_most(
    damaged, path, capsys, tmp_path, table, column, value
):
    damaged(column, value, table)
    for command in ("runs", "show 2", "tail 2", f"export {tmp_path / 'r.csv'}", "show 1"):
        capsys.readouterr()
        assert main([*command.split(), "--db", path]) == 0, command
        said = capsys.readouterr()
        assert len(said.err.splitlines()) <= 1
        assert said.out
    assert main(["runs", "--db", path]) == 0
    assert any(line.split()[0] == "2" for line in capsys.readouterr().out.splitlines()[1:])


def test_a_damaged_run_is_called_so_beside_the_others(damaged, path, capsys):
    damaged("key", b"\xff\xfe\x00", "metric_summaries")
    assert main(["runs", "--db", path]) == 0
    shown = capsys.readouterr()
    rows = {line.split()[0]: line for line in shown.out.splitlines()[1:]}
    assert "damaged" in rows["1"]
    assert "completed" in rows["2"]
    assert "damaged run 1: what cannot be read" in shown.err
