"""Whether a write-ahead log that a killed program left belongs to the file it lies beside.

SQLite applies whatever log lies beside a file. After a backup was copied over the file, that is the
log of another state of the database, and the result is damaged without a word.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import tempfile

_LOCKS = "/proc/locks"
_HEADER = struct.Struct(">8xI4xII8x")  # page size and the two salts of the log
_FRAME = struct.Struct(">IIII8x")  # page, size of the database after a commit, salts
_MAGIC = (0x377F0682, 0x377F0683)
_NEWER = 2.0  # seconds by which a file may be newer than its log


def log_is_of_another(path: str) -> bool:
    """Tell whether the log beside a file was written for another state of it.

    Only a log that looks wrong is looked at closely, on a copy, and only where no program has the
    database open.
    """
    try:
        if not os.path.getsize(path + "-wal") or not _looks_wrong(path) or _is_in_use(path):
            return False
        return not _is_sound_with_log(path)
    except (OSError, struct.error, sqlite3.OperationalError):
        return False


def _looks_wrong(path: str) -> bool:
    """Whether pages are missing, as after an older backup, or the file is newer than its log."""
    pages, size, page_size = _logged(path + "-wal")
    if not page_size:
        return False
    in_file = os.path.getsize(path) // page_size
    if any(page not in pages for page in range(in_file + 1, size + 1)):
        return True
    return os.stat(path).st_mtime > os.stat(path + "-wal").st_mtime + _NEWER


def _logged(log: str) -> tuple[set[int], int, int]:
    """Return the pages in a log, the pages of the database after it, and the size of a page."""
    pages: set[int] = set()
    size = 0
    with open(log, "rb") as file:
        head = file.read(32)
        if len(head) < 32 or struct.unpack_from(">I", head)[0] not in _MAGIC:
            return pages, 0, 0
        page_size, *salts = _HEADER.unpack(head)
        while True:
            frame = file.read(_FRAME.size)
            if len(frame) < _FRAME.size:
                break
            page, committed, *its = _FRAME.unpack(frame)
            if its != salts:
                break
            pages.add(page)
            size = committed or size
            file.seek(page_size, os.SEEK_CUR)
    return pages, size, page_size


def _is_in_use(path: str) -> bool:
    """Whether a program has the database open: each holds a lock on its shared memory.

    Where the system does not tell, one is assumed.
    """
    if not os.path.exists(path + "-shm"):
        return False
    if not os.path.exists(_LOCKS):
        return True
    inode = os.stat(path + "-shm").st_ino
    with open(_LOCKS) as file:
        return any(f":{inode} " in line for line in file)


def _is_sound_with_log(path: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="ato-log-") as folder:
        copy = os.path.join(folder, "copy.db")
        shutil.copyfile(path, copy)
        shutil.copyfile(path + "-wal", copy + "-wal")
        connection = sqlite3.connect(copy)
        try:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
        except sqlite3.DatabaseError:
            return False
        finally:
            connection.close()
