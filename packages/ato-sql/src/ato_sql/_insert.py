"""The one hot statement: many metrics at once."""

from __future__ import annotations

import datetime as dt
import itertools
import sqlite3
from typing import Any, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from ato_sql._batch import MetricRow
from ato_sql._schema import Metric, table_of
from ato_sql._time import from_seconds
from ato_sql._values import all_finite, is_finite, split

_COLUMNS = ("run_id", "key", "value", "step", "timestamp", "special")
_SIZES = (1000, 100, 10, 1) if sqlite3.sqlite_version_info >= (3, 32) else (100, 10, 1)


def insert_metrics(
    connection: Connection, runs: Mapping[str, Any], rows: Sequence[MetricRow]
) -> None:
    """Insert rows; `runs` has id and project by UUID."""
    ids = {uuid: run[0] for uuid, run in runs.items()}
    if connection.dialect.name == "sqlite":
        _insert_sqlite(connection, ids, rows)
    else:
        values = [dict(zip(_COLUMNS, row)) for row in _whole_rows(ids, rows)]
        connection.execute(insert(table_of(Metric)), values)


def _whole_rows(ids: Mapping[str, int], rows: Iterable[MetricRow]) -> Iterator[tuple[Any, ...]]:
    for uuid, key, value, step, when in rows:
        number, special = split(value)
        yield ids[uuid], key, number, step, from_seconds(when), special


def _insert_sqlite(
    connection: Connection, ids: Mapping[str, int], rows: Sequence[MetricRow]
) -> None:
    """Insert through the driver, many rows to a statement.

    The driver gives up the interpreter lock once for each statement it runs and may wait 5 ms to
    get it back while a training loop computes; so one statement for a thousand rows, not a
    thousand statements.
    """
    driver: Any = connection.connection
    cursor = driver.cursor()
    common, special = _apart(rows)
    start, width = 0, 5
    values = _flat(ids, common)
    for size in _SIZES:
        statement = _statement(_COLUMNS[:width], size)
        while len(values) - start >= size * width:
            cursor.execute(statement, values[start : start + size * width])
            start += size * width
    if special:
        cursor.executemany(_statement(_COLUMNS, 1), _special_rows(ids, special))
    cursor.close()


def _statement(columns: Sequence[str], rows: int) -> str:
    marks = "(" + ",".join("?" * len(columns)) + ")"
    return f"INSERT INTO metrics ({', '.join(columns)}) VALUES " + ",".join([marks] * rows)


def _apart(rows: Sequence[MetricRow]) -> tuple[Sequence[MetricRow], Sequence[MetricRow]]:
    """Take apart rows with a finite float and the few others."""
    if all_finite([row[2] for row in rows]):
        return rows, ()
    common = [row for row in rows if type(row[2]) is float and is_finite(row[2])]
    return common, [row for row in rows if type(row[2]) is not float or not is_finite(row[2])]


def _flat(ids: Mapping[str, int], rows: Sequence[MetricRow]) -> list[Any]:
    """Return the values of all rows in one list, column by column through C."""
    if not rows:
        return []
    uuids, keys, values, steps, moments = zip(*rows)
    of_runs = map(ids.__getitem__, uuids)
    columns = zip(of_runs, keys, values, steps, _stamps(moments))
    return list(itertools.chain.from_iterable(columns))


def _special_rows(ids: Mapping[str, int], rows: Sequence[MetricRow]) -> Iterator[tuple[Any, ...]]:
    stamps = _stamps([row[4] for row in rows])
    for (uuid, key, value, step, _), stamp in zip(rows, stamps):
        number, text = split(value)
        yield ids[uuid], key, number, step, stamp, text


def _stamps(moments: Sequence[float | None]) -> list[str | None]:
    """Return seconds since 1970 as SQLAlchemy writes a DATETIME on SQLite, to the millisecond.

    In a tight loop hundreds of metrics share a millisecond and so its text.
    """
    stamps: list[str | None] = []
    add = stamps.append
    known, stamp = None, None
    for moment in moments:
        millisecond = None if moment is None else int(moment * 1000)
        if millisecond != known:
            known, stamp = millisecond, _stamp(millisecond)
        add(stamp)
    return stamps


def _stamp(millisecond: int | None) -> str | None:
    if millisecond is None:
        return None
    whole, rest = divmod(millisecond, 1000)
    moment = dt.datetime.fromtimestamp(whole, dt.timezone.utc)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{rest:03d}000"
