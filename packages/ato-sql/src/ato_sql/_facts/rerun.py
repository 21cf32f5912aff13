"""What `ato verify` tells a program that it runs again, and what becomes of its runs.

The environment variable `ATO_RERUN` holds `UUID,ORIGINAL,PLACE,PID`: the UUID for the run that will
be compared, the UUID of the run it is compared with, which of the program's runs that one was, from
1, and the process of `ato verify`. Only its own child takes the UUID, for the run at that place;
what that program starts finds `,ORIGINAL` and is marked as part of the rerun all the same.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from typing import NamedTuple

VARIABLE = "ATO_RERUN"
TAG = "rerun"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TOLD = re.compile(rf"(?:({_UUID}),({_UUID}),([1-9][0-9]*),([0-9]+)|,({_UUID}))")


class Rerun(NamedTuple):
    """What a run is told that belongs to a rerun.

    Attributes:
        original: the UUID of the run that is verified.
        uuid: the UUID this run must have, since it is the one to be compared; else None.
    """

    original: str
    uuid: str | None


class _Expected:
    """The run that this process has yet to start."""

    def __init__(self, uuid: str, place: int) -> None:
        self.uuid, self.place, self.pid = uuid, place, os.getpid()


_lock = threading.Lock()
_expected: _Expected | None = None


def rerun_environment(uuid: str | None, original: str, place: int = 1) -> dict[str, str]:
    """Return what to add to the environment of a program that is run again.

    It must be started as a child of this process.

    Args:
        uuid: The UUID that the run to be compared shall have; None where it is one of a worker,
            which the program itself starts.
        original: The UUID of the run it is compared with, which becomes its parent.
        place: Which of the runs that the program starts it is, from 1.
    """
    if uuid is None:
        return {VARIABLE: f",{original}"}
    return {VARIABLE: f"{uuid},{original},{place},{os.getpid()}"}


def is_rerun() -> bool:
    """Whether this program was started by `ato verify`, or by a program that was."""
    return _TOLD.fullmatch(os.environ.get(VARIABLE, "")) is not None


def next_run() -> Rerun | None:
    """Return what the run that starts now is told, None where this is no rerun."""
    global _expected
    found = _TOLD.fullmatch(os.environ.get(VARIABLE, ""))
    if found is None:
        return None
    uuid, original, place, pid, whole = found.groups()
    with _lock:
        if uuid is not None:
            os.environ[VARIABLE] = f",{original}"  # nobody that is started later takes it
            if _is_parent(int(pid)):
                _expected = _Expected(uuid, int(place))
        return Rerun(original or whole, _arrived())


def _is_parent(pid: int) -> bool:
    # On Windows the python of a virtual environment starts another one, which is the program.
    return sys.platform == "win32" or os.getppid() == pid


def _arrived() -> str | None:
    """Return the expected UUID if it is for the run that starts now."""
    if _expected is None or _expected.pid != os.getpid():  # a fork of the program
        return None
    _expected.place -= 1
    return _expected.uuid if _expected.place == 0 else None
