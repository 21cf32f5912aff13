"""Which files are journals, and whether their writers live; without SQLAlchemy."""

from __future__ import annotations

import errno
import glob
import os
import stat
from typing import Any, Callable

from ato_adict.surroundings import absolute

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
    """Tell whether a killed program may have left something of an SQLite file's runs."""
    places = [(folder, os.path.basename(path)) for folder in spare_folders()]
    found = glob.glob(f"{glob.escape(path)}-*{SUFFIX}")
    if any(_named(folder, name) for folder, name in places):
        stem = stem_of(path, absolute(path))
        found += [journal for folder, _ in places for journal in _named(folder, stem)]
    for journal in found:
        if not is_own(journal):  # never opened; who asks for the runs is told of it
            return True
        try:
            with open(journal, "rb") as file:
                lock(file.fileno())
                return True
        except OSError:  # its writer lives
            continue
    return False


def is_own(path: str) -> bool:
    """Tell whether a file, no link, belongs to the user of this process."""
    return holds(path, lambda found: stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid())


def holds(path: str, condition: Callable[[os.stat_result], bool]) -> bool:
    """Ask what a file itself is, a link too; where there are no owners it holds."""
    if not hasattr(os, "geteuid"):
        return True
    try:
        return condition(os.lstat(path))
    except OSError:
        return False


def spare_folders() -> list[str]:
    """Return where journals are that cannot be beside their database, the preferred one first.

    A link of somebody else's that leads from there, `/tmp/ato-0`, is none of these places.
    """
    import tempfile

    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    user = f"-{os.geteuid()}" if hasattr(os, "geteuid") else ""
    places = [os.path.join(state, "ato"), os.path.join(tempfile.gettempdir(), f"ato{user}")]
    return [place for place in places if not _is_anothers_link(place)]


def _is_anothers_link(path: str) -> bool:
    return os.path.islink(path) and not holds(path, lambda one: one.st_uid == os.geteuid())


def stem_of(name: str, where: str) -> str:
    """Return what the names of a database's journals begin with.

    Args:
        name: of the database.
        where: what tells it from others of that name; no credentials.
    """
    import hashlib

    digest = hashlib.sha256(where.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{os.path.basename(name)}-{digest}"


def _named(folder: str, stem: str) -> list[str]:
    return glob.glob(os.path.join(glob.escape(folder), f"{glob.escape(stem)}-*{SUFFIX}"))
