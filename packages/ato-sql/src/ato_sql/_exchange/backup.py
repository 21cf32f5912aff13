"""A copy of a whole database, at any time."""

from __future__ import annotations

import os
import sqlite3
import stat

from sqlalchemy.engine import URL

from ato_adict.surroundings import absolute
from ato_sql._db.sqlite.files import leave_no_log, uri_of
from ato_sql._errors import DatabaseError
from ato_sql._exchange.kinds import database_of, part_of
from ato_sql._values.url import show_url, sqlite_file


def back_up(url: URL, target: str) -> None:
    """Copy an SQLite database, also while programs write to it.

    Raises:
        DatabaseError: it is on a server, `target` is there already or would be taken for a part of
            another database, or it cannot be copied.
    """
    path = sqlite_file(url)
    if path is None:
        raise DatabaseError(
            f"{show_url(url)} is on a server, which has its own backup (pg_dump, mariadb-dump); "
            "export writes the runs to a file"
        )
    base = database_of(os.path.realpath(absolute(target)))
    if base is not None:
        raise DatabaseError(f"{target} {part_of(base)}; name another file")
    try:
        # Nobody but the owner reads it before it has the mode of what it is a copy of.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise DatabaseError(f"{target} is there already; name a new file") from None
    except (OSError, ValueError) as error:
        raise _cannot(url, target, error) from None
    try:
        _copy(path, target)
        os.chmod(target, stat.S_IMODE(os.stat(path).st_mode))
    except (sqlite3.Error, OSError) as error:
        os.remove(target)
        raise _cannot(url, target, error) from None


def _copy(path: str, target: str) -> None:
    source, copy = sqlite3.connect(uri_of(path), uri=True), sqlite3.connect(target)
    try:
        source.backup(copy)
    finally:
        source.close()
        copy.close()
        leave_no_log(path)


def _cannot(url: URL, target: str, error: Exception) -> DatabaseError:
    return DatabaseError(f"cannot copy {show_url(url)} to {target}: {error}")
