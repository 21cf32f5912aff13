"""The write-ahead log beside an SQLite file, which does not follow it to another name."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Mapping

from sqlalchemy.engine import Engine

from ato_sql._db.sqlite.leftover import log_is_of_another
from ato_sql._values.telling import tell
from ato_sql._values.url import file_identity

_ENDINGS = ("-wal", "-shm")


def log_identity(path: str) -> dict[str, object]:
    """Return which files the log of a database consists of, by their endings."""
    return {ending: file_identity(path + ending) for ending in _ENDINGS}


def is_emptied(path: str) -> bool:
    """Tell whether a file that was a database has nothing in it any more."""
    try:
        return os.path.getsize(path) == 0
    except OSError:
        return False


def part_from_log(engine: Engine, path: str, log: Mapping[str, object]) -> None:
    """Bring an open file that was renamed, replaced or removed what is in its log.

    The log is still where the file was, under the name that the next file of that name takes for
    its own: that would empty it, or be overwritten by it.

    Args:
        engine: with the open file.
        path: where it was.
        log: what `log_identity` said while it was there.
    """
    pool: Any = engine.pool
    if not pool.checkedin():  # else it would open what has the name now
        return
    with contextlib.closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    for ending in _ENDINGS:
        left = file_identity(path + ending)
        if left is not None and left == log.get(ending):
            with contextlib.suppress(OSError):
                os.remove(path + ending)


def set_log_aside(path: str) -> None:
    """Keep a log beside `path` that is not that file's, so that SQLite does not apply it.

    Its database was moved away, emptied, or replaced by a backup.
    """
    try:
        is_there = os.path.exists(path) and os.path.getsize(path) > 0
        if not os.path.getsize(path + "-wal") or (is_there and not log_is_of_another(path)):
            return
        kept = path + "-wal.left"
        os.replace(path + "-wal", kept)
    except OSError:  # there is none, or it may not be moved
        return
    with contextlib.suppress(OSError):
        os.remove(path + "-shm")
    text = (
        f"{path} was moved, emptied or replaced, but not its log, which is kept as {kept}; if the "
        "database has another name now, give the log that name with -wal behind it"
    )
    tell(text)
