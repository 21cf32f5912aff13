"""A copy of a whole database, at any time."""

from __future__ import annotations

import os
import sqlite3

from sqlalchemy.engine import URL

from ato_sql._db.sqlite_files import leave_no_log, uri_of
from ato_sql._errors import DatabaseError
from ato_sql._values.url import show_url, sqlite_file


def back_up(url: URL, target: str) -> None:
    """Copy an SQLite database, also while programs write to it.

    Raises:
        DatabaseError: it is on a server, `target` is there already, or it cannot be copied.
    """
    path = sqlite_file(url)
    if path is None:
        raise DatabaseError(
            f"{show_url(url)} is on a server, which has its own backup (pg_dump, mariadb-dump); "
            "export writes the runs to a file"
        )
    if os.path.exists(target):
        raise DatabaseError(f"{target} is there already; name a new file")
    try:
        source = sqlite3.connect(uri_of(path), uri=True)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
        finally:
            source.close()
            copy.close()
            leave_no_log(path)
    except (sqlite3.Error, OSError) as error:
        if os.path.exists(target):
            os.remove(target)
        raise DatabaseError(f"cannot copy {show_url(url)} to {target}: {error}") from None
