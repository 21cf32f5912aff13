"""The one way from a training loop to the database: a file that is appended to.

What is logged is appended to the current segment, a file mapped into memory, and so survives the
end of the process at any moment. From there it is written to the database; a segment that is full
and written is removed. The database remembers for each segment up to where it has it.
"""

from __future__ import annotations

import collections
import mmap
import os
import threading
import uuid
from typing import Any, Callable

from sqlalchemy.engine import URL

from ato_sql._facts.facts import here
from ato_sql._values.journals import lock
from ato_sql._write.batch import Births, Series
from ato_sql._write.journals.folders import journal_folders, journal_stem, new_name
from ato_sql._write.journals.records import OPENED, SERIES, SLOT, pack_other
from ato_sql._write.journals.segment import Segment, map_file
from ato_sql._write.journals.trust import is_open_to_others

SEGMENT_BYTES = 8192 * SLOT
LARGEST_BYTES = 64 * SEGMENT_BYTES  # while the database takes nothing
MEMORY_BYTES = 8 * SEGMENT_BYTES  # kept where no file can be written
_ENDED_RUNS = 100  # whose series are still known, for threads that are late


def _no_room(record: bytes) -> None:
    raise ValueError("no segment is open")


class Journal:
    """The journal of one process and database.

    Attributes:
        write: appends a record to the current segment, or raises ValueError; see `append`.
        segments: those that are not all in the database, oldest first.
        births: by uuid, what is needed to create the runs that are open.
        lost: how many metrics could be kept nowhere.
        problem: why no file could be written.
    """

    def __init__(self, url: URL, folder: str | None, turned: Callable[[], None]) -> None:
        self._stem = journal_stem(url)
        self._folders = journal_folders(url, folder)
        self._turned = turned
        self._names: dict[int, Series] = {}
        self._numbers: dict[Series, int] = {}
        self._ended: collections.deque[str] = collections.deque()
        self._last_number = 0
        self.births: Births = {}
        self._start()

    def _start(self) -> None:
        self.write: Callable[[bytes], Any] = _no_room
        self.segments: collections.deque[Segment] = collections.deque()
        self._current: Segment | None = None
        self.lock: Any = threading.RLock()
        self.lost: int = 0
        self.problem: OSError | None = None

    def renew(self) -> None:
        """Begin anew in a forked child; the segments are the parent's."""
        for segment in self.segments:
            segment.let_go()
        self._start()

    def append(self, record: bytes) -> None:
        """Append a record, to a new segment if need be."""
        try:
            self.write(record)
        except ValueError:
            with self.lock:
                self._append_anew(record)
            self._turned()

    def _append_anew(self, record: bytes) -> None:
        while True:
            try:
                self.write(record)  # another thread may have turned the page
                return
            except ValueError:
                segment = self._open(len(record))
                self.segments.append(segment)
                self._current = segment
                self.write = segment.write

    # -- series --------------------------------------------------------------------------------

    def series(self, run: str, key: str) -> int:
        """Return the number that stands for a metric of a run."""
        with self.lock:
            number = self._numbers.get((run, key))
            if number is not None:
                return number
            self._last_number += 1
            number = self._last_number
            self._names[number] = (run, key)
        self.append(pack_other(run, SERIES, {"number": number, "key": key}))
        with self.lock:  # not before: another thread would use it, and be read first
            return self._numbers.setdefault((run, key), number)

    def forget(self, run: str) -> None:
        """Drop what is known of a run that ended, a while later."""
        with self.lock:
            self.births.pop(run, None)
            self._ended.append(run)
            if len(self._ended) > _ENDED_RUNS:
                old = self._ended.popleft()
                for number in [n for n, series in self._names.items() if series[0] == old]:
                    self._numbers.pop(self._names.pop(number), None)

    # -- segments ------------------------------------------------------------------------------

    @property
    def path(self) -> str | None:
        """Where the oldest of what is not in the database is."""
        return next((s.path for s in list(self.segments) if s.path is not None), None)

    def is_current(self, segment: Segment) -> bool:
        """Tell whether it is the one that is written to."""
        return segment is self._current

    def drop(self, segment: Segment) -> None:
        """Remove a segment, all of it being in the database."""
        self._take_out(segment)
        segment.remove()

    def _take_out(self, segment: Segment) -> None:
        try:
            self.segments.remove(segment)
        except ValueError:  # the memory it took was needed
            pass

    def rest(self) -> None:
        """Write to no file until there is something to write.

        Without the lock, which a thread may hold that waits for this one. One that is opening a
        segment at the moment may go on with it or open another: both are written.
        """
        self.write = _no_room
        current, self._current = self._current, None
        if current is not None:
            current.seal()

    def _open(self, needed: int) -> Segment:
        """Open a segment in the first folder that has room, else in memory."""
        id = str(uuid.uuid4())
        first = self._first_record(id)
        size = min(SEGMENT_BYTES << max(0, len(self.segments) - 4), LARGEST_BYTES)
        size = max(size, -(-(len(first) + needed) // SEGMENT_BYTES) * SEGMENT_BYTES)
        for folder in self._folders:
            try:
                return self._open_file(folder, id, first, size)
            except OSError as error:
                self.problem = error
        return self._open_memory(id, first, size)

    def _first_record(self, id: str) -> bytes:
        series = [(number, *name) for number, name in list(self._names.items())]
        data = {"journal": id, "series": series, "births": dict(self.births), **here()}
        return pack_other("", OPENED, data)

    def _open_file(self, folder: str, id: str, first: bytes, size: int) -> Segment:
        os.makedirs(folder, exist_ok=True)
        if is_open_to_others(folder) and len(self._folders) > 1:  # it would not be trusted
            raise PermissionError(f"others may write to {folder}")
        path = os.path.join(folder, f"{self._stem}-{id}")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        path, final = new_name(path)
        descriptor = os.open(path, flags, 0o600)  # others cannot change what is stored
        try:
            lock(descriptor)
            # Zeros that are written take their place on the disk now; a write to mapped memory
            # for which there is no place would end the process.
            _write_all(descriptor, first + bytes(size - len(first)))
            memory = map_file(descriptor, size)
            memory.seek(len(first))
            if final != path:  # it has its name when it is whole and locked
                os.rename(path, final)
        except BaseException:
            os.close(descriptor)
            _remove(path)
            raise
        os.close(descriptor)
        self.problem = None
        return Segment(id, final, memory, size)

    def _open_memory(self, id: str, first: bytes, size: int) -> Segment:
        kept = [segment for segment in self.segments if segment.path is None]
        if sum(segment.size for segment in kept) > MEMORY_BYTES:
            self._take_out(kept[0])
            self.lost += kept[0].count()
        memory = mmap.mmap(-1, size)
        memory.write(first)
        return Segment(id, None, memory, size)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass
