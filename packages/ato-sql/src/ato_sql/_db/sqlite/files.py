"""Files of SQLite and what lies beside them; without SQLAlchemy."""

from __future__ import annotations

import contextlib
import os
import pathlib
import sqlite3


def uri_of(path: str, mode: str = "ro") -> str:
    """Return the URI that opens an SQLite file in mode `ro` or `rw`, if it is there."""
    return f"{pathlib.Path(path).resolve().as_uri()}?mode={mode}"


def has_log_in_part(path: str) -> bool:
    """Tell whether of a log and its index only one lies beside a file, as after a kill or a copy.

    Whoever opens such a file in the usual way, a reader too, leaves an index, or takes it away.
    """
    return os.path.exists(f"{path}-wal") != os.path.exists(f"{path}-shm")


def open_quietly(path: str) -> sqlite3.Connection:
    """Open a file that has its log in part, for reading; what is beside it stays as it is.

    SQLite keeps the index in memory where it has the file to itself. No lock is taken for that:
    nobody has the file open, as there would be both.

    Raises:
        sqlite3.Error: it cannot be read, or this SQLite knows no such way.
    """
    if not os.path.exists(f"{path}-wal"):  # all there is of it is in the file
        return sqlite3.connect(f"{uri_of(path)}&immutable=1", uri=True)
    connection = sqlite3.connect(f"{uri_of(path)}&vfs={_WITHOUT_LOCKS}", uri=True)
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    return connection


_WITHOUT_LOCKS = "win32-none" if os.name == "nt" else "unix-none"


def leave_no_log(path: str) -> None:
    """Take away the empty log of a file in write-ahead mode; one in use stays.

    SQLite makes one for readers too, and whoever closes the file last takes it away, but not a
    reader.
    """
    try:
        if os.path.getsize(f"{path}-wal") == 0:
            opened = sqlite3.connect(uri_of(path, "rw"), uri=True, timeout=0)
            with contextlib.closing(opened) as connection:
                connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except (OSError, ValueError, sqlite3.Error):
        pass  # there is none, or it may not be changed
