"""Which files are journals, and whether their writers live; without SQLAlchemy."""

from __future__ import annotations

import errno
import glob
from typing import Any

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed, which does as well
    fcntl = None

SUFFIX = ".ato-journal"


def lock(descriptor: int) -> bool:
    """Mark a file as in use by a living process; False where the file system cannot.

    Raises:
        OSError: another process has it.
    """
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES):
            raise
        return False
    return True


def may_be_left_behind(path: str) -> bool:
    """Tell whether a killed program may have left something beside an SQLite file."""
    for journal in glob.glob(f"{glob.escape(path)}-*{SUFFIX}"):
        try:
            with open(journal, "rb") as file:
                lock(file.fileno())
                return True
        except OSError:  # its writer lives
            continue
    return False
