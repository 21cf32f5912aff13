"""Bring the runs that are open along when their database file is removed or replaced."""

from __future__ import annotations

from typing import Any, Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from ato_sql._db.schema import (
    CHILDREN,
    Environment,
    Experiment,
    Fingerprint,
    FingerprintSource,
    Input,
    Project,
    RunSource,
    SourceText,
    table_of,
)
from ato_sql._db.upsert import insert_missing
from ato_sql._write.storing.apply import find_runs, get_or_create_project

_AT_ONCE = 5000
# What is stored once for all runs: its table, its key, and which columns of a run's rows name it.
_SHARED: Any = (
    (FingerprintSource, "fingerprint", ((Fingerprint, "fingerprint"),)),
    (SourceText, "hash", ((Input, "hash"), (RunSource, "hash"))),
)


def carry_over(source: Connection, target: Connection, uuids: Iterable[str]) -> None:
    """Copy runs, with all that belongs to them, in place of what the target has of them.

    Args:
        source: to a file that has no name any more, but which is still open.
        target: in a transaction that holds the write lock.
        uuids: of the runs; one that the source does not have is left out.
    """
    runs = table_of(Experiment)
    for uuid in uuids:
        found = source.execute(select(runs).where(runs.c.uuid == uuid)).mappings().first()
        if found is not None:
            _carry(source, target, dict(found))


def _carry(source: Connection, target: Connection, run: dict[str, Any]) -> None:
    runs, projects = table_of(Experiment), table_of(Project)
    name = source.execute(select(projects.c.name).where(projects.c.id == run["project_id"]))
    project_id = get_or_create_project(target, str(name.scalar()))
    _copy_shared(source, target, table_of(Environment), "hash", [run["environment_hash"]])
    old_id = run.pop("id")
    known = find_runs(target, [run["uuid"]]).get(run["uuid"])
    if known is not None:
        for model in CHILDREN:
            table = table_of(model)
            target.execute(delete(table).where(table.c.run_id == known.id))
        target.execute(delete(runs).where(runs.c.id == known.id))
        run["id"] = known.id
    created: Any = target.execute(insert(runs), {**run, "project_id": project_id})
    new_id = int(created.inserted_primary_key[0])
    for model in CHILDREN:
        _copy_rows(source, target, table_of(model), old_id, new_id, project_id)
    for shared, key, users in _SHARED:
        for user, column in users:
            used = table_of(user)
            named = select(used.c[column]).where(used.c.run_id == old_id).distinct()
            values = list(source.execute(named).scalars())
            _copy_shared(source, target, table_of(shared), key, values)


def _copy_rows(
    source: Connection, target: Connection, table: Any, old_id: int, new_id: int, project_id: int
) -> None:
    moved = {"run_id": new_id}
    if "project_id" in table.c:
        moved["project_id"] = project_id
    columns = [column for column in table.c if column.name != "id"]
    query = select(*columns).where(table.c.run_id == old_id)
    if "id" in table.c:
        query = query.order_by(table.c.id)
    for rows in source.execute(query).mappings().partitions(_AT_ONCE):
        target.execute(insert(table), [{**row, **moved} for row in rows])


def _copy_shared(
    source: Connection, target: Connection, table: Any, key: str, values: list[Any]
) -> None:
    for start in range(0, len(values), 500):
        query = select(table).where(table.c[key].in_(values[start : start + 500]))
        rows = [dict(row) for row in source.execute(query).mappings()]
        insert_missing(target, table, rows, key)
