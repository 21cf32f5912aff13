"""Which files this process opens for reading, noticed by an audit hook (Python 3.8 and later).

A hook cannot be taken out again, so there is one for the process, and what it does for any other
event is one comparison. What it notes belongs to the entries that run at that moment, or, where
none does, to every entry that comes later: data that a module loads when it is imported, or a cell
of a notebook, is input of all runs after it, as it was when it was read last. So with what it notes
of writing: what a run writes itself is no input of it, and what was prepared before the run is.
"""

from __future__ import annotations

import os
import stat
import sys
from _thread import _local

from ato_adict.notebooks import typed_cells
from ato_adict.surroundings import working_folder
from ato_trace._environment.files import children, handed
from ato_trace._environment.files.places import path_of
from ato_trace._environment.files.readers import (
    OURS,
    asker,
    is_import,
    is_of_project,
    reads_itself,
    user_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Sequence

    Reads = Dict[str, "Read"]

MOST_FILES = 10_000  # of one entry; beyond, files are counted by folder
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_APPEND
_REPLACES = os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Read:
    """One file that was read.

    Attributes:
        path: Where it is, absolute.
        size: Its size in bytes when it was opened.
        mtime_ns: When it was last changed then, in nanoseconds since 1970.
        reader: The function, file and line that opened it, or None.
        handed: Whether it was handed to another program or library, which may write it as well.
    """

    __slots__ = ("handed", "mtime_ns", "path", "reader", "size")

    def __init__(
        self, path: str, size: int, mtime_ns: int, reader: str | None, handed: bool = False
    ) -> None:
        self.path = path
        self.size = size
        self.mtime_ns = mtime_ns
        self.reader = reader
        self.handed = handed

    def is_changed(self) -> bool:
        """Whether the file is another by now."""
        try:
            found = os.stat(self.path)
        except OSError:
            return True
        return (found.st_size, found.st_mtime_ns) != (self.size, self.mtime_ns)


class ReadLog:
    """What was read while one entry ran, or while none did.

    Attributes:
        files: By path, the first `MOST_FILES` files.
        handed: Those that were handed to another program or library.
        written: The paths of what was written meanwhile.
        updatable: What was opened to read and to write, as it was before.
        crowds: Of the files beyond them, by folder: how many, their size, and a sum of hashes.
    """

    def __init__(self) -> None:
        self.files: Reads = {}
        self.handed: Reads = {}
        self.written: set[str] = set()
        self.updatable: Reads = {}
        self.crowds: dict[str, list[int]] = {}
        self._counted: set[int] = set()

    def knows(self, path: str) -> bool:
        """Whether a file is in it already."""
        return path in self.files or (bool(self._counted) and hash(path) in self._counted)

    def is_settled(self, path: str) -> bool:
        """Whether there is nothing to say of a file that is read: it is known, or was written."""
        return path in self.written or self.knows(path)

    def is_updated(self, read: Read) -> bool:
        """Whether a file that was read was written as well, as far as can be told by now."""
        opened = self.updatable.get(read.path, read if read.handed else None)
        return read.path in self.written or (opened is not None and opened.is_changed())

    def knows_written(self, path: str) -> bool:
        """Whether there is nothing to say of a file that is written."""
        return path in self.written

    def add_written(self, path: str) -> None:
        """Add a file that is opened to be written, or that another is renamed to."""
        self.written.add(path)

    def add(self, read: Read) -> None:
        """Add a file that is not settled."""
        if read.handed:
            self.handed.setdefault(read.path, read)
            return
        if len(self.files) < MOST_FILES or read.path in self.files:
            self.files[read.path] = read
            return
        self._counted.add(hash(read.path))
        folder, name = os.path.split(read.path)
        crowd = self.crowds.setdefault(folder, [0, 0, 0])
        crowd[0] += 1
        crowd[1] += read.size
        crowd[2] = (crowd[2] + _digest(f"{name}\0{read.size}")) % 2**128


class OutsideLog(ReadLog):
    """What was read while no entry ran: of what was read again, the last time counts.

    A cell of a notebook, or a loop that calls an entry, loads a file anew that was changed.

    Attributes:
        prepared: What the program wrote while no entry ran, and no entry has written since.
    """

    def __init__(self) -> None:
        super().__init__()
        self.prepared: set[str] = set()

    def is_settled(self, path: str) -> bool:
        if path in self.files:
            return not self.files[path].is_changed()
        return super().is_settled(path) and path not in self.prepared

    def is_updated(self, read: Read) -> bool:
        is_ready = read.path in self.prepared and not read.is_changed()  # written, and then read
        return super().is_updated(read) and not is_ready

    def knows_written(self, path: str) -> bool:
        return path in self.prepared

    def add_written(self, path: str) -> None:
        super().add_written(path)
        self.prepared.add(path)

    def add(self, read: Read) -> None:
        self.handed.pop(read.path, None)
        super().add(read)

    def end(self, log: ReadLog) -> None:
        """An entry has ended: what it wrote, the program may look at without using it."""
        self.written |= log.written
        self.prepared -= log.written


def _digest(text: str) -> int:
    import hashlib

    data = text.encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(data, digest_size=16).digest(), "big")


