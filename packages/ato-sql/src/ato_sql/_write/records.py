"""The bytes of a journal.

A journal is a sequence of slots of 32 bytes. A metric takes one slot: the number of its series
(which metric of which run), step, value and time. Everything else takes one slot for its length and
checksum, and as many as its JSON needs. Slots that were not written yet are zero.

Each record is written by one call into C, so no other thread sees half of one. Only a kill in the
middle of that call leaves a torn record, which is then the last: its call has not returned.
"""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

from ato_sql._write.batch import Births, Event, Metrics, Series

SLOT = 32
# Series, nothing, step, value, time. Both halves of a whole record are not zero.
pack_metric = struct.Struct("=IIqdd").pack
_HEADER = struct.Struct("=III20x")  # OTHER, length and checksum of what follows
_OTHER = 0xFFFFFFFF

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


class Decoder:
    """Reads a journal from its beginning; remembers the names of series on the way."""

    def __init__(self) -> None:
        self.names: dict[int, Series] = {}
        self.births: Births = {}
        self.opened: dict[str, Any] = {}

    def read(self, data: bytes) -> tuple[list[Event], Metrics, int]:
        """Return the events and metrics at the beginning of `data`, and where it stopped.

        It stops at the first slot that is empty, torn, or whose record is not all in `data`.
        """
        series, *others = _columns(data)
        found: Any = ([], [], [], [])
        events: list[Event] = []
        place = 0
        while place < len(series):
            stop = _next(series, place)
            if stop > place:
                for column, read in zip(found, (series, *others)):
                    column.extend(read[place:stop])
                place = stop
                continue
            other = _other(data, place * SLOT) if series[place] == _OTHER else None
            if other is None:
                break
            (uuid, kind, content), place = other
            self._take(uuid, kind, content, events, found)
        if found[3] and found[3][-1] == 0.0:  # a torn last record
            for column in found:
                column.pop()
            place -= 1
        return events, Metrics(self.names, *found), place * SLOT

    def _take(
        self, uuid: str, kind: str, data: dict[str, Any], events: list[Event], metrics: Any
    ) -> None:
        if kind == OPENED:
            self.opened = data
            self.births.update(data["births"])
            self.names.update((number, (run, key)) for number, run, key in data["series"])
        elif kind == SERIES:
            self.names[data["number"]] = (uuid, data["key"])
        elif kind == LARGE:
            for column, name in zip(metrics, ("series", "step", "value", "time")):
                column.append(data[name])
        else:
            events.append((uuid, kind, data))


def _columns(data: bytes) -> list[Any]:
    """Return series, steps, values and moments of all slots, of those that are no metric too."""
    slots = memoryview(data[: len(data) // SLOT * SLOT])
    parts = (("I", 0, 8), ("q", 1, 4), ("d", 2, 4), ("d", 3, 4))
    return [slots.cast(kind)[start::width].tolist() for kind, start, width in parts]  # type: ignore[call-overload]


def _next(series: list[int], place: int) -> int:
    """Return where the metrics that begin at `place` end."""
    stop = len(series)
    for mark in (_OTHER, 0):
        try:
            stop = series.index(mark, place, stop)
        except ValueError:
            continue
    return stop


def _other(data: bytes, offset: int) -> Any:
    """Return the content of a record that is no metric and the slot after it; None if torn."""
    _, length, checksum = _HEADER.unpack_from(data, offset)
    start = offset + SLOT
    text = data[start : start + length]
    if len(text) < length or zlib.crc32(text) != checksum:
        return None
    return json.loads(text.decode()), (start + length + SLOT - 1) // SLOT
