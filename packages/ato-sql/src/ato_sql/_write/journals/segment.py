"""One file of a journal: mapped into memory, so that what was written outlives a kill."""

from __future__ import annotations

import mmap
import os
import threading
from typing import Any

from ato_sql._write.batch import Batch
from ato_sql._write.journals.records import SLOT, Decoder, Stretch, size_of_record

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
        self._damaged: set[int] = set()  # its slots that are no whole record
        self._last = 0  # where the last record that was read ends
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
        found = self._read(self.done, end, size)
        if found is None:
            return None
        start, stretch = found
        self._decoded = start + stretch.length
        births = self._decoder.births
        return Batch(self.id, start, self._decoded, stretch.events, stretch.metrics, births)

    def _skip_to(self, position: int) -> None:
        """Read on for the names of series; the rest is in the database already."""
        while self._decoded < position:
            found = self._read(self._decoded, position, CHUNK)
            if found is None:
                break
            self._decoded = found[0] + found[1].length

    def _read(self, start: int, end: int, size: int) -> tuple[int, Stretch] | None:
        """Return what comes first from `start` on, and where that is; None if nothing more does."""
        while start < end:
            size = max(size, size_of_record(self._memory[start : start + SLOT]))
            data = self._memory[start : min(start + size, end)]
            stretch = self._decoder.read(data, self.size - start if self.sealed else None)
            self._damaged.update(start // SLOT + slot for slot in stretch.damaged)
            if stretch.length:
                if stretch.length > len(stretch.damaged) * SLOT:
                    self._last = max(self._last, start + stretch.length)
                return start, stretch
            written = self._next_written(start) if self.sealed else end
            self._damaged.update(range(start // SLOT, written // SLOT if written < end else 0))
            if written == start:  # less than a slot
                self._damaged.add(start // SLOT)
                break
            start = written
        return None

    def _next_written(self, start: int) -> int:
        """Return the slot from `start` on that something is in, or the end."""
        for at in range(start, self.size, CHUNK):
            part = self._memory[at : min(at + CHUNK, self.size)]
            rest = part.lstrip(b"\0")
            if rest:
                return int(at + (len(part) - len(rest)) // SLOT * SLOT)
        return self.size

    @property
    def damaged(self) -> int:
        """How many of its slots are no whole record, as far as it was read.

        An empty one is damaged if there are records behind it.
        """
        return sum(slot * SLOT < self._last or self._is_written(slot) for slot in self._damaged)

    def _is_written(self, slot: int) -> bool:
        return bool(self._memory[slot * SLOT : min((slot + 1) * SLOT, self.size)].strip(b"\0"))

    @property
    def is_cut(self) -> bool:
        """Whether what it had may have gone on: nothing empty comes after its last record."""
        after = self._memory[self._last : min(self._last + SLOT, self.size)]
        return self.size % CHUNK > 0 and (len(after) < SLOT or bool(after.strip(b"\0")))

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
            len(Decoder().read(self.raw(0, position)).metrics.series)
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
