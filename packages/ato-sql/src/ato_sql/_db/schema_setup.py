"""Bring a database to the current schema, however many processes do it at the same moment.

A new one is created in one step; one that an older version wrote is upgraded after a backup.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
import random
import sqlite3
import stat
import time
from typing import Any, Callable

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine, RootTransaction
from sqlalchemy.exc import OperationalError

from ato_sql._db.engine import writing
from ato_sql._db.identity import (
    adopt,
    current_revision,
    refuse_foreign,
    refuse_foreign_file,
    set_revision,
)
from ato_sql._db.legacy import adopt_runs, has_strays
from ato_sql._db.schema import HEAD, Base, SchemaVersion, table_of
from ato_sql._db.sqlite.filesystems import is_remote
from ato_sql._errors import DatabaseError
from ato_sql._values.types import MYSQL
from ato_sql._values.url import show_url, sqlite_file

_LOCK_NUMBER = 0x61746F  # 'ato'; PostgreSQL names advisory locks by number
# Byte by byte as `types.BINARY`, and with spaces at the end: of MariaDB, of MySQL.
_NO_PAD = ("utf8mb4_nopad_bin", "utf8mb4_0900_bin")
_LOCK_NAME = "ato_sql_schema"
_LOCK_SECONDS = 120
_MIGRATIONS = os.path.join(os.path.dirname(__file__), "migrations")


def ensure_schema(engine: Engine, reading: bool = False, back_up: bool = True) -> str | None:
    """Create or upgrade the tables where needed.

    Args:
        engine: the database.
        reading: leave a database alone that has tables, but not a tracker's; a tracker that is to
            write may share it with another program.
        back_up: make a backup before an upgrade.

    Returns:
        Where the backup made before an upgrade is, or None where there was nothing to upgrade.

    Raises:
        DatabaseError: the schema is newer than this version of ato-sql knows, or the database is
            another program's; nothing has been changed.
    """
    refuse_foreign_file(engine.url, reading)
    with engine.connect() as connection:
        revision = current_revision(connection)
        if revision is None:
            refuse_foreign(connection, reading)
    path = sqlite_file(engine.url)
    if path is not None:
        _try_wal(engine, path)
    with engine.connect() as connection:
        if revision == HEAD and not has_strays(connection):
            return None
    return _while_locked(engine, functools.partial(_create_or_upgrade, back_up=back_up))


def check_schema(engine: Engine) -> bool:
    """Tell whether a database has the current schema and nothing to adopt, changing nothing.

    Raises:
        DatabaseError: the schema is newer than this version of ato-sql knows, or the database is
            another program's.
    """
    with engine.connect() as connection:
        revision = current_revision(connection)
        if revision is None:
            refuse_foreign(connection, reading=True)
        return revision == HEAD and not has_strays(connection)


def _create_or_upgrade(connection: Connection, back_up: bool) -> str | None:
    revision = current_revision(connection)
    if revision is None:
        _create(connection)
        return None
    if revision == HEAD:
        adopt_runs(connection)
        return None
    return _upgrade(connection, revision, back_up)


def _create(connection: Connection) -> None:
    # First: where each statement counts by itself, a creation that is cut short is known as ours.
    table_of(SchemaVersion).create(connection, checkfirst=True)
    Base.metadata.create_all(connection)
    if connection.dialect.name in MYSQL:
        _compare_ends(connection)
    set_revision(connection, HEAD)


def _compare_ends(connection: Connection) -> None:
    """Let MySQL or MariaDB tell names apart that differ in spaces at the end, if it can.

    Its collations ignore them but for a few. Only of new tables, all of them: two columns of
    different collations cannot be compared, and a large table takes long to convert.
    """
    known = text("SELECT collation_name FROM information_schema.collations")
    names = {str(name) for name in connection.execute(known).scalars()}
    collation = next((name for name in _NO_PAD if name in names), None)
    if collation is not None:
        quote = connection.dialect.identifier_preparer.quote
        for table in Base.metadata.tables:
            change = f"CONVERT TO CHARACTER SET utf8mb4 COLLATE {collation}"
            connection.execute(text(f"ALTER TABLE {quote(table)} {change}"))


def _upgrade(connection: Connection, revision: str, back_up: bool) -> str | None:
    """Bring a database from `revision` to the newest one, in the transaction of `connection`.

    Returns:
        Where the backup is, if one is made: a file beside an SQLite database, tables in one on a
        server.

    Raises:
        DatabaseError: the backup cannot be made; nothing has been changed.
    """
    backup = _back_up(connection, revision) if back_up else None
    _run_alembic(connection, revision)
    return backup


def _back_up(connection: Connection, revision: str) -> str:
    path = sqlite_file(connection.engine.url)
    if path is None:
        return _copy_tables(connection, revision)
    moment = dt.datetime.now().strftime("%Y%m%d-%H%M%S")
    target = f"{path}.backup-{revision}-{moment}"
    try:
        # What only its owner may read stays so, from the first byte of the copy on.
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600))
        os.chmod(target, stat.S_IMODE(os.stat(path).st_mode))
        source, copy = sqlite3.connect(path), sqlite3.connect(target)
        with copy:
            source.backup(copy)
        source.close()
        copy.close()
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(
            f"cannot back up {show_url(connection.engine.url)} to {target} before upgrading it: "
            f"{error}"
        ) from None
    return target


def _copy_tables(connection: Connection, revision: str) -> str:
    quote = connection.dialect.identifier_preparer.quote
    for table in inspect(connection).get_table_names():
        if table in ("projects", "experiments", "metrics", "artifacts", "fingerprints"):
            copy = quote(f"ato_backup_{revision}_{table}")
            connection.execute(text(f"DROP TABLE IF EXISTS {copy}"))
            connection.execute(text(f"CREATE TABLE {copy} AS SELECT * FROM {quote(table)}"))
    return f"tables ato_backup_{revision}_*"


def _run_alembic(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config: Any = Config()
    config.set_main_option("script_location", _MIGRATIONS.replace("%", "%%"))
    config.attributes["connection"] = connection
    adopt(connection, revision)
    command.upgrade(config, "head")


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


def _try_wal(engine: Engine, path: str) -> None:
    """Switch to write-ahead logging; go without where the filesystem does not allow it.

    Its readers and writers share memory, which two machines cannot: on a network drive each would
    overwrite what the other wrote. There the plain rollback journal is used.

    SQLite does not wait for locks while it switches, so the waiting is done here.
    """
    wanted = "delete" if is_remote(path) else "wal"
    for attempt in range(200):
        # Not engine.raw_connection(), whose errors are the driver's own.
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            try:
                if cursor.execute("PRAGMA journal_mode").fetchone()[0] != wanted:
                    cursor.execute(f"PRAGMA journal_mode={wanted}")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) and "busy" not in str(error):
                    return
        time.sleep(random.uniform(0.001, 0.01) * min(attempt + 1, 10))


def is_locked(error: BaseException) -> bool:
    """Tell whether an error says that another process holds the database."""
    return isinstance(error, OperationalError) and "locked" in str(error.orig)
