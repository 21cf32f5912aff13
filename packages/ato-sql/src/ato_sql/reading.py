"""Open a tracker's database for reading only, for pages and reports that write their own queries.

`tables` holds its tables by name (`projects`, `experiments`, `metrics`, …), to select from.
"""

from __future__ import annotations

import os
import pathlib
import sqlite3
import threading
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from ato_sql._birth import check_schema
from ato_sql._engine import (
    clean_error,
    file_identity,
    open_engine,
    parse_url,
    show_url,
    sqlite_file,
)
from ato_sql._errors import DatabaseError
from ato_sql._schema import Base
from ato_sql._status import is_lost, lost_runs

__all__ = ["ReadOnlyDatabase", "is_lost", "lost_runs", "tables"]

BUSY_SECONDS = 10.0
tables = Base.metadata.tables


class ReadOnlyDatabase:
    """A tracker's database, opened so that nothing in it can change.

    Attributes:
        shown: the URL without its credentials.
    """

    def __init__(self, database: str | URL) -> None:
        """Open it and check its schema.

        Args:
            database: an SQLAlchemy URL or the path of an SQLite file.

        Raises:
            DatabaseError: it is not there, not a tracker's, or its schema is not the one this
                version reads; nothing is created or upgraded.
        """
        self._url = parse_url(database)
        self.shown = show_url(self._url)
        self._path = sqlite_file(self._url)
        self._lock = threading.Lock()
        self._open()

    def connect(self) -> Any:
        """Return a connection, to be used in a `with` block.

        Raises:
            DatabaseError: the file was removed or replaced by something else.
        """
        if self._path is not None:
            with self._lock:
                if file_identity(self._path) != self._file:  # the open file has no name any more
                    self._engine.dispose()
                    self._open()
        return self._engine.connect()

    def reason(self, error: SQLAlchemyError) -> str:
        """Return in one line, without credentials, why a query failed."""
        return clean_error(error, self._url)

    def _open(self) -> None:
        self._file = file_identity(self._path) if self._path is not None else None
        self._engine = _read_only_engine(self._url)
        try:
            _check(self._engine, self.shown)
        except SQLAlchemyError as error:
            raise DatabaseError(f"cannot read {self.shown}: {self.reason(error)}") from None


def _read_only_engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    engine = open_engine(url)
    event.listen(engine, "connect", _make_session_read_only)
    return engine


def _sqlite_engine(url: URL) -> Engine:
    path = sqlite_file(url)
    if path is None or not os.path.isfile(path):
        raise DatabaseError(
            f"there is no database at {path or show_url(url)}; runs make one, "
            "or name another with --db or ATO_DB"
        )
    uri = pathlib.Path(path).resolve().as_uri() + "?mode=ro"
    if _is_sealed(uri, path):
        uri += "&immutable=1"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)

    return create_engine(url, creator=connect, poolclass=QueuePool, pool_size=8)


def _is_sealed(uri: str, path: str) -> bool:
    """Whether the file can be read only as one that nobody changes.

    A file in write-ahead mode in a folder that is not writable cannot be locked; without a log
    beside it, nobody writes it.
    """
    if os.path.exists(f"{path}-wal") or os.access(os.path.dirname(os.path.abspath(path)), os.W_OK):
        return False
    connection = sqlite3.connect(uri, uri=True)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
    return False


def _make_session_read_only(connection: Any, record: object) -> None:
    cursor = connection.cursor()
    if hasattr(connection, "set_session"):  # psycopg2, whose transactions begin by themselves
        connection.set_session(readonly=True)
    elif "psycopg" in type(connection).__module__:
        connection.read_only = True
    else:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
    cursor.close()


def _check(engine: Engine, shown: str) -> None:
    with engine.connect() as connection:
        empty = not engine.dialect.has_table(connection, "experiments")
    if empty:
        raise DatabaseError(f"{shown} holds no runs: it has not been used by a tracker")
    if not check_schema(engine):
        raise DatabaseError(
            f"{shown} was written by an older version, and reading changes nothing; "
            "bring it up to date with: ato upgrade"
        )
