"""Whose a database is: a tracker's, and of which revision, or another program's."""

from __future__ import annotations

import os
import re
import sqlite3
import uuid
from typing import Callable, Iterable

from sqlalchemy import delete, insert, inspect, select, text
from sqlalchemy.engine import URL, Connection, Engine

from ato_adict.surroundings import escaped
from ato_sql._db.engine import writing
from ato_sql._db.revision import HEAD, VERSION_TABLE
from ato_sql._db.schema import Base, SchemaVersion, table_of
from ato_sql._db.sqlite.files import has_log_in_part, leave_no_log, open_quietly, uri_of
from ato_sql._errors import DatabaseError
from ato_sql._values.url import show_url, sqlite_file

_BASELINE = "0001"
_NEWEST = ("artifacts", "files")  # a table, and its column since the newest revision
_ALEMBIC = "alembic_version"  # where the revisions before 0004 kept theirs
_IN_ALEMBIC = ("0001", "0002", "0003")
# What ato 2.2.1 had already, and no other program has.
_OURS = {
    "projects": {"id", "name"},
    "experiments": {"id", "project_id", "config", "structural_hash", "start_time"},
    "metrics": {"id", "run_id", "key", "value", "step"},
}


def current_revision(connection: Connection) -> str | None:
    """Return the revision of the schema, `0001` for one of ato 2.2.1, None for no schema of ours.

    Raises:
        DatabaseError: it is a revision this version does not know.
    """
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE in tables:
        version = table_of(SchemaVersion)
        found = connection.execute(select(version.c.version_num)).scalar()
        if found is not None:
            return _known(connection, str(found))
        # A program that calls `Base.metadata.create_all` itself makes tables that are new, and a
        # creation that is cut short some of them: the rest is made.
        if _NEWEST[0] not in tables or _NEWEST[1] in _columns(connection, _NEWEST[0]):
            return None
    if not _are_ours(tables, lambda table: _columns(connection, table)):
        return None
    return _older_revision(connection, tables)


def _older_revision(connection: Connection, tables: set[str]) -> str:
    """The revision of a database from before it had a table of its own for that."""
    found = _alembic_revision(connection, tables)
    if found in _IN_ALEMBIC:
        return str(found)
    if "uuid" not in _columns(connection, "experiments"):
        return _BASELINE  # and what alembic says is another program's
    if found is not None and found.isdigit():
        return _known(connection, found)
    return "0003" if "run_sources" in tables else "0002"


def _known(connection: Connection, revision: str) -> str:
    if re.fullmatch("[0-9]{4}", revision) is None or revision < _BASELINE:
        raise DatabaseError(
            f"{show_url(connection.engine.url)} has schema {escaped(revision, 40)!r}, which no "
            "version of ato-sql writes: it is damaged"
        )
    if revision > HEAD:
        raise DatabaseError(
            f"{show_url(connection.engine.url)} has schema {revision}, written by a newer ato-sql; "
            f"this one knows up to {HEAD}: pip install --upgrade ato-sql"
        )
    return revision


def _are_ours(tables: set[str], columns_of: Callable[[str], set[str]]) -> bool:
    """Tell whether tables are those of a tracker, whose older versions kept no revision."""
    return tables.issuperset(_OURS) and all(
        columns <= columns_of(table) for table, columns in _OURS.items()
    )


def _columns(connection: Connection, table: str) -> set[str]:
    return {str(column["name"]) for column in inspect(connection).get_columns(table)}


def _columns_of_file(connection: sqlite3.Connection, table: str) -> set[str]:
    return {str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")}


def _alembic_revision(connection: Connection, tables: Iterable[str]) -> str | None:
    if _ALEMBIC not in tables:
        return None
    found = connection.execute(text(f"SELECT * FROM {_ALEMBIC}")).first()
    return None if found is None else str(found[0])


# -- another program's -----------------------------------------------------------------------------


def refuse_foreign(connection: Connection, reading: bool) -> None:
    """Raise if a database without our schema is another program's.

    Args:
        connection: to the database.
        reading: any table is too many; else only those whose names we would need.

    Raises:
        DatabaseError: it is.
    """
    found = inspect(connection)
    tables = set(found.get_table_names())
    if VERSION_TABLE in tables:  # its creation was cut short, and goes on
        return
    named = tables.union(found.get_view_names())  # which share their names with tables
    others = tables if reading else named.intersection(Base.metadata.tables)
    if others:
        raise _foreign(connection.engine.url, named)


def refuse_foreign_file(url: URL, reading: bool) -> None:
    """Raise if an SQLite file to be read is another program's, before it is opened.

    Opening it so may alone change it: what its program left in a write-ahead log is moved. And
    where that has no index, whoever reads it leaves one.

    Raises:
        DatabaseError: it is.
    """
    path = sqlite_file(url)
    if not reading or path is None or path != url.database or not os.path.isfile(path):
        return
    is_quiet = has_log_in_part(path)
    try:
        connection = open_quietly(path) if is_quiet else sqlite3.connect(uri_of(path), uri=True)
        try:
            query = (
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
            tables = {name for (name,) in connection.execute(query)}
            is_ours = VERSION_TABLE in tables or _are_ours(
                tables, lambda table: _columns_of_file(connection, table)
            )
        finally:
            connection.close()
            if not is_quiet:
                leave_no_log(path)
    except sqlite3.Error:
        return  # whatever is wrong will be said when it is opened
    if tables and not is_ours:
        raise _foreign(url, tables)


def _foreign(url: URL, tables: set[str]) -> DatabaseError:
    names = sorted(tables - {_ALEMBIC})
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    whose = (
        "MLflow's" if tables.issuperset(("experiments", "runs", "metrics")) else "another program's"
    )
    what = f"its tables are {shown}" if names else "it has a table of alembic's"
    return DatabaseError(
        f"{show_url(url)} is {whose} database, not a tracker's: {what}; nothing in it was changed, "
        "name another database"
    )


# -- the row that says it is ours ------------------------------------------------------------------


def set_revision(connection: Connection, revision: str) -> None:
    """Write the revision, and the UUID of a database that has none."""
    version = table_of(SchemaVersion)
    known = connection.execute(select(version.c.database)).scalar()
    connection.execute(delete(version))
    values = {"version_num": revision, "database": known or str(uuid.uuid4())}
    connection.execute(insert(version), values)


def adopt(connection: Connection, revision: str) -> None:
    """Move the revision of an older database to a table of our own."""
    tables = set(inspect(connection).get_table_names())
    table_of(SchemaVersion).create(connection, checkfirst=True)
    set_revision(connection, revision)
    if _alembic_revision(connection, tables) in _IN_ALEMBIC:
        connection.execute(text(f"DROP TABLE {_ALEMBIC}"))


def database_uuid(engine: Engine) -> str | None:
    """Return what a database is called wherever it is moved."""
    query = select(table_of(SchemaVersion).c.database)
    with engine.connect() as connection:
        known: str | None = connection.execute(query).scalar()
    if known is None:
        with writing(engine).connect() as connection, connection.begin():
            set_revision(connection, HEAD)
            known = connection.execute(query).scalar()
    return known
