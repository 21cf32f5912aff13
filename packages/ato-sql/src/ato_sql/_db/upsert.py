"""Insert-or-ignore and insert-or-merge in the words of each database."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Sequence

from sqlalchemy import FromClause, Table
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import Connection

from ato_sql._values.types import MYSQL

Rows = List[Dict[str, Any]]
# From (the stored row's columns, the new row's columns) to the merged values, in order.
Merge = Callable[[Any, Any], Dict[str, Any]]


def insert_missing(connection: Connection, table: FromClause, rows: Rows, key: str) -> None:
    """Insert the rows whose `key` the table does not have."""
    if not rows:
        return
    assert isinstance(table, Table)
    if connection.dialect.name in MYSQL:
        statement = mysql.insert(table)
        same = {key: table.c[key]}
        connection.execute(statement.on_duplicate_key_update(same), rows)
        return
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def insert_or_merge(
    connection: Connection, table: FromClause, rows: Rows, keys: Sequence[str], merge: Merge
) -> None:
    """Insert rows; where one with these keys exists, set it to what `merge` says."""
    assert isinstance(table, Table)
    if connection.dialect.name in MYSQL:
        statement = mysql.insert(table)
        # MySQL assigns from left to right and sees what it assigned, so the order counts.
        merged = list(merge(table.c, statement.inserted).items())
        connection.execute(statement.on_duplicate_key_update(merged), rows)
        return
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    merged_set = merge(table.c, statement.excluded)
    upsert = statement.on_conflict_do_update(index_elements=list(keys), set_=merged_set)
    connection.execute(upsert, rows)
