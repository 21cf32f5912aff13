"""Databases of other programs: said to be so in one line, and left as they are."""

import glob
import os
import shutil
import sqlite3

import pytest
from sqlalchemy import create_engine, text

import servers
from ato_sql import DatabaseError, SQLFinder, SQLLogger
from ato_sql.cli import main
from ato_sql.reading import ReadOnlyDatabase

WRITTEN_BY_221 = os.path.join(os.path.dirname(__file__), "data", "ato-2.2.1.sqlite")
ALEMBIC = "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES "
PROGRAMS = {
    "app": "CREATE TABLE user (name TEXT); INSERT INTO user VALUES ('me')",
    "alembic": "CREATE TABLE user (name TEXT);" + ALEMBIC + "('97727af70f4d')",
    "only alembic": ALEMBIC + "('0001')",
    "mlflow": "CREATE TABLE experiments (experiment_id INTEGER, name TEXT);"
    "CREATE TABLE runs (run_uuid TEXT); CREATE TABLE metrics (key TEXT, value FLOAT);"
    "CREATE TABLE params (key TEXT);" + ALEMBIC + "('97727af70f4d')",
    "same names": "CREATE TABLE projects (id INTEGER, title TEXT);"
    "CREATE TABLE experiments (id INTEGER); CREATE TABLE metrics (id INTEGER)",
}


def config_of(path):
    return {"experiment": {"project_name": "p", "sql": {"db_path": str(path)}}}


@pytest.fixture(params=sorted(PROGRAMS))
def foreign(request, here):
    path = here / "app.db"
    with sqlite3.connect(str(path)) as connection:
        connection.executescript(PROGRAMS[request.param])
    connection.close()
    return path


def state(path):
    return {name: open(name, "rb").read() for name in glob.glob(str(path) + "*")}


