"""The one hot statement: many metrics at once."""

from __future__ import annotations

import datetime as dt
import sqlite3
from typing import Any, Iterable, Iterator, Sequence

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from ato_sql._schema import Metric, table_of
from ato_sql._time import from_seconds
from ato_sql._values import split

_COLUMNS = ("run_id", "key", "value", "step", "timestamp", "special")
_SIZES = (1000, 100, 10, 1) if sqlite3.sqlite_version_info >= (3, 32) else (100, 10, 1)


def insert_metrics(connection: Connection, rows: Sequence[tuple[Any, Any]]) -> None:
    """Insert rows, each a run's key and its metric row."""
    if connection.dialect.name == "sqlite":
        _insert_sqlite(connection, rows)
    else:
        values = [dict(zip(_COLUMNS, row)) for row in _server_rows(rows)]
        connection.execute(insert(table_of(Metric)), values)


def _server_rows(rows: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, ...]]:
    for (run_id, _), (_, key, value, step, when) in rows:
        number, special = split(value)
        yield run_id, key, number, step, from_seconds(when), special


def _insert_sqlite(connection: Connection, rows: Sequence[tuple[Any, Any]]) -> None:
    """Insert through the driver, many rows to a statement.

    The driver gives up the interpreter lock once for each statement it runs and may wait 5 ms to
    get it back while a training loop computes; so one statement for a thousand rows, not a
    thousand statements.
    """
    cursor: Any = connection.connection.cursor()
    plain, special = _sqlite_values(rows)
    start, width = 0, 5
    for size in _SIZES:
        statement = _statement(_COLUMNS[:5], size)
        while len(plain) - start >= size * width:
            cursor.execute(statement, plain[start : start + size * width])
            start += size * width
    if special:
        cursor.executemany(_statement(_COLUMNS, 1), special)
    cursor.close()


def _statement(columns: Sequence[str], rows: int) -> str:
    marks = "(" + ",".join("?" * len(columns)) + ")"
    return f"INSERT INTO metrics ({', '.join(columns)}) VALUES " + ",".join([marks] * rows)


def _sqlite_values(rows: Sequence[tuple[Any, Any]]) -> tuple[list[Any], list[tuple[Any, ...]]]:
    """Return one flat list of the common rows' values, and the rows with special values."""
    plain: list[Any] = []
    special: list[tuple[Any, ...]] = []
    extend = plain.extend
    second, prefix = -1, ""
    for (run_id, _), (_, key, value, step, when) in rows:
        whole = int(when)
        if whole != second:
            second, prefix = whole, _second(whole)
        # As SQLAlchemy writes a DATETIME on SQLite.
        stamp = f"{prefix}.{int((when - whole) * 1e6):06d}"
        if type(value) is float and value - value == 0.0:
            extend((run_id, key, value, step, stamp))
        else:
            number, text = split(value)
            special.append((run_id, key, number, step, stamp, text))
    return plain, special


def _second(seconds: int) -> str:
    moment = dt.datetime.fromtimestamp(seconds, dt.timezone.utc)
    return moment.strftime("%Y-%m-%d %H:%M:%S")
