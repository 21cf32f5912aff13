"""Files of SQLite and what lies beside them; without SQLAlchemy."""

from __future__ import annotations

import contextlib
import os
import pathlib
import sqlite3


def uri_of(path: str, mode: str = "ro") -> str:
    """Return the URI that opens an SQLite file in mode `ro` or `rw`, if it is there."""
    return f"{pathlib.Path(path).resolve().as_uri()}?mode={mode}"


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
