"""Queries of one's own, on a database that they cannot change."""

import os
import sqlite3

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from ato_sql import DatabaseError
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
    with pytest.raises(DatabaseError, match="holds no runs"):
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
