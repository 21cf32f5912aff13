"""The one hot statement: many metrics at once."""

from __future__ import annotations

import datetime as dt
import itertools
import sqlite3
from typing import Any, Iterator, Mapping, Sequence

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from ato_sql._db.schema import Metric, table_of
from ato_sql._values.time import from_seconds
from ato_sql._values.values import are_plain, split
from ato_sql._write.batch import Metrics

_COLUMNS = ("run_id", "key", "value", "step", "timestamp", "special")
_SIZES = (1000, 100, 10, 1) if sqlite3.sqlite_version_info >= (3, 32) else (100, 10, 1)


def insert_metrics(connection: Connection, runs: Mapping[str, Any], metrics: Metrics) -> None:
    """Insert rows; `runs` has id and project by UUID."""
    if connection.dialect.name == "sqlite":
        _insert_sqlite(connection, runs, metrics)
    else:
        values = [dict(zip(_COLUMNS, row)) for row in _whole_rows(runs, metrics)]
        connection.execute(insert(table_of(Metric)), values)


def _whole_rows(runs: Mapping[str, Any], metrics: Metrics) -> Iterator[tuple[Any, ...]]:
    for number, step, value, when in zip(*metrics[1:]):
        uuid, key = metrics.names[number]
        kept, special = split(value)
        yield runs[uuid][0], key, kept, step, from_seconds(when), special


def _insert_sqlite(connection: Connection, runs: Mapping[str, Any], metrics: Metrics) -> None:
    """Insert through the driver, many rows to a statement.

    The driver gives up the interpreter lock once for each statement it runs and may wait 5 ms to
    get it back while a training loop computes; so one statement for a thousand rows, not a
    thousand statements.
    """
    driver: Any = connection.connection
    cursor = driver.cursor()
    common, special = _apart(metrics)
    start, width = 0, 5
    values = _flat(runs, common)
    for size in _SIZES:
        statement = _statement(_COLUMNS[:width], size)
        while len(values) - start >= size * width:
            cursor.execute(statement, values[start : start + size * width])
            start += size * width
    if special is not None:
        cursor.executemany(_statement(_COLUMNS, 1), _special_rows(runs, special))
    cursor.close()


def _statement(columns: Sequence[str], rows: int) -> str:
    marks = "(" + ",".join("?" * len(columns)) + ")"
    return f"INSERT INTO metrics ({', '.join(columns)}) VALUES " + ",".join([marks] * rows)


def _apart(metrics: Metrics) -> tuple[Metrics, Metrics | None]:
    """Take apart rows with a float alone and the few that need more."""
    if are_plain(metrics.values):
        return metrics, None
    is_common = [split(value)[1] is None for value in metrics.values]
    return metrics.chosen(is_common), metrics.chosen(not common for common in is_common)


def _flat(runs: Mapping[str, Any], metrics: Metrics) -> list[Any]:
    """Return the values of all rows in one list, column by column through C."""
    numbers = dict.fromkeys(metrics.series)
    ids = {number: runs[metrics.names[number][0]][0] for number in numbers}
    keys = {number: metrics.names[number][1] for number in numbers}
    columns = zip(
        map(ids.__getitem__, metrics.series),
        map(keys.__getitem__, metrics.series),
        metrics.values,
        metrics.steps,
        _stamps(metrics.moments),
    )
    return list(itertools.chain.from_iterable(columns))


def _special_rows(runs: Mapping[str, Any], metrics: Metrics) -> Iterator[tuple[Any, ...]]:
    columns = zip(metrics.series, metrics.values, metrics.steps, _stamps(metrics.moments))
    for number, value, step, stamp in columns:
        uuid, key = metrics.names[number]
        kept, special = split(value)
        yield runs[uuid][0], key, kept, step, stamp, special


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
