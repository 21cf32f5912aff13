"""Whose a journal is: only one of our own is stored, from where nobody else could have put it."""

from __future__ import annotations

import functools
import os
import stat
from typing import Callable


def is_own(path: str) -> bool:
    """Tell whether a file, no link, belongs to the user of this process."""
    return _holds(path, lambda found: stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid())


def is_sealed(path: str) -> bool:
    """Tell whether nobody else can have written to a file of ours, or given it another name."""
    return _holds(path, lambda found: found.st_nlink == 1 and not _may_be_written(found))


def _holds(path: str, condition: Callable[[os.stat_result], bool]) -> bool:
    """Ask what a file itself is, a link too; where there are no owners it holds."""
    if not hasattr(os, "geteuid"):
        return True
    try:
        return condition(os.lstat(path))
    except OSError:
        return False


def is_open_to_others(folder: str) -> bool:
    """Tell whether others may put files into a folder.

    One with the sticky bit, such as /tmp, counts: what is put there may be meant to be taken for
    ours. The private group that many systems give each user does not; nor does one that belongs to
    somebody else, as folders do that root sees in a container: the journals in it are our own, and
    it would cost what a killed program logged to leave them there.
    """
    if not hasattr(os, "geteuid"):
        return False
    try:
        return _may_be_written(os.stat(folder))
    except OSError:
        return False


def _may_be_written(found: os.stat_result) -> bool:
    if found.st_mode & stat.S_IWOTH:
        return True
    return bool(found.st_mode & stat.S_IWGRP) and not _is_private(found.st_gid)


@functools.lru_cache(maxsize=None)
def _is_private(group: int) -> bool:
    """Tell whether a group is that of this user alone: it has the user's name, and no others."""
    import grp
    import pwd

    try:
        user, found = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(group)
    except KeyError:
        return False
    return found.gr_name == user and set(found.gr_mem) <= {user}
