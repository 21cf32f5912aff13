"""Bring a database to the current schema, however many processes do it at the same moment."""

from __future__ import annotations

import random
import sqlite3
import time
from typing import Callable

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine, RootTransaction
from sqlalchemy.exc import OperationalError

from ato_sql._engine import show_url, sqlite_file, writing
from ato_sql._errors import DatabaseError
from ato_sql._schema import HEAD, Base
from ato_sql._types import MYSQL

_LOCK_NUMBER = 0x61746F  # 'ato'; PostgreSQL names advisory locks by number
_LOCK_NAME = "ato_sql_schema"
_LOCK_SECONDS = 120
_BASELINE = "0001"


def ensure_schema(engine: Engine) -> str | None:
    """Create or upgrade the tables where needed.

    Returns:
        Where the backup made before an upgrade is, or None where there was nothing to upgrade.

    Raises:
        DatabaseError: the schema is newer than this version of ato-sql knows.
    """
    if sqlite_file(engine.url) is not None:
        _try_wal(engine)
    with engine.connect() as connection:
        if current_revision(connection) == HEAD:
            return None
    return _while_locked(engine, _create_or_upgrade)


def check_schema(engine: Engine) -> bool:
    """Tell whether the database has the current schema, changing nothing.

    Raises:
        DatabaseError: the schema is newer than this version of ato-sql knows.
    """
    with engine.connect() as connection:
        return current_revision(connection) == HEAD


def current_revision(connection: Connection) -> str | None:
    """Return the revision of the schema, `0001` for one of ato 2.2.1, None for no schema.

    Raises:
        DatabaseError: it is a revision this version does not know.
    """
    tables: set[str] = set(inspect(connection).get_table_names())
    revision = None
    if "alembic_version" in tables:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is None:
        return _BASELINE if {"projects", "experiments", "metrics"} <= tables else None
    if revision > HEAD:
        raise DatabaseError(
            f"{show_url(connection.engine.url)} has schema {revision}, written by a newer ato-sql; "
            f"this one knows up to {HEAD}: pip install --upgrade ato-sql"
        )
    return str(revision)


def _create_or_upgrade(connection: Connection) -> str | None:
    revision = current_revision(connection)
    if revision is None:
        _create(connection)
        return None
    if revision == HEAD:
        return None
    from ato_sql._migrate import upgrade

    return upgrade(connection, revision)


def _create(connection: Connection) -> None:
    Base.metadata.create_all(connection)
    connection.execute(
        text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _while_locked(engine: Engine, change: Callable[[Connection], str | None]) -> str | None:
    """Make a change in a transaction in which no other process creates or upgrades the schema.

    Not a generator to be used as a context manager: Ctrl-C just before one is resumed leaves its
    lock as long as the traceback keeps it.
    """
    with writing(engine).connect() as connection:
        backend = engine.url.get_backend_name()
        if backend in MYSQL:
            return _while_mysql_locked(connection, change)
        with _begin(connection):
            if backend == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_NUMBER})"))
            return change(connection)


def _begin(connection: Connection) -> RootTransaction:
    """Begin a transaction, on SQLite waiting longer than its own patience for the lock."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            return connection.begin()
        except OperationalError as error:
            if not is_locked(error) or time.monotonic() > deadline:
                raise
            connection.rollback()


def _while_mysql_locked(
    connection: Connection, change: Callable[[Connection], str | None]
) -> str | None:
    # One lock per database of the server; DDL commits, so it cannot be tied to a transaction.
    name = text("SELECT GET_LOCK(CONCAT(:name, '.', DATABASE()), :seconds)")
    values = {"name": _LOCK_NAME, "seconds": _LOCK_SECONDS}
    if connection.execute(name, values).scalar() != 1:
        raise DatabaseError("another process has been changing the schema for two minutes")
    try:
        result = change(connection)
        connection.commit()
        return result
    finally:
        release = text("SELECT RELEASE_LOCK(CONCAT(:name, '.', DATABASE()))")
        connection.execute(release, {"name": _LOCK_NAME})


def _try_wal(engine: Engine) -> None:
    """Switch to write-ahead logging; keep the journal where the filesystem does not allow it.

    SQLite does not wait for locks while it switches, so the waiting is done here.
    """
    for attempt in range(200):
        # Not engine.raw_connection(), whose errors are the driver's own.
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            try:
                if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                    cursor.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) and "busy" not in str(error):
                    return
        time.sleep(random.uniform(0.001, 0.01) * min(attempt + 1, 10))


def is_locked(error: BaseException) -> bool:
    """Tell whether an error says that another process holds the database."""
    return isinstance(error, OperationalError) and "locked" in str(error.orig)