@pytest.mark.parametrize("words", [["runs"], ["gc"], ["export", "x.jsonl"], ["merge", "o.db"]])
def test_no_command_changes_another_programs_database(foreign, words, capsys):
    SQLLogger(config_of("o.db")).start().finish()
    before = state(foreign)
    assert main([words[0], "--db", str(foreign), *words[1:]]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "app.db is " in line
    assert "database, not a tracker's" in line
    assert "newer" not in line
    assert state(foreign) == before


def test_a_database_of_mlflow_is_called_so(here):
    with sqlite3.connect("mlflow.db") as connection:
        connection.executescript(PROGRAMS["mlflow"])
    connection.close()
    with pytest.raises(DatabaseError, match=r"mlflow\.db is MLflow's database"):
        SQLFinder(config_of("mlflow.db")).search()
    with pytest.raises(DatabaseError, match=r"mlflow\.db is MLflow's database"):
        ReadOnlyDatabase("mlflow.db")
    with pytest.raises(DatabaseError, match="nothing in it was changed"):
        SQLLogger(config_of("mlflow.db")).run()


def test_merging_from_another_programs_database_changes_neither(foreign, here):
    before = state(foreign)
    finder = SQLFinder(config_of("own.db"))
    with pytest.raises(DatabaseError, match="not a tracker's"):
        finder.merge("app.db")
    assert not os.path.exists("own.db")
    assert state(foreign) == before


@pytest.mark.parametrize(
    "words", [["runs"], ["upgrade"], ["gc"], ["merge", "o.db"], ["backup", "b.db"], ["runs", "-n1"]]
)
@pytest.mark.parametrize("tables", ["app", "same names", "mlflow"])
def test_nothing_is_left_beside_a_copy_with_its_log(here, words, tables, capsys):
    """Its index is not there, and whoever opens it in the usual way leaves one."""
    SQLLogger(config_of("o.db")).start().finish()
    connection = sqlite3.connect("app.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(PROGRAMS[tables])
    for ending in ("", "-wal"):
        shutil.copy("app.db" + ending, "copy.db" + ending)
    connection.close()
    before = state("copy.db")
    assert len(before) == 2
    assert main([words[0], "--db", "copy.db", *words[1:]]) == 2
    assert "database, not a tracker's" in capsys.readouterr().err
    assert state("copy.db") == before


@pytest.mark.parametrize("tables", ["app", "same names"])
def test_an_index_without_a_log_stays(here, tables, capsys):
    connection = sqlite3.connect("app.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(PROGRAMS[tables])
    connection.close()
    with open("app.db-shm", "wb") as file:
        file.write(bytes(32768))
    before = state("app.db")
    assert main(["runs", "--db", "app.db"]) == 2
    assert "database, not a tracker's" in capsys.readouterr().err
    assert state("app.db") == before


def test_a_copy_of_a_trackers_database_is_read_with_its_log(here, capsys):
    logger = SQLLogger(config_of("own.db"))
    logger.start(name="first").flush()
    for ending in ("", "-wal"):
        shutil.copy("own.db" + ending, "copy.db" + ending)
    assert main(["runs", "--db", "copy.db"]) == 0
    assert "first" in capsys.readouterr().out
    logger.finish()


@pytest.mark.parametrize("words", [["runs"], ["upgrade"], ["gc"], ["merge", "o.db"]])
@pytest.mark.parametrize("tables", ["app", "same names"])
def test_what_its_program_left_in_a_log_stays_there(here, words, tables, capsys):
    SQLLogger(config_of("o.db")).start().finish()
    connection = sqlite3.connect("app.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(PROGRAMS[tables])
    for name in glob.glob("app.db*"):
        shutil.copy(name, name.replace("app", "killed"))
    connection.close()
    before = state("killed.db")
    assert main([words[0], "--db", "killed.db", *words[1:]]) == 2
    assert "another program's database" in capsys.readouterr().err
    after = state("killed.db")
    assert {name: after[name] for name in ("killed.db", "killed.db-wal")} == {
        name: before[name] for name in ("killed.db", "killed.db-wal")
    }


def test_a_tracker_may_write_beside_the_tables_of_another_program(here):
    with sqlite3.connect("app.db") as connection:
        connection.executescript(PROGRAMS["alembic"])
    with SQLLogger(config_of("app.db")).start() as run:
        run.log_metric("loss", 0.5, 0)
    assert SQLFinder(config_of("app.db")).get_metrics(run.id, "loss")[0].value == 0.5
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
        ("97727af70f4d",)
    ]
    connection.close()


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
@pytest.mark.parametrize("words", [["runs"], ["gc"], ["show", "1"], ["backup", "b.db"]])
def test_of_one_in_write_ahead_mode_no_log_is_left(foreign, mode, words):
    connection = sqlite3.connect(str(foreign))
    connection.execute(f"PRAGMA journal_mode={mode}")
    connection.close()
    before = state(foreign)
    main([words[0], "--db", str(foreign), *words[1:]])
    assert state(foreign) == before


def test_an_old_database_of_ours_is_known_beside_another_programs_alembic(here):
    shutil.copy(WRITTEN_BY_221, "old.db")
    with sqlite3.connect("old.db") as connection:
        connection.executescript(ALEMBIC + "('97727af70f4d')")
    assert SQLFinder(config_of("old.db")).get_run(1).project.name == "image_classification"
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
        ("97727af70f4d",)
    ]
    connection.close()


@pytest.mark.parametrize("revision", ["0002", "0003"])
def test_a_database_from_before_the_table_of_our_own_is_upgraded(here, revision):
    with SQLLogger(config_of("e.db")).start() as run:
        run.log_metric("loss", 0.5, 0)
    with sqlite3.connect("e.db") as connection:
        connection.executescript("DROP TABLE ato_sql_schema;" + ALEMBIC + f"('{revision}')")
        connection.executescript(
            "DROP TABLE deleted_runs; DROP TABLE console; DROP INDEX ix_experiments_name;"
            "DROP INDEX ix_params_key_sort_key;"
            "CREATE INDEX ix_params_key_number ON params (key, number);"
            "DROP INDEX ix_artifacts_run_id_key_step"
        )
        for column in ("key", "step", "files"):
            drop_column(connection, "artifacts", column)
        drop_column(connection, "params", "sort_key")
        for column in ("name", "user_name", "archived", "written_by"):
            drop_column(connection, "experiments", column)
        if revision == "0002":
            connection.executescript(
                "DROP TABLE inputs; DROP TABLE source_texts; DROP TABLE run_sources"
            )
            for table, column in (
                ("experiments", "git_diff_hash"),
                ("fingerprint_sources", "form"),
                ("fingerprint_sources", "skipped"),
            ):
                drop_column(connection, table, column)
    connection.close()
    finder = SQLFinder(config_of("e.db"))
    assert finder.get_run(run.uuid).metrics[0].value == 0.5  # of a copy
    finder.upgrade()
    assert finder.get_run(run.uuid).metrics[0].value == 0.5
    assert finder.get_run(run.uuid).inputs == []
    with sqlite3.connect("e.db") as connection:
        assert "alembic_version" not in {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master")
        }
    connection.close()
    assert len(glob.glob("e.db.backup-*")) == 1


def drop_column(connection, table, column):
    if sqlite3.sqlite_version_info < (3, 35):
        pytest.skip("this SQLite cannot drop a column")
    connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


@pytest.mark.parametrize("words", [["upgrade"], ["gc"], ["runs"]])
@pytest.mark.parametrize("made", ["", "CREATE TABLE t (a); DROP TABLE t; VACUUM"])
def test_a_file_without_tables_gets_none_of_a_command(here, words, made, capsys):
    with sqlite3.connect("app.db") as connection:
        connection.executescript(made)
    connection.close()
    before = state("app.db")
    assert main([*words, "--db", "app.db"]) == 2
    assert "app.db holds no runs" in capsys.readouterr().err
    assert state("app.db") == before


@pytest.mark.databases
@pytest.mark.parametrize("words", [["runs"], ["gc"], ["upgrade"]])
def test_on_a_server_too_names_of_ours_make_no_tracker(url, words, capsys):
    engine = create_engine(servers.with_driver(url))
    with engine.connect() as connection, connection.begin():
        connection.execute(text("CREATE TABLE users (id INTEGER)"))
        connection.execute(text("CREATE TABLE experiments (id INTEGER)"))
    engine.dispose()
    assert main([*words, "--db", url]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "another program's database, not a tracker's: its tables are experiments, users" in line


@pytest.mark.parametrize("name", ["experiments", "projects", "metric_summaries"])
def test_a_view_of_one_of_our_names_is_anothers_as_well(here, name):
    with sqlite3.connect("app.db") as connection:
        connection.execute("CREATE TABLE things (a, b)")
        connection.execute(f"CREATE VIEW {name} AS SELECT 1 AS a")
    connection.close()
    before = state("app.db")
    with pytest.raises(DatabaseError, match="another program's database"):
        SQLLogger(config_of("app.db")).start()
    assert state("app.db") == before


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_a_backup_is_no_part_of_another_database(here, ending, capsys):
    for name in ("own.db", "other.db"):
        SQLLogger(config_of(name)).start().finish()
    assert main(["backup", "--db", "own.db", f"other.db{ending}"]) == 2
    assert "would be taken for a part of the database" in capsys.readouterr().err
    assert main(["runs", "--db", "other.db"]) == 0
