"""What child processes read: workers of data loaders and pools report to the process above them.

A child appends a line for each file to one that only its user can read, named after the process
that the run belongs to. No file is made where no child reads anything.
"""

from __future__ import annotations

import os

from ato_trace._environment.files.places import temporary_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

_owner: list[int] = []  # the process that the run belongs to


def follow(pid: int) -> None:
    """Say that reads of this process's children belong to it."""
    _owner[:] = [pid]
    if hasattr(os, "register_at_fork"):
        import atexit

        atexit.register(_remove, pid)


def _spawned_by() -> int | None:
    """The process that started this one through multiprocessing, if one did."""
    import sys

    process = sys.modules.get("multiprocessing.process")
    parent = getattr(process, "parent_process", lambda: None)()
    return None if parent is None else int(parent.pid)


def _reports_to() -> int | None:
    """The process that the reads of this one belong to; None where that is this one.

    One that was spawned knows its parent only after it has imported the program.
    """
    if not _owner:
        return None
    return _owner[0] if _owner[0] != os.getpid() else _spawned_by()


def tell(read: Any) -> None:
    """In a child: report a file that was read."""
    owner = _reports_to()
    if owner is None:
        return
    import json

    line = json.dumps([read.path, read.size, read.mtime_ns, read.reader]) + "\n"
    path = _spool(owner, make=True)
    if path is None:
        return
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line.encode("ascii"))
    finally:
        os.close(file)


def reported() -> Iterator[tuple[str, int, int, str | None]]:
    """Yield path, size, time of the last change and reader of what children have read."""
    import json

    path = _spool(os.getpid())
    if path is None:
        return
    try:
        with open(path, encoding="ascii") as file:
            lines = file.readlines()
    except OSError:
        return
    for line in lines:
        try:
            name, size, mtime_ns, reader = json.loads(line)
        except ValueError:  # a child was killed in the middle of it
            continue
        yield name, size, mtime_ns, reader


def _spool(pid: int, make: bool = False) -> str | None:
    """Where children of a process report, in a folder that is this user's alone."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = os.path.join(temporary_folder(), f"ato-reads-{user}")
    try:
        if make:
            os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError:
        return None
    if hasattr(os, "getuid") and (found.st_uid != user or found.st_mode & 0o022):
        return None
    return os.path.join(folder, _name(pid))


def _name(pid: int) -> str:
    """A name that no later process of the same number has."""
    if pid not in _names:
        import hashlib

        from ato_adict.surroundings import process_identity

        identity = f"{pid} {process_identity(pid)}"
        _names[pid] = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return _names[pid]


_names: dict[int, str] = {}


def _remove(pid: int) -> None:
    if os.getpid() != pid:
        return
    path = _spool(pid)
    try:
        if path is not None:
            os.remove(path)
    except OSError:
        pass
