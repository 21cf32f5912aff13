"""Column types that mean the same on SQLite, PostgreSQL and MySQL/MariaDB."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Double, Integer, String, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator, TypeEngine

from ato_sql._values.marked import json_data, json_text, unless_damaged
from ato_sql._values.values import NAME_LENGTH

MYSQL = ("mysql", "mariadb")
# How an engine writes and reads JSON where the database's own type does it.
JSON_SETTINGS = {"json_serializer": json_text, "json_deserializer": json_data}
BINARY = "utf8mb4_bin"  # 'Acc' and 'acc' are two metrics, as on the other databases


class UTCDateTime(TypeDecorator[dt.datetime]):
    """An aware UTC datetime, kept without zone as ato 2.2.1 kept it."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Microseconds on MySQL too."""
        if dialect.name in MYSQL:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))  # type: ignore[no-any-return]
        return dialect.type_descriptor(DateTime())  # type: ignore[no-any-return]

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """Aware to naive UTC; a naive datetime is taken as UTC."""
        if value is not None and value.tzinfo is not None:
            value = value.astimezone(dt.timezone.utc).replace(tzinfo=None)
        return value

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        """Naive to aware UTC, without the layers of a decorator: lists of runs are full of them."""
        return _from_sqlite if dialect.name == "sqlite" else _aware


def _aware(value: dt.datetime | None) -> dt.datetime | None:
    return None if value is None else value.replace(tzinfo=dt.timezone.utc)


def _from_sqlite(value: str | None) -> dt.datetime | None:
    if value is None:
        return None
    try:
        return dt.datetime.fromisoformat(value).replace(tzinfo=dt.timezone.utc)
    except (ValueError, TypeError):  # a damaged file; the other columns can be read
        return None


class JSONValue(TypeDecorator[Any]):
    """JSON; kept as text on MySQL, whose JSON type would sort the keys and round the integers."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """The type ato 2.2.1 used, but on MySQL."""
        if dialect.name in MYSQL:
            return dialect.type_descriptor(long_text())  # type: ignore[no-any-return]
        return dialect.type_descriptor(JSON(none_as_null=True))  # type: ignore[no-any-return]

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        """To JSON text where the database's own type does not do it."""
        return json_text(value) if dialect.name in MYSQL and value is not None else value

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        """From JSON text where the database's own type does not do it."""
        if dialect.name in MYSQL:
            return _from_text
        processed = self.impl_instance.result_processor(dialect, coltype)
        return processed and functools.partial(unless_damaged, processed)


def _from_text(value: str | None) -> Any:
    return None if value is None else unless_damaged(json_data, value)


def name(length: int = NAME_LENGTH) -> TypeEngine[str]:
    """A short text that is compared byte by byte and can be indexed everywhere."""
    binary = mysql.VARCHAR(length, charset="utf8mb4", collation=BINARY)
    return String(length).with_variant(binary, *MYSQL)


def sorted_name() -> TypeEngine[str]:
    """A short text that is also ordered byte by byte everywhere."""
    binary = mysql.VARCHAR(NAME_LENGTH, charset="utf8mb4", collation=BINARY)
    plain = String(NAME_LENGTH).with_variant(String(NAME_LENGTH, collation="C"), "postgresql")
    return plain.with_variant(binary, *MYSQL)


def long_text() -> TypeEngine[str]:
    """A text of any length."""
    return Text().with_variant(mysql.LONGTEXT(charset="utf8mb4", collation=BINARY), *MYSQL)


def big_int() -> TypeEngine[int]:
    """A 64-bit integer; on SQLite the one that can be a primary key."""
    return BigInteger().with_variant(Integer(), "sqlite")


def double() -> TypeEngine[float]:
    """A 64-bit float."""
    return Double()
