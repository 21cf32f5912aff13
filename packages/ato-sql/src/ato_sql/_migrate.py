"""Upgrade a database that an older version wrote, after a backup."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from typing import Any

from sqlalchemy import Connection, inspect, text

from ato_sql._engine import show_url, sqlite_file
from ato_sql._errors import DatabaseError

_FOLDER = os.path.join(os.path.dirname(__file__), "migrations")


def upgrade(connection: Connection, revision: str) -> str:
    """Bring a database from `revision` to the newest one, in the transaction of `connection`.

    Returns:
        Where the backup is: a file beside an SQLite database, tables in one on a server.

    Raises:
        DatabaseError: the backup cannot be made; nothing has been changed.
    """
    backup = _back_up(connection, revision)
    _run_alembic(connection, revision)
    return backup


def _back_up(connection: Connection, revision: str) -> str:
    path = sqlite_file(connection.engine.url)
    if path is None:
        return _copy_tables(connection, revision)
    moment = dt.datetime.now().strftime("%Y%m%d-%H%M%S")
    target = f"{path}.backup-{revision}-{moment}"
    try:
        source, copy = sqlite3.connect(path), sqlite3.connect(target)
        with copy:
            source.backup(copy)
        source.close()
        copy.close()
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(
            f"cannot back up {show_url(connection.engine.url)} to {target} before upgrading it: "
            f"{error}"
        ) from None
    return target


def _copy_tables(connection: Connection, revision: str) -> str:
    quote = connection.dialect.identifier_preparer.quote
    for table in inspect(connection).get_table_names():
        if table in ("projects", "experiments", "metrics", "artifacts", "fingerprints"):
            copy = quote(f"ato_backup_{revision}_{table}")
            connection.execute(text(f"DROP TABLE IF EXISTS {copy}"))
            connection.execute(text(f"CREATE TABLE {copy} AS SELECT * FROM {quote(table)}"))
    return f"tables ato_backup_{revision}_*"


def _run_alembic(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config: Any = Config()
    config.set_main_option("script_location", _FOLDER.replace("%", "%%"))
    config.attributes["connection"] = connection
    if "alembic_version" not in inspect(connection).get_table_names():
        command.stamp(config, revision)
    command.upgrade(config, "head")