# The one state of the process: what was read outside of entries, and the entries that run.
outside = OutsideLog()
_running: list[ReadLog] = []
_state = {"hooked": False}
# The modules that were loaded, and the cells that were typed, before reads were noticed.
loaded_before: set[str] = set()
typed_before: list[str] = []
_muted = _local()


def watch() -> bool:
    """Start to notice reads, once for the process; False where Python cannot (3.7)."""
    if not hasattr(sys, "addaudithook"):
        return False
    if not _state["hooked"]:
        _state["hooked"] = True
        loaded_before.update(sys.modules)
        typed_before.extend(typed_cells())
        sys.addaudithook(_hook)
        children.follow(os.getpid())
    return True


def begin() -> ReadLog:
    """An entry starts: return the log of what is read while it runs."""
    log = ReadLog()
    _running.append(log)
    return log


def end(log: ReadLog) -> None:
    """An entry has ended; what is read from now on of what it wrote is the program's own."""
    if log in _running:
        _running.remove(log)
        outside.end(log)


class Muted:
    """A context in which this thread's own reads are not noticed."""

    def __enter__(self) -> None:
        _muted.depth = getattr(_muted, "depth", 0) + 1

    def __exit__(self, *error: object) -> None:
        _muted.depth -= 1


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        _opened(arguments[0], arguments[2])
    elif event == "os.rename":
        _renamed(arguments[1])
    elif event in handed.EVENTS:
        _handed(event, arguments)


def _opened(name: Any, flags: Any) -> None:
    try:
        writes = flags & _WRITES if isinstance(flags, int) else 0
        if _is_known(name, bool(writes)) or getattr(_muted, "depth", None):
            return
        path = path_of(name, bool(writes))
        if path is None:
            return
        if writes == os.O_RDWR and not flags & _REPLACES:  # "r+": data, or the run's own state
            _keep_state(path)
            _note(path, is_handed=True)
        elif writes:
            _note_written(path)
        else:
            _note(path)
    except Exception:  # a hook that raises would fail the program's own call
        return


def _noting() -> Sequence[ReadLog]:
    return _running or (outside,)


def _note_written(path: str) -> None:
    for log in _noting():
        log.add_written(path)


def _keep_state(path: str) -> None:
    logs = [log for log in _noting() if path not in log.updatable and path not in log.written]
    if logs:
        found = os.stat(path)
        for log in logs:
            log.updatable[path] = Read(path, found.st_size, found.st_mtime_ns, None)


def _is_known(name: Any, writes: bool) -> bool:
    """Whether there is nothing new to say: the short way of loops that open the same files."""
    if type(name) is not str:
        return type(name) is int
    path = name if name[:1] == "/" else f"{working_folder()}/{name}"
    if writes:
        return all(log.knows_written(path) for log in _noting())
    return all(log.is_settled(path) for log in _noting())


def _renamed(target: Any) -> None:
    try:
        path = path_of(target, writes=True)
        if path is not None:
            _note_written(path)
    except Exception:
        return


def _handed(event: str, arguments: tuple[Any, ...]) -> None:
    """Another program is started, or a database opened: note the files that are named."""
    if getattr(_muted, "depth", None):
        return
    try:
        reader: str | None = ""
        for name in handed.files_in(event, arguments):
            path = path_of(name)
            if path is not None and reader is not OURS:
                reader = reader or asker(sys._getframe(2))
                if reader is not OURS:
                    _add(path, reader, is_handed=True)
    except Exception:  # as above
        return


def _note(path: str, is_handed: bool = False) -> None:
    if all(log.is_settled(path) for log in _noting()):
        return
    frame = sys._getframe(3)
    if reads_itself(frame, path) or (is_import(frame) and not is_of_project(path)):
        return
    _add(path, user_of(frame), is_handed)


def _add(path: str, reader: str | None, is_handed: bool = False) -> None:
    # A file that was written and then handed on is known as one that was written.
    logs = [log for log in _noting() if not (log.knows if is_handed else log.is_settled)(path)]
    found = os.stat(path)
    if not logs or not stat.S_ISREG(found.st_mode):
        return
    read = Read(path, found.st_size, found.st_mtime_ns, reader, is_handed)
    for log in logs:
        log.add(read)
    children.tell(read)
