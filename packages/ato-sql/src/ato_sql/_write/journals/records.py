"""The bytes of a journal.

A journal is a sequence of slots of 32 bytes. A metric takes one slot: the number of its series
(which metric of which run), step, value and time. Everything else takes one slot for its length and
checksum, and as many as its JSON needs. Slots that were not written yet are zero.

Each record is written by one call into C, so no other thread sees half of one. Only a kill in the
middle of that call leaves a torn record, which is then the last: its call has not returned.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from typing import Any, NamedTuple, Sequence

from ato_sql._write.batch import Births, Event, Metrics, Series

SLOT = 32
# Series, nothing, step, value, time. Both halves of a whole record are not zero.
pack_metric = struct.Struct("=IIqdd").pack
_HEADER = struct.Struct("=III20x")  # OTHER, length and checksum of what follows
_OTHER = 0xFFFFFFFF
_AT_ONCE = 1024  # metrics that are checked
_LATEST = 4e10  # seconds; a moment beyond is no date of Python or the databases

# The kinds of records that are not about a run.
OPENED = "opened"  # the names of series, and the births of open runs
SERIES = "series"  # a new series
LARGE = "large"  # an integer that no float holds


def pack_other(uuid: str, kind: str, data: dict[str, Any]) -> bytes:
    """Return the record of anything but a metric."""
    text = json.dumps([uuid, kind, data], separators=(",", ":")).encode()
    header = _HEADER.pack(_OTHER, len(text), zlib.crc32(text))
    return header + text + b"\0" * (-len(text) % SLOT)


def size_of_record(head: bytes) -> int:
    """Return how many bytes the record has that begins with this slot."""
    mark, length, _ = _HEADER.unpack(head) if len(head) == SLOT else (0, 0, 0)
    return SLOT + -(-length // SLOT) * SLOT if mark == _OTHER else SLOT


class Stretch(NamedTuple):
    """What was read of a journal.

    Attributes:
        events: what is neither metric nor bookkeeping, in order.
        metrics: the metrics, in order.
        length: up to where it was read, in bytes.
        damaged: the slots before that which are no whole record, by number.
    """

    events: list[Event]
    metrics: Metrics
    length: int
    damaged: list[int]


class Decoder:
    """Reads a journal from its beginning; remembers the names of series on the way."""

    def __init__(self) -> None:
        self.names: dict[int, Series] = {}
        self.births: Births = {}
        self.opened: dict[str, Any] = {}

    def read(self, data: bytes, whole: int | None = None) -> Stretch:
        """Return what is at the beginning of `data`.

        It stops at the first slot that is empty or torn, or whose record is not all in `data`.

        Args:
            data: a stretch of a journal.
            whole: how many bytes there are from its beginning on, if nobody writes to the journal
                any more: a slot that is no record is then damaged, and reading goes on behind it.
        """
        columns = _columns(data)
        series, moments = columns[0], columns[3]
        found: Any = ([], [], [], [])
        events: list[Event] = []
        damaged: list[int] = []
        place = 0
        while place < len(series):
            after = self._metrics(columns, place)
            if after > place:
                for column, read in zip(found, columns):
                    column.extend(read[place:after])
            elif series[place] == _OTHER:
                size, record = _other(data, place * SLOT, whole)
                after = place + size // SLOT
                if size and (record is None or not self._take(*record, events, found)):
                    damaged.append(place)
            elif whole is not None or (series[place] and moments[place]):
                after = _next_written(series, place)
                damaged.extend(range(place, after))
            if after == place:
                break
            place = after
        return Stretch(events, Metrics(self.names, *found), place * SLOT, damaged)

    def _metrics(self, columns: Sequence[list[Any]], place: int) -> int:
        """Return where the metrics that begin at a slot end."""
        stop = _next(columns[0], place)
        numbers, moments = columns[0][place:stop], columns[3][place:stop]
        # Asked of all at once, which is ten times as fast.
        known = set(numbers) <= self.names.keys() and math.isfinite(sum(moments))
        if numbers and known and min(moments) > 0.0 and max(moments) < _LATEST:
            return stop
        for at, (number, moment) in enumerate(zip(numbers, moments), place):
            if number not in self.names or not 0.0 < moment < _LATEST:
                return at
        return stop

    def _take(
        self, uuid: str, kind: str, data: dict[str, Any], events: list[Event], metrics: Any
    ) -> bool:
        """Take the content of a record that is no metric; False if it is none."""
        try:
            if kind == OPENED:
                births, names = (
                    dict(data["births"]),
                    {n: (run, key) for n, run, key in data["series"]},
                )
                self.opened = data
                self.births.update(births)
                self.names.update(names)
            elif kind == SERIES:
                self.names[data["number"]] = (uuid, data["key"])
            elif kind == LARGE:
                values = [data[name] for name in ("series", "step", "value", "time")]
                if values[0] not in self.names:
                    return False
                for column, value in zip(metrics, values):
                    column.append(value)
            else:
                events.append((uuid, kind, data))
        except (KeyError, TypeError, ValueError):
            return False
        return True


def _columns(data: bytes) -> list[Any]:
    """Return series, steps, values and moments of all slots, of those that are no metric too."""
    slots = memoryview(data[: len(data) // SLOT * SLOT])
    parts = (("I", 0, 8), ("q", 1, 4), ("d", 2, 4), ("d", 3, 4))
    return [slots.cast(kind)[start::width].tolist() for kind, start, width in parts]  # type: ignore[call-overload]


def _next(series: list[int], place: int) -> int:
    """Return where the metrics that begin at `place` end, or some of them."""
    stop = min(len(series), place + _AT_ONCE)
    for mark in (_OTHER, 0):
        try:
            stop = series.index(mark, place, stop)
        except ValueError:
            continue
    return stop


def _next_written(series: list[int], place: int) -> int:
    """Return the next slot that something is in; the same slot where nothing more is."""
    if series[place]:
        return place + 1
    return next((at for at in range(place, len(series)) if series[at]), place)


def _other(
    data: bytes, offset: int, whole: int | None
) -> tuple[int, tuple[str, str, dict[str, Any]] | None]:
    """Return how many bytes a record takes that is no metric, and what it says.

    Of one that is not all there it is none, of a damaged one that of its header, and it says None.
    """
    size = size_of_record(data[offset : offset + SLOT])
    if offset + size > len(data) and (whole is None or offset + size <= whole):
        return 0, None
    record = _content(data, offset)
    if record is None:
        return (0 if whole is None else SLOT), None
    return size, record


def _content(data: bytes, offset: int) -> tuple[str, str, dict[str, Any]] | None:
    """Return the content of a record that is no metric; None if it is torn or damaged."""
    _, length, checksum = _HEADER.unpack_from(data, offset)
    text = data[offset + SLOT : offset + SLOT + length]
    if len(text) < length or zlib.crc32(text) != checksum:
        return None
    try:
        uuid, kind, content = json.loads(text.decode())
    except (ValueError, TypeError, RecursionError):
        return None
    whole = isinstance(uuid, str) and isinstance(kind, str) and isinstance(content, dict)
    return (uuid, kind, content) if whole else None
