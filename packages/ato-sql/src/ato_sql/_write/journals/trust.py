"""Whose a journal is: only one of our own is stored, from where nobody else could have put it."""

from __future__ import annotations

import functools
import os
import stat

from ato_sql._values.journals import holds, is_own


def is_sealed(path: str) -> bool:
    """Tell whether nobody else can have written to a file of ours, or given it another name."""
    return holds(path, lambda found: found.st_nlink == 1 and not _may_be_written(found))


def why_not_own(path: str) -> str | None:
    """Say why what is named as a journal is none of ours, without opening it.

    None where it is ours, is no file, or was put by somebody else where others may put files:
    they may be at work there, and it is theirs to store.
    """
    if is_own(path):
        return None
    try:
        found = os.lstat(path)
    except OSError:
        return None
    is_theirs = found.st_uid != os.geteuid()
    if is_theirs and is_open_to_others(os.path.dirname(path)):
        return None
    if stat.S_ISLNK(found.st_mode):
        return "it is a link; put the file itself in its place"
    if stat.S_ISREG(found.st_mode):
        return "it belongs to another user, whose programs store it"
    return None


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
