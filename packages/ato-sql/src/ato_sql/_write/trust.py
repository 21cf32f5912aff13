"""Whose a journal is: only one of our own is stored, from where nobody else could have put it."""

from __future__ import annotations

import os
import stat


def is_own(path: str) -> bool:
    """Tell whether a file, no link, belongs to the user of this process."""
    if not hasattr(os, "geteuid"):
        return True
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()


def is_open_to_all(folder: str) -> bool:
    """Tell whether every user may put files into a folder."""
    if not hasattr(os, "geteuid"):
        return False
    try:
        return bool(os.stat(folder).st_mode & stat.S_IWOTH)
    except OSError:
        return False
