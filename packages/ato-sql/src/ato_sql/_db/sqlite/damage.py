"""What is sound in a file of SQLite some of whose values are not of the kind of their columns.

SQLite keeps any value in any column: a file that was changed by hand, or by a failing disk, may
hold a text for the step of a metric, and then a question about all runs fails for the sake of one.
To look at each value would slow down every question, so that is done once one has failed: from
then on (`expect_damage`) connections see views of the same names in place of the tables. Of what
belongs to a run, rows with such a value are left out; a run itself stays, without the value, and
its status is `damaged`. Without SQLAlchemy, as the shell reads files.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from typing import Any

from ato_sql._db.sqlite.files import uri_of

DAMAGED = "damaged"
_EXPECTED: set[str] = set()  # the files of which a question has failed
_KINDS = {  # by how the type of a column begins: what its values are
    "INT": "typeof({0}) IN ('integer', 'null')",
    "BOOL": "typeof({0}) IN ('integer', 'null')",
    "DOUBLE": "typeof({0}) IN ('real', 'integer', 'null')",
    "FLOAT": "typeof({0}) IN ('real', 'integer', 'null')",
    "DATE": "({0} IS NULL OR typeof({0}) = 'text' AND {0} GLOB '[0-9][0-9][0-9][0-9]-??-??*')",
    "JSON": "typeof({0}) <> 'blob'",
    "": "typeof({0}) IN ('text', 'null')",
}
# Of a run, JSON that has a form of its own; its bytes, as a text that is none reaches no function.
_FORMS = {
    name: f"ato_has_form('{form}', CAST({{0}} AS BLOB))"
    for name, form in (("config", "object"), ("tags", "texts"), ("command", "texts"))
}
# What stands in a run or a project for a value that is none, where there has to be one.
# A run without a hash would pass for one that ato 2.2.1 has added, which is upgraded in a copy.
_INSTEAD = {
    "config": "'{}'",
    "name": "'damaged ' || id",
    "uuid": "'damaged ' || id",
    "value_hash": "'damaged'",
}
_WHOLE = ("projects", "experiments")  # of which a row stays, whatever is in it
_READ = (
    *_WHOLE,
    *("metrics", "metric_summaries", "params", "artifacts", "fingerprints", "inputs"),
    *("run_sources", "notes", "console", "fingerprint_sources", "source_texts", "environments"),
)


def expect_damage(path: str) -> None:
    """Let connections to a file, once `leave_out_damage` has seen them, skip what is damaged."""
    _EXPECTED.add(os.path.realpath(path))


def leave_out_damage(connection: sqlite3.Connection, path: str) -> None:
    """Put views without what is damaged in front of the tables of a file that has shown some."""
    if os.path.realpath(path) not in _EXPECTED:
        return
    connection.text_factory = _text
    connection.create_function("ato_has_form", 2, _has_form)
    tables = {table: _conditions(connection, table) for table in _tables(connection)}
    connection.execute("CREATE TEMP TABLE ato_damaged_runs (id INTEGER PRIMARY KEY)")
    for table, conditions in tables.items():
        owner = "id" if table == "experiments" else "run_id"
        if owner in conditions and table != "projects":
            connection.execute(
                f"INSERT OR IGNORE INTO ato_damaged_runs SELECT {owner} FROM main.{table}"
                f" WHERE typeof({owner}) = 'integer' AND NOT ({_all(conditions)})"
            )
    for table, conditions in tables.items():
        connection.execute(f"CREATE TEMP VIEW {table} AS {_view(table, conditions)}")
    connection.commit()


def damaged_runs(path: str) -> list[int]:
    """Return the ids of the runs of which something is left out, as far as it tells."""
    with contextlib.closing(sqlite3.connect(uri_of(path), uri=True)) as connection:
        leave_out_damage(connection, path)
        return [row[0] for row in connection.execute("SELECT id FROM ato_damaged_runs ORDER BY id")]


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Return the tables that are read for runs: all but those of the writers."""
    query = "SELECT name FROM main.sqlite_master WHERE type = 'table'"
    names = {row[0] for row in connection.execute(query)}
    return [table for table in _READ if table in names]


def _conditions(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Return by column, each in quotes, what is true of a value that is sound."""
    found = {}
    for row in connection.execute(f"PRAGMA main.table_info({table})"):
        name, declared = row[1], row[2].upper()
        sound = next(_KINDS[kind] for kind in _KINDS if declared.startswith(kind))
        if table == "experiments":
            sound = _FORMS.get(name, sound)
        if table in _WHOLE and sound == _KINDS[""]:
            sound += " AND ato_has_form('text', CAST({0} AS BLOB))"
        found[name] = sound.format(f'"{name}"')
    return found


def _all(conditions: dict[str, str]) -> str:
    return " AND ".join(conditions.values())


def _view(table: str, conditions: dict[str, str]) -> str:
    """Return the query for what is sound; the columns of a row that is are as they are.

    So the indexes of the table still serve.
    """
    if table not in _WHOLE:
        columns = ", ".join(f'"{name}"' for name in conditions)
        return f"SELECT {columns} FROM main.{table} WHERE {_all(conditions)}"
    cells = ", ".join(_cell(table, name, sound) for name, sound in conditions.items())
    return f"SELECT {cells} FROM main.{table}"


def _cell(table: str, name: str, sound: str) -> str:
    if name == "id":  # SQLite itself sees to it
        return '"id"'
    instead = "NULL" if (table, name) == ("experiments", "name") else _INSTEAD.get(name, "NULL")
    cell = f'CASE WHEN {sound} THEN "{name}" ELSE {instead} END'
    if (table, name) == ("experiments", "status"):
        runs = "SELECT id FROM ato_damaged_runs"
        cell = f"CASE WHEN id IN ({runs}) THEN '{DAMAGED}' ELSE \"status\" END"
    return f'{cell} AS "{name}"'


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _has_form(form: str, data: Any) -> bool:
    if data is None:
        return form != "object"
    try:
        value = data.decode() if form == "text" else json.loads(data)
    except (ValueError, RecursionError):
        return False
    if form == "texts" and isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    kinds: dict[str, type] = {"object": dict, "text": str, "texts": type(None)}
    return isinstance(value, kinds[form])
