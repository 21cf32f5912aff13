"""Queries of one's own, on a database that they cannot change."""

import gc
import os
import sqlite3
import tempfile

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

import programs
from ato_sql import DatabaseError
from ato_sql.cli import main
from ato_sql.reading import ReadOnlyDatabase, is_lost, tables

RUNS = tables["experiments"]


@pytest.fixture
def url(config):
    return config.experiment.sql.db_path


def test_what_a_run_has_logged_is_read_while_it_runs(logger, url):
    run = logger.start()
    run.log_metric("loss", 0.5, step=1)
    run.flush()
    with ReadOnlyDatabase(url).connect() as connection:
        found = connection.execute(select(RUNS.c.id, RUNS.c.status)).all()
    assert [tuple(row) for row in found] == [(run.id, "running")]


def test_a_run_whose_process_lives_is_not_lost(logger, url):
    logger.start()
    with ReadOnlyDatabase(url).connect() as connection:
        assert not is_lost(connection.execute(select(RUNS)).one())


@pytest.mark.parametrize("statement", ["DELETE FROM experiments", "CREATE TABLE mine (x INTEGER)"])
def test_a_statement_that_writes_is_refused(logger, url, statement):
    logger.start().finish()
    with ReadOnlyDatabase(url).connect() as connection:
        with pytest.raises(SQLAlchemyError, match="readonly"):
            connection.execute(text(statement))


def test_no_file_is_made_where_there_is_none(tmp_path):
    path = tmp_path / "typo.sqlite"
    with pytest.raises(DatabaseError, match="there is no database at .*typo.sqlite"):
        ReadOnlyDatabase(str(path))
    assert not path.exists()


def test_a_database_of_something_else_is_refused(tmp_path):
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(str(path))
    connection.execute("CREATE TABLE mine (x INTEGER)")
    connection.commit()
    connection.close()
    with pytest.raises(DatabaseError, match="another program's database.*its tables are mine"):
        ReadOnlyDatabase(str(path))


def test_a_file_that_was_removed_is_missed(logger, url, tmp_path):
    logger.start().finish()
    database = ReadOnlyDatabase(url)
    logger.close()
    path = str(tmp_path / "runs.sqlite")
    for name in os.listdir(str(tmp_path)):
        os.remove(str(tmp_path / name))
    with pytest.raises(DatabaseError, match="there is no database at"):
        database.connect()
    assert not os.path.exists(path)


def test_a_connection_sees_what_is_written_later(logger, url):
    run = logger.start()
    database = ReadOnlyDatabase(url)
    for step in range(3):
        run.log_metric("loss", 0.5, step)
        run.flush()
        with database.connect() as connection:
            count = connection.execute(text("SELECT COUNT(*) FROM metrics")).scalar()
        assert count == step + 1


def test_a_file_that_was_replaced_is_opened_anew(logger, url, path, tmp_path, open_logger):
    logger.start().finish()
    database = ReadOnlyDatabase(url)
    logger.close()
    other = str(tmp_path / "other.sqlite")
    config = {"experiment": {"project_name": "other", "sql": {"db_path": other}}}
    replacing = open_logger(config)
    replacing.start().finish()
    replacing.close()
    for name in (path + "-wal", path + "-shm"):  # of the file that goes
        if os.path.exists(name):
            os.remove(name)
    os.replace(other, path)
    with database.connect() as connection:
        names = connection.execute(select(tables["projects"].c.name)).scalars().all()
    assert names == ["other"]


def test_a_database_of_a_newer_schema_is_refused(logger, url, path):
    logger.start().finish()
    logger.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE ato_sql_schema SET version_num = '9999'")
    with pytest.raises(DatabaseError, match="9999.*newer ato-sql"):
        ReadOnlyDatabase(url)


def test_a_file_that_is_no_database_is_refused(path):
    with open(path, "w") as file:
        file.write("my notes, not a database\n" * 100)
    with pytest.raises(DatabaseError, match="cannot read .*file is not a database"):
        ReadOnlyDatabase(path)


def test_a_folder_is_no_database(path):
    os.mkdir(path)
    with pytest.raises(DatabaseError, match="there is no database at"):
        ReadOnlyDatabase(path)


def test_a_server_out_of_reach_is_named_without_its_password():
    pytest.importorskip("psycopg2")
    with pytest.raises(DatabaseError, match="cannot read postgresql") as caught:
        ReadOnlyDatabase("postgresql://me:s3cr3t@127.0.0.1:1/x")
    assert "s3cr3t" not in str(caught.value)


def test_the_reason_of_a_failed_query_is_one_line(logger, url):
    logger.start().finish()
    database = ReadOnlyDatabase(url)
    with database.connect() as connection, pytest.raises(SQLAlchemyError) as caught:
        connection.execute(text("SELECT x\nFROM nowhere"))
    assert database.reason(caught.value) == "no such table: nowhere"


def test_the_database_is_shown_by_its_url(logger, url):
    logger.start().finish()
    assert ReadOnlyDatabase(url).shown == url


def test_a_path_with_odd_letters_is_opened(tmp_path, open_logger):
    path = str(tmp_path / "a b#c?d%20é.sqlite")
    logger = open_logger({"experiment": {"project_name": "p", "sql": {"db_path": path}}})
    logger.start().finish()
    with ReadOnlyDatabase(path).connect() as connection:
        assert connection.execute(select(RUNS.c.status)).scalars().all() == ["completed"]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="becomes another user")
def test_a_database_in_a_folder_that_is_not_writable_is_read():
    with tempfile.TemporaryDirectory() as folder:  # pytest's are closed to other users
        path = os.path.join(folder, "runs.sqlite")
        programs.run("SQLLogger(config()).start().finish()", db_path=path)
        for name in os.listdir(folder):
            os.chmod(os.path.join(folder, name), 0o444)
        os.chmod(folder, 0o555)
        printed, _ = programs.run(
            """
            import shutil, tempfile
            from sqlalchemy import select
            from ato_sql.reading import ReadOnlyDatabase, tables
            copy = shutil.copy(SETTINGS["db_path"], tempfile.mkdtemp())
            ReadOnlyDatabase(copy).connect().close()  # imports what nobody may not read
            os.setuid(65534)
            with ReadOnlyDatabase(SETTINGS["db_path"]).connect() as connection:
                print(connection.execute(select(tables["experiments"].c.status)).scalar())
            """,
            db_path=path,
        )
        os.chmod(folder, 0o755)
    assert printed == "completed\n"


@pytest.mark.parametrize("command", [["runs"], ["show", "1"], ["compare", "1", "1"]])
def test_a_command_that_reads_leaves_no_file_behind(path, open_logger, tmp_path, command):
    logger = open_logger({"experiment": {"sql": {"db_path": str(path)}}})
    logger.start().finish()
    logger.close()
    before = sorted(os.listdir(str(tmp_path)))
    assert main([*command, "--db", str(path)]) == 0
    gc.collect()
    assert sorted(os.listdir(str(tmp_path))) == before


def test_a_finder_leaves_no_file_behind_beside_one_that_is_written(logger, path, open_finder):
    run = logger.start()
    run.flush()
    open_finder(path).get_run(run.id)
    run.log_metric("loss", 0.5)
    run.finish()
    assert open_finder(path).get_metrics(run.id, "loss")[0].value == 0.5
