"""Write a batch to the database: all of it or nothing, and never twice."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from ato_sql import _batch
from ato_sql._batch import Batch
from ato_sql._insert import insert_metrics
from ato_sql._params import param_rows
from ato_sql._schema import (
    Artifact,
    Environment,
    Experiment,
    Fingerprint,
    FingerprintSource,
    Note,
    Param,
    Project,
    Writer,
    table_of,
)
from ato_sql._summary import update_summaries
from ato_sql._time import from_seconds, now
from ato_sql._upsert import insert_missing


class RunKey(NamedTuple):
    """Where a run is in one database."""

    id: int
    project_id: int


class UnknownRunError(Exception):
    """A batch speaks of a run which the database does not have and nobody can create."""


def apply_batch(
    connection: Connection, batch: Batch, births: Mapping[str, dict[str, Any]]
) -> dict[str, RunKey]:
    """Write `batch` in the transaction of `connection`.

    Args:
        connection: in a transaction that holds the write lock.
        batch: nothing is written of a batch that its writer committed before.
        births: by uuid, what is needed to create a run again which the database lacks (because
            its file was removed while the run went on).

    Returns:
        By uuid, the keys of the batch's runs.

    Raises:
        UnknownRunError: a run is neither in the database nor in `births`.
    """
    if not _advance(connection, batch):
        return find_runs(connection, batch.runs())
    keys = _create_runs(connection, batch, births)
    if batch.metrics:
        insert_metrics(connection, keys, batch.metrics)
        update_summaries(connection, keys, batch.metrics)
    for uuid, kind, data in batch.events:
        _EVENTS[kind](connection, keys[uuid], data)
    return keys


def _advance(connection: Connection, batch: Batch) -> bool:
    """Note the batch as written; False if it was already."""
    row = table_of(Writer)
    known = select(row.c.last_batch).where(row.c.uuid == batch.writer).with_for_update()
    last = connection.execute(known).scalar()
    if last is None:
        values = {"uuid": batch.writer, "last_batch": batch.number, "updated_at": now()}
        connection.execute(insert(row), values)
        return True
    if last >= batch.number:
        return False
    change = update(row).where(row.c.uuid == batch.writer)
    connection.execute(change, {"last_batch": batch.number, "updated_at": now()})
    return True


def find_runs(connection: Connection, uuids: list[str]) -> dict[str, RunKey]:
    """Return the keys of the runs that are there, by uuid."""
    table = table_of(Experiment)
    keys: dict[str, RunKey] = {}
    for start in range(0, len(uuids), 500):
        some = uuids[start : start + 500]
        query = select(table.c.uuid, table.c.id, table.c.project_id).where(table.c.uuid.in_(some))
        keys.update((uuid, RunKey(i, p)) for uuid, i, p in connection.execute(query))
    return keys


def _create_runs(
    connection: Connection, batch: Batch, births: Mapping[str, dict[str, Any]]
) -> dict[str, RunKey]:
    uuids = batch.runs()
    keys = find_runs(connection, uuids)
    born = {uuid: data for uuid, kind, data in batch.events if kind == _batch.CREATE}
    for uuid in uuids:
        if uuid in keys:
            continue
        data = born.get(uuid) or births.get(uuid)
        if data is None:
            raise UnknownRunError(uuid)
        keys[uuid] = create_run(connection, uuid, data)
    return keys


def create_run(
    connection: Connection, uuid: str, data: dict[str, Any], run_id: int | None = None
) -> RunKey:
    """Insert a run with its project, environment and params; under `run_id` if one is given."""
    project_id = get_or_create_project(connection, data["project"])
    values = {c.name: data.get(c.name) for c in table_of(Experiment).columns if c.name != "id"}
    environment = data.get("environment")
    if environment is not None:
        rows = [{"hash": data["environment_hash"], "data": environment}]
        insert_missing(connection, table_of(Environment), rows, "hash")
    for moment in ("start_time", "end_time", "heartbeat"):
        values[moment] = from_seconds(data.get(moment))
    values.update(uuid=uuid, project_id=project_id)
    if run_id is not None:
        values["id"] = run_id
    created = connection.execute(insert(table_of(Experiment)), values)
    key: Any = created.inserted_primary_key
    run_id = int(key[0])
    params = [{"run_id": run_id, **row} for row in param_rows(data["config"])]
    if params:
        connection.execute(insert(table_of(Param)), params)
    return RunKey(run_id, project_id)


def get_or_create_project(connection: Connection, name: str) -> int:
    """Return the id of a project, creating it where there is none."""
    table = table_of(Project)
    query = select(table.c.id).where(table.c.name == name)
    found = connection.execute(query).scalar()
    if found is None:
        try:
            with connection.begin_nested():
                values = {"name": name, "created_at": now()}
                connection.execute(insert(table), values)
        except IntegrityError:
            pass  # another process was first
        # Reads the newest row, also where a transaction otherwise sees its snapshot.
        found = connection.execute(query.with_for_update()).scalar()
    if found is None:
        raise LookupError(f"project {name!r} vanished while it was created")
    return int(found)


def _update(connection: Connection, key: RunKey, data: dict[str, Any]) -> None:
    values = dict(data)
    for moment in ("end_time", "heartbeat"):
        if moment in values:
            values[moment] = from_seconds(values[moment])
    table = table_of(Experiment)
    connection.execute(update(table).where(table.c.id == key.id), values)


def _fingerprints(connection: Connection, key: RunKey, data: dict[str, Any]) -> None:
    table = table_of(Fingerprint)
    stored = select(table.c.trace_id, table.c.trace_type, table.c.fingerprint)
    known: set[Any] = {tuple(r) for r in connection.execute(stored.where(table.c.run_id == key.id))}
    rows = []
    for one in data["fingerprints"]:
        identity = (one["trace_id"], one["trace_type"], one["fingerprint"])
        if identity not in known:
            known.add(identity)
            rows.append({"run_id": key.id, **dict(zip(_IDENTITY, identity))})
    if rows:
        connection.execute(insert(table), rows)
    insert_missing(connection, table_of(FingerprintSource), data["sources"], "fingerprint")
    if data.get("code_hash") is not None:
        _update(connection, key, {"code_hash": data["code_hash"]})


_IDENTITY = ("trace_id", "trace_type", "fingerprint")


def _artifact(connection: Connection, key: RunKey, data: dict[str, Any]) -> None:
    values = {**data, "run_id": key.id, "created_at": from_seconds(data["created_at"])}
    connection.execute(insert(table_of(Artifact)), values)


def _note(connection: Connection, key: RunKey, data: dict[str, Any]) -> None:
    values = {"run_id": key.id, "text": data["text"], "timestamp": from_seconds(data["timestamp"])}
    connection.execute(insert(table_of(Note)), values)


def _nothing(connection: Connection, key: RunKey, data: dict[str, Any]) -> None:
    """Runs are created before anything else of a batch is written."""


_EVENTS: dict[str, Callable[[Connection, RunKey, dict[str, Any]], None]] = {
    _batch.CREATE: _nothing,
    _batch.UPDATE: _update,
    _batch.FINGERPRINTS: _fingerprints,
    _batch.ARTIFACT: _artifact,
    _batch.NOTE: _note,
}
