"""The file of this process that stands for a database in memory, which threads cannot share."""

from __future__ import annotations

import os

# By process.
_FILES: dict[int, str] = {}


def scratch_file() -> str:
    """Return the path of the file, in a folder that is made when it is first asked for."""
    if os.getpid() not in _FILES:
        import tempfile  # few programs ask for it

        folder = tempfile.mkdtemp(prefix="ato-sql-")
        _FILES[os.getpid()] = os.path.join(folder, "memory.sqlite")
    return _FILES[os.getpid()]


def is_scratch(path: str) -> bool:
    """Whether a path is such a file."""
    return path in _FILES.values()


def remove_scratch() -> None:
    """Remove the file, when nobody of this process writes any more."""
    path = _FILES.pop(os.getpid(), None)
    if path is not None:
        import shutil

        shutil.rmtree(os.path.dirname(path), ignore_errors=True)
