"""What tells a file from its copies, also after it was renamed: its inode and when it was made.

An inode alone does not: that of a file that was removed is given to the next one.
"""

from __future__ import annotations

import functools
import os
import struct
import sys
from typing import Any, List, Optional

Mark = List[Optional[int]]

_STATX_SIZE, _BIRTH_AT = 256, 80  # bytes; of `struct statx`
_HERE, _BIRTH_TIME = -100, 0x800  # AT_FDCWD, STATX_BTIME


def mark_of(path: str) -> Mark | None:
    """Return the mark of what is at a path; None where there is nothing, or no inodes."""
    try:
        number = os.stat(path).st_ino
    except (OSError, ValueError):
        return None
    return [number, _birth(path)] if number else None


def are_same(one: Any, other: Any) -> bool:
    """Tell whether two marks are of one file; where one does not tell of its birth, by inode."""
    if not isinstance(one, list) or not isinstance(other, list) or len(one) != len(other):
        return False
    births = (one[1], other[1])
    return bool(one[0] == other[0] and (None in births or births[0] == births[1]))


def _birth(path: str) -> int | None:
    """When a file was made, in nanoseconds; None where the system does not tell."""
    seconds: float | None = getattr(os.stat(path), "st_birthtime", None)
    if seconds is not None:
        return int(seconds * 1e9)
    if not sys.platform.startswith("linux"):
        return None
    found = bytearray(_STATX_SIZE)
    statx = _statx()
    if statx is None or statx(path, found) != 0:
        return None
    if not struct.unpack_from("=I", found)[0] & _BIRTH_TIME:
        return None
    whole, part = struct.unpack_from("=qI", found, _BIRTH_AT)
    return int(whole) * 10**9 + int(part)


@functools.lru_cache(maxsize=None)
def _statx() -> Any:
    """The call of the C library, which Python has no function for; None where it lacks it."""
    try:
        import ctypes

        call = ctypes.CDLL(None).statx
    except (ImportError, OSError, AttributeError):
        return None

    def statx(path: str, found: bytearray) -> int:
        buffer = (ctypes.c_char * _STATX_SIZE).from_buffer(found)
        return int(call(_HERE, os.fsencode(path), 0, _BIRTH_TIME, buffer))

    return statx
