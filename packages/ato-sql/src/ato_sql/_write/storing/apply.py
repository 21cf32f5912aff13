"""Write a batch to the database: all of it or nothing, and never twice."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from ato_sql._db.schema import (
    Artifact,
    ConsoleText,
    DeletedRun,
    Environment,
    Experiment,
    Fingerprint,
    FingerprintSource,
    Input,
    LastBatch,
    Note,
    Param,
    Project,
    RunSource,
    SourceText,
    table_of,
)
from ato_sql._db.upsert import insert_missing
from ato_sql._facts.configs.params import param_rows
from ato_sql._values.time import from_seconds, now
from ato_sql._version import __version__
from ato_sql._write import batch as _batch
from ato_sql._write.batch import Batch
from ato_sql._write.storing.cutting import cut
from ato_sql._write.storing.insert import insert_metrics
from ato_sql._write.storing.summary import update_summaries


class RunKey(NamedTuple):
    """Where a run is in one database."""

    id: int
    project_id: int


class UnknownRunError(Exception):
    """A batch speaks of a run which the database does not have and nobody can create."""


class OutOfStepError(Exception):
    """The database has a journal up to `position`, beyond the start of the batch."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def apply_batch(
    connection: Connection, batch: Batch, births: Mapping[str, dict[str, Any]]
) -> dict[str, RunKey]:
    """Write `batch` in the transaction of `connection`.

    Args:
        connection: in a transaction that holds the write lock.
        batch: what to write.
        births: by uuid, what is needed to create a run again which the database lacks (because
            its file was removed while the run went on).

    Returns:
        By uuid, the keys of the batch's runs.

    Raises:
        OutOfStepError: the database has at least the beginning of the batch; nothing is written.
        UnknownRunError: a run is neither in the database nor in `births`.
    """
    _advance(connection, batch)
    batch = _without_deleted(connection, batch)
    keys = _create_runs(connection, batch, births)
    if batch.metrics.series:
        insert_metrics(connection, keys, batch.metrics)
        update_summaries(connection, keys, batch.metrics)
    for uuid, kind, data in batch.events:
        EVENTS[kind](connection, keys[uuid], data)
    return keys


def _advance(connection: Connection, batch: Batch) -> None:
    """Note up to where the database has the journal."""
    row = table_of(LastBatch)
    # Not locked: on MySQL that would keep others from adding theirs where there is none yet.
    known = select(row.c.last_batch).where(row.c.uuid == batch.journal)
    if connection.execute(known).scalar() is None:
        values = {"uuid": batch.journal, "last_batch": batch.end, "updated_at": now()}
        connection.execute(insert(row), values)
        return
    change = update(row).where(row.c.uuid == batch.journal, row.c.last_batch <= batch.start)
    moved = connection.execute(change, {"last_batch": batch.end, "updated_at": now()})
    if not moved.rowcount:
        # With a lock the newest is read, also where a transaction otherwise sees its snapshot.
        raise OutOfStepError(connection.execute(known.with_for_update()).scalar() or 0)


def _without_deleted(connection: Connection, batch: Batch) -> Batch:
    """Leave out what belongs to runs that were deleted while they went on."""
    table = table_of(DeletedRun)
    uuids = batch.runs()
    gone: set[str] = set()
    for start in range(0, len(uuids), 500):
        query = select(table.c.uuid).where(table.c.uuid.in_(uuids[start : start + 500]))
        gone.update(connection.execute(query).scalars())
    if not gone:
        return batch
    metrics = batch.metrics.without(gone)
    events = [event for event in batch.events if event[0] not in gone]
    return batch._replace(metrics=metrics, events=events)


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
    values.update(uuid=uuid, project_id=project_id, written_by=__version__)
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
        # With a lock the newest is read, also where a transaction otherwise sees its snapshot. A
        # shared one: each of those that came too late has it already, and none would get more.
        found = connection.execute(query.with_for_update(read=True)).scalar()
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


def _console(connection: Connection, key: RunKey, data: dict[str, Any]) -> None:
    table = table_of(ConsoleText)
    for number, text in data["pieces"]:
        here = (table.c.run_id == key.id, table.c.number == number)
        longer = update(table).where(*here).values(text=table.c.text.concat(text))
        if not connection.execute(longer).rowcount:
            values = {"run_id": key.id, "number": number, "text": text}
            connection.execute(insert(table), values)
    newest = data["pieces"][-1][0]
    gone = (table.c.number >= data["first"], table.c.number <= newest - data["last"])
    connection.execute(delete(table).where(table.c.run_id == key.id, *gone))


def _inputs(connection: Connection, key: RunKey, data: dict[str, Any]) -> None:
    table = table_of(Input)
    stored = select(table.c.id, table.c.name, table.c.hash).where(table.c.run_id == key.id)
    known = {(row.name, row.hash): row.id for row in connection.execute(stored)}
    new = []
    for one in data["inputs"]:
        row_id = known.get((one["name"], one["hash"]))
        if row_id is None:
            new.append({"run_id": key.id, **one})
        else:  # read first, and written later
            change = update(table).where(table.c.id == row_id)
            connection.execute(change, {"how": one["how"], "problem": one["problem"]})
    if new:
        connection.execute(insert(table), new)
    insert_missing(connection, table_of(SourceText), data.get("texts", []), "hash")


def _sources(connection: Connection, key: RunKey, data: dict[str, Any]) -> None:
    table = table_of(RunSource)
    stored = select(table.c.module, table.c.hash).where(table.c.run_id == key.id)
    known = {tuple(row) for row in connection.execute(stored)}
    new = [one for one in data["modules"] if (one["module"], one["hash"]) not in known]
    if new:
        connection.execute(insert(table), [{"run_id": key.id, **one} for one in new])
    insert_missing(connection, table_of(SourceText), data["texts"], "hash")


def _environment(connection: Connection, key: RunKey, data: dict[str, Any]) -> None:
    rows = [{"hash": data["environment_hash"], "data": data["environment"]}]
    insert_missing(connection, table_of(Environment), rows, "hash")
    values = {"environment_hash": data["environment_hash"], "git_diff_hash": data["git_diff_hash"]}
    _update(connection, key, values)


def _cut(connection: Connection, key: RunKey, data: dict[str, Any]) -> None:
    cut(connection, key, data["step"])


def _nothing(connection: Connection, key: RunKey, data: dict[str, Any]) -> None:
    """Runs are created before anything else of a batch is written."""


# What each kind of event does.
EVENTS: dict[str, Callable[[Connection, RunKey, dict[str, Any]], None]] = {
    _batch.CREATE: _nothing,
    _batch.UPDATE: _update,
    _batch.FINGERPRINTS: _fingerprints,
    _batch.ARTIFACT: _artifact,
    _batch.NOTE: _note,
    _batch.INPUTS: _inputs,
    _batch.SOURCES: _sources,
    _batch.ENVIRONMENT: _environment,
    _batch.CUT: _cut,
    _batch.CONSOLE: _console,
}
