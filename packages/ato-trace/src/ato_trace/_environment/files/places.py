"""Paths that audit events name: which file is meant, and where no data of a run lies."""

from __future__ import annotations

import os
import sys

from ato_adict.surroundings import MEMORY_FOLDER, absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NO_DATA = (".pyo", ".so", ".pyd", ".dll", ".ato-journal")
# Below the root: Python and what the system keeps. Data lies in /data, /mnt, /srv, /scratch, ….
_OF_THE_SYSTEM = (
    "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "run", "sbin", "snap",
    "sys", "usr", "var", "Applications", "Library", "System",
)  # fmt: skip
_CACHES = frozenset(
    ("__pycache__", "site-packages", "dist-packages", "node_modules", ".git", ".hg", ".svn")
)
_CACHES |= {".cache", ".venv", ".tox", ".nox", ".eggs", ".ipynb_checkpoints", ".config", ".local"}


def _library_folders() -> tuple[str, ...]:
    """Where Python and installed packages lie, and what is no file at all."""
    folders = {os.path.dirname(os.__file__), os.path.dirname(os.path.realpath(os.__file__))}
    folders |= {path for path in sys.path if path.endswith(("site-packages", "dist-packages"))}
    folders = {folder.rstrip(os.sep) + os.sep for folder in folders}
    return (*sorted(folders), "/proc/", "/sys/", "/dev/")


_LIBRARIES = _library_folders()
# What joblib passes to its workers, by other names in each run.
_PASSED_ON = "joblib_memmapping_folder_"


def is_of_library(path: str) -> bool:
    """Whether a path is in the folder of Python or of installed packages, or no file at all."""
    return path.startswith(_LIBRARIES) and not path.startswith(MEMORY_FOLDER)


def path_of(name: Any, writes: bool = False) -> str | None:
    """The path that an event names, absolute; None for what is no file of the user's.

    Byte code that is read stands for its source; to write it says nothing.
    """
    if isinstance(name, int):
        return None
    path = os.fsdecode(name)
    if is_of_library(path) or path.endswith(_NO_DATA):
        return None
    if path.endswith(".pyc"):
        return None if writes else _source_of(path)
    whole = absolute(path)
    if whole != path and not os.path.exists(whole):
        return _in_open_folder(path) or whole
    return whole


def _source_of(path: str) -> str | None:
    """The source behind kept byte code: what Python runs where it does not read the source."""
    folder, name = os.path.split(absolute(path))
    parent, last = os.path.split(folder)
    return os.path.join(parent, name.partition(".")[0] + ".py") if last == "__pycache__" else None


def _in_open_folder(name: str) -> str | None:
    """Where a name lies that was opened with ``dir_fd``, which no event tells.

    That is below the one folder which is open and has it.
    """
    try:
        numbers = os.listdir("/proc/self/fd")
    except OSError:
        return None
    found = set()
    for number in numbers:
        try:
            whole = os.path.join(os.readlink(f"/proc/self/fd/{number}"), name)
        except OSError:  # closed again
            continue
        if os.path.isabs(whole) and os.path.isfile(whole):
            found.add(os.path.normpath(whole))
    return found.pop() if len(found) == 1 else None


def is_in_cache(parts: list[str]) -> bool:
    """Whether a path's folders are those of a cache or of an installation."""
    return any(part in _CACHES or part.endswith("_cache") for part in parts)


def may_hold_data(path: str, root: str) -> bool:
    """Whether a file outside a project may be data: not the system's, a cache's or temporary."""
    parts = path.split(os.sep)[1:-1]
    if path.startswith(MEMORY_FOLDER):
        parts = parts[2:]
    elif not parts or parts[0] in _OF_THE_SYSTEM:
        return False
    if any(part[:1] == "." or part.startswith(_PASSED_ON) for part in parts):
        return False
    installed = {os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix)}
    if is_in_cache(parts) or path.startswith(tuple(prefix + os.sep for prefix in installed)):
        return False
    temporary = temporary_folder() + os.sep
    return root.startswith(temporary) or not path.startswith(temporary)


def temporary_folder() -> str:
    """Where temporary files go. Not `tempfile`: a program that ends should not import it."""
    return os.environ.get("TMPDIR") or os.environ.get("TEMP") or "/tmp"
