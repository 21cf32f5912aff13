"""Whether a record fits the schema: what is not checked when it is stored breaks who reads it."""

from __future__ import annotations

import math
from typing import Any, Callable, Iterable, Mapping

from sqlalchemy import BigInteger, Boolean, Float, Integer, String, Text
from sqlalchemy.sql.schema import Column, Table

from ato_sql._db.schema import Experiment, FingerprintSource, SourceText, table_of
from ato_sql._errors import DatabaseError
from ato_sql._exchange.files import UNREADABLE
from ato_sql._exchange.records import PARTS, Record
from ato_sql._values.marked import with_marks
from ato_sql._values.types import JSONValue, UTCDateTime
from ato_sql._values.values import (
    LONGEST_INTEGER,
    NAME_LENGTH,
    NEGATIVE_ZERO,
    SPECIAL,
    clean_text,
)

_DEEPEST = 100  # what the tracker itself stores
_LATEST = 4e10  # seconds; a moment beyond is no date of Python or the databases
_OWN = ("id", "run_id", "project_id")
_BESIDE = ("type", "project", "environment", "sources", "texts")
# Kept as JSON, in which NUL has an escape: as the run itself wrote it, whose hash is of that.
_RAW = ("config", "provenance")
_METRIC = ("key", "value", "step", "timestamp", "special")


def checked_run(record: Record) -> Record:
    """Return the record of a run with texts as every database keeps them.

    Raises:
        DatabaseError: a value is missing, unknown, or of another type than its column; the run and
            the value are named.
    """
    where = f"run {_short(record.get('uuid'))}"
    try:
        as_it_is = {name: _clean(record[name], 1, str) for name in _RAW if name in record}
        record = {**_clean(record, 0), **as_it_is}
    except DatabaseError as error:
        raise DatabaseError(f"{where}: {error}") from None
    for name in ("uuid", "project"):
        if not isinstance(record.get(name), str) or not 0 < len(record[name]) <= NAME_LENGTH:
            raise DatabaseError(f"{where}: {name} must be a text, not {_short(record.get(name))}")
    parts = {name: table_of(model) for name, model in PARTS}
    columns = {name: record.get(name) for name in record if name not in (*_BESIDE, *parts)}
    _check_row(where, columns, table_of(Experiment), whole=True)
    _check_lists_of_texts(where, record)
    for name in ("environment", "config"):
        if record.get(name) is not None and not isinstance(record[name], dict):
            raise DatabaseError(f"{where}: {name} must be a mapping")
    if record.get("environment") is not None and not record.get("environment_hash"):
        raise DatabaseError(f"{where}: environment_hash is missing, which names its environment")
    for name, table in (
        *parts.items(),
        ("sources", table_of(FingerprintSource)),
        ("texts", table_of(SourceText)),
    ):
        for row in _rows(where, name, record.get(name, [])):
            _check_row(f"{where}, {name}", row, table)
    return {"sources": [], **record}


def checked_metrics(record: Record, uuid: str) -> list[list[Any]]:
    """Return the rows of a record of metrics.

    Raises:
        DatabaseError: it is none, or a row is not key, value, step, time and special value.
    """
    where = f"run {_short(uuid)}"
    if record.get("type") == UNREADABLE:
        raise DatabaseError(f"{where}: {record['problem']}")
    if record.get("type") != "metrics" or not isinstance(record.get("rows"), list):
        raise DatabaseError(f"{where}: expected metrics, found {_short(record.get('type'))}")
    for row in record["rows"]:
        if not isinstance(row, list) or len(row) != len(_METRIC):
            raise DatabaseError(f"{where}: a metric is {', '.join(_METRIC)}, not {_short(row)}")
        key, value, step, moment, special = row
        good = isinstance(key, str) and 0 < len(key) <= NAME_LENGTH and key == clean_text(key)
        good = good and (value is None or _is_number(value)) and _is_integer(step)
        good = good and (moment is None or _is_moment(moment)) and _is_special(special)
        if not good:
            raise DatabaseError(f"{where}: {_short(row)} is no metric")
    return list(record["rows"])


def _is_special(special: Any) -> bool:
    if special is None or special in SPECIAL or special == NEGATIVE_ZERO:
        return True
    if not isinstance(special, str):
        return False
    digits = special[1:] if special.startswith("-") else special
    return len(digits) <= LONGEST_INTEGER and digits.isascii() and digits.isdigit()


def _rows(where: str, name: str, rows: Any) -> Iterable[Mapping[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DatabaseError(f"{where}: {name} must be a list of rows, not {_short(rows)}")
    return rows


def _check_row(where: str, row: Mapping[str, Any], table: Table, whole: bool = False) -> None:
    columns = {column.name: column for column in table.columns if column.name not in _OWN}
    for name, value in row.items():
        if name not in columns:
            raise DatabaseError(f"{where}: there is no column {_short(name)}")
        if not _fits(value, columns[name]):
            raise DatabaseError(f"{where}: {name} cannot be {_short(value)}")
    for name, column in columns.items():
        if not column.nullable and row.get(name) is None:
            raise DatabaseError(f"{where}: {name} is missing")


def _fits(value: Any, column: Column[Any]) -> bool:
    if value is None:
        return bool(column.nullable)
    kind = column.type
    if isinstance(kind, JSONValue):
        return True
    if isinstance(kind, UTCDateTime):
        return _is_moment(value)
    if isinstance(kind, Boolean):
        return isinstance(value, bool)
    if isinstance(kind, (Integer, BigInteger)):
        return _is_integer(value)
    if isinstance(kind, Float):
        return _is_number(value)
    if isinstance(kind, Text):
        return isinstance(value, str)
    return isinstance(kind, String) and isinstance(value, str) and len(value) <= (kind.length or 0)


def _check_lists_of_texts(where: str, record: Record) -> None:
    for name in ("tags", "command"):
        value = record.get(name)
        texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
        if value is not None and not texts:
            raise DatabaseError(f"{where}: {name} must be a list of texts, not {_short(value)}")


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _is_moment(value: Any) -> bool:
    return _is_number(value) and abs(value) < _LATEST


def _clean(value: Any, depth: int, text: Callable[[str], str] = clean_text) -> Any:
    """Return JSON data, numbers that are not finite marked, and texts as `text` makes them."""
    if depth > _DEEPEST + 10:
        raise DatabaseError(f"a record is nested more than {_DEEPEST} levels deep")
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {text(str(key)): _clean(item, depth + 1, text) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item, depth + 1, text) for item in value]
    if isinstance(value, int) and value.bit_length() > 14_000:
        raise DatabaseError("a number has more digits than can be read")
    return with_marks(value)


def _short(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."
