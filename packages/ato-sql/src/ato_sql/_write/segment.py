"""One file of a journal: mapped into memory, so that what was written outlives a kill."""

from __future__ import annotations

import mmap
import os
import threading
from typing import Any

from ato_sql._write.batch import Batch
from ato_sql._write.records import SLOT, Decoder, size_of_record

CHUNK = 8192 * SLOT  # read at once, and so the size of a transaction


class Segment:
    """A stretch of a journal with a beginning of its own, so that it can be read by itself.

    `write` is one call into C: it appends whole records or raises ValueError because there is no
    room left. Sealing leaves no room; what another thread writes just before is still read.

    Attributes:
        id: what the database knows it by.
        path: the file, None where it is kept in memory only.
        done: up to where it is in the database.
    """

    def __init__(self, id: str, path: str | None, memory: Any, size: int) -> None:
        self.id = id
        self.path = path
        self.size = size
        self.write: Any = getattr(memory, "write", None)
        self.sealed: bool = False
        self.done = 0
        self.damaged: bool = False
        self._memory = memory
        self._decoder = Decoder()
        self._decoded = 0

    def seal(self) -> None:
        """Leave no room for more."""
        if not self.sealed:
            self._memory.seek(self.size)
            self.sealed = True

    @property
    def end(self) -> int:
        """Up to where there may be records."""
        return self.size if self.sealed else int(self._memory.tell())

    def batch(self, end: int, size: int = CHUNK) -> Batch | None:
        """Return what comes after `done`, or None where nothing more does.

        Calling it again after an error gives the same and what was added meanwhile.

        Args:
            end: up to where, at most.
            size: about how many bytes; one record where that is less.
        """
        self._skip_to(self.done)
        if self.done >= end:
            return None
        size = max(size, size_of_record(self._memory[self.done : self.done + SLOT]))
        data = self._memory[self.done : min(self.done + size, end)]
        events, metrics, length = self._decoder.read(data)
        if not length:
            rest = self._memory[self.done : self.size] if self.sealed else b""
            self.damaged = bool(rest.strip(b"\0"))
            return None
        self._decoded = self.done + length
        births = self._decoder.births
        return Batch(self.id, self.done, self._decoded, events, metrics, births)

    def _skip_to(self, position: int) -> None:
        """Read on for the names of series; the rest is in the database already."""
        while self._decoded < position:
            data = self._memory[self._decoded : position]
            _, _, length = self._decoder.read(data)
            if not length:
                break
            self._decoded += length

    @property
    def opened(self) -> dict[str, Any]:
        """What its first record tells of the process that wrote it."""
        return self._decoder.opened

    @property
    def names(self) -> Any:
        """The names of its series."""
        return self._decoder.names

    def count(self) -> int:
        """Return how many metrics in it are not in the database."""
        before, whole = (
            len(Decoder().read(self.raw(0, position))[1].series)
            for position in (self.done, self.end)
        )
        return whole - before

    def raw(self, start: int, end: int) -> bytes:
        """Return a stretch as it is."""
        return bytes(self._memory[start:end])

    def let_go(self) -> None:
        """Close the file; it stays."""
        if hasattr(self._memory, "close"):
            self._memory.close()

    def remove(self) -> None:
        """Close and remove the file."""
        self.let_go()
        if self.path is not None:
            try:
                os.remove(self.path)
            except OSError:
                pass


def map_file(descriptor: int, size: int) -> Any:
    """Return the memory of a file; one that only looks like it where files cannot be mapped."""
    try:
        return mmap.mmap(descriptor, size)
    except (OSError, ValueError):
        return PlainFile(descriptor, size)


class PlainFile:
    """As much of a mapped file as a segment needs, by plain writing."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor = os.dup(descriptor)
        self._size = size
        self._position = 0
        self._lock = threading.RLock()

    def write(self, data: bytes) -> None:
        """Append, or raise ValueError."""
        with self._lock:
            start = self._position
            if self._descriptor < 0 or start + len(data) > self._size:
                raise ValueError("no room left")
            self._position = start + len(data)
            try:
                os.pwrite(self._descriptor, data, start)
            except OSError as error:
                self._position = self._size
                raise ValueError(str(error)) from None

    def tell(self) -> int:
        """Up to where it is written."""
        return self._position

    def seek(self, position: int) -> None:
        """Go on at another place."""
        with self._lock:
            self._position = position

    def __getitem__(self, part: slice) -> bytes:
        return os.pread(self._descriptor, part.stop - part.start, part.start)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            descriptor, self._descriptor = self._descriptor, -1
            if descriptor >= 0:
                os.close(descriptor)
