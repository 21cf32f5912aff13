"""What a database refuses: whether it does, and the less of it that is tried instead."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Iterator

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    StatementError,
)

from ato_sql._errors import DatabaseError
from ato_sql._values.marked import MARK
from ato_sql._write.batch import CREATE, Batch, Event

_LONGEST = 10_000  # characters that are kept of a text that is refused
_TOO_LARGE = (1153, 2006, 2013)  # what MySQL says, or does not, of a statement that is too large


def is_refusal(error: BaseException) -> bool:
    """Tell whether the database is well but does not want a batch.

    A damaged database, a lock, a lost connection and a full disk are no refusals.
    """
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError)):
            return False
        return isinstance(error, (DataError, IntegrityError, ProgrammingError, NotSupportedError))
    if isinstance(error, StatementError):
        return True
    if isinstance(error, sqlite3.OperationalError):  # of the driver itself
        return False
    return not isinstance(error, (OSError, DatabaseError, MemoryError))


def is_about_a_value(error: BaseException) -> bool:
    """Tell whether a refusal can only be about what was to be stored, so that waiting is vain."""
    return isinstance(error, (DataError, ValueError, TypeError, ArithmeticError))


def is_too_large(error: BaseException, batch: Batch, largest: int | None) -> bool:
    """Tell whether a connection was lost because of a statement larger than the database takes.

    Args:
        error: what it said.
        batch: what it was given.
        largest: the bytes that it takes in one statement, where it tells.
    """
    if largest is None or not isinstance(error, DBAPIError):
        return False
    arguments = getattr(error.orig, "args", None) or (None,)
    # Its quotes and backslashes are doubled on the way.
    return arguments[0] in _TOO_LARGE and 2 * size_of(batch) > largest


def size_of(batch: Batch) -> int:
    """Return about how many bytes a batch has."""
    return len(json.dumps(batch.events, default=str)) + 100 * len(batch.metrics.series)


def lessened(batch: Batch) -> Iterator[Batch]:
    """Yield what may be taken instead of a batch, at last nothing of it.

    First its long texts are cut, and then it is without its lists and mappings, so that a run is
    not lost with its config.
    """
    for lessen in (_cut, _without_structure):
        events: list[Event] = [(run, kind, lessen(kind, data)) for run, kind, data in batch.events]
        if events:
            yield batch._replace(events=events)
    yield batch._replace(events=[], metrics=batch.metrics.chosen(()))


def _cut(kind: str, data: Any) -> Any:
    """Cut every long text below `data`, and say so where it ends."""
    if isinstance(data, str):
        if len(data) <= _LONGEST:
            return data
        return f"{data[:_LONGEST]}… [cut from {len(data)} characters, which the database refused]"
    if isinstance(data, dict):
        return {name: _cut(kind, item) for name, item in data.items()}
    return [_cut(kind, item) for item in data] if isinstance(data, list) else data


def _without_structure(kind: str, data: Any) -> Any:
    less = {k: None if isinstance(v, (dict, list)) else _cut(kind, v) for k, v in data.items()}
    if kind == CREATE:
        value = "the database refused it"
        less["config"] = {MARK: "repr", "type": "config", "value": value}
    return less
