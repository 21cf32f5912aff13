"""Take in runs from records; see `_records`."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Engine

from ato_sql._apply import RunKey, create_run, find_runs
from ato_sql._engine import writing
from ato_sql._errors import DatabaseError
from ato_sql._insert import insert_metrics
from ato_sql._records import FORMAT, Record
from ato_sql._schema import (
    CHILDREN,
    Artifact,
    Experiment,
    Fingerprint,
    FingerprintSource,
    Note,
    table_of,
)
from ato_sql._summary import update_summaries
from ato_sql._time import from_seconds, to_seconds
from ato_sql._upsert import insert_missing
from ato_sql._values import join


class Intake(NamedTuple):
    """What an import or a merge did.

    Attributes:
        added: UUIDs of runs that were not there.
        updated: UUIDs of runs that were there in an earlier state.
        known: UUIDs of runs that were there already.
    """

    added: list[str]
    updated: list[str]
    known: list[str]


def take_in(engine: Engine, records: Iterable[Record]) -> Intake:
    """Add the runs that the database lacks, each in one transaction.

    Raises:
        DatabaseError: the records are of a newer format, or end within a run; the runs before it
            are in the database.
    """
    stream = iter(records)
    _check_format(next(stream, None))
    result = Intake([], [], [])
    for record in stream:
        if record.get("type") != "run":
            raise DatabaseError(f"expected a run, found a record of type {record.get('type')!r}")
        with writing(engine).connect() as connection, connection.begin():
            _take_run(connection, record, _rest(stream, record), result)
    return result


def _check_format(header: Record | None) -> None:
    if header is None or header.get("type") != "ato-sql":
        raise DatabaseError("this is not an export of ato-sql")
    if header.get("format", 0) > FORMAT:
        raise DatabaseError(
            f"this export has format {header['format']}, written by a newer ato-sql; "
            f"this one knows up to {FORMAT}: pip install --upgrade ato-sql"
        )


def _rest(stream: Iterator[Record], run: Record) -> Iterator[Record]:
    """Yield the records of one run up to its end."""
    for record in stream:
        if record.get("type") == "end":
            return
        yield record
    raise DatabaseError(f"the export ends within run {run['uuid']}; it was not added")


def _take_run(connection: Connection, run: Record, rest: Iterator[Record], done: Intake) -> None:
    uuid = run["uuid"]
    known = find_runs(connection, [uuid]).get(uuid)
    if known is not None and not _is_later(connection, known.id, run):
        done.known.append(uuid)
        for _ in rest:  # read on to the next run
            pass
        return
    if known is not None:
        delete_rows(connection, known.id)
    key = create_run(connection, uuid, run, None if known is None else known.id)
    _add_parts(connection, key, run)
    for record in rest:
        _add_metrics(connection, key, record["rows"])
    (done.added if known is None else done.updated).append(uuid)


def _is_later(connection: Connection, run_id: int, run: Record) -> bool:
    """Tell whether a record shows a run at a later moment than the database."""
    table = table_of(Experiment)
    query = select(table.c.end_time, table.c.heartbeat).where(table.c.id == run_id)
    ended, beat = connection.execute(query).one()
    if ended is not None:
        return False
    if run["end_time"] is not None:
        return True
    return (run["heartbeat"] or 0.0) > (to_seconds(beat) or 0.0)


def delete_rows(connection: Connection, run_id: int) -> None:
    """Delete a run and all that belongs to it."""
    for model in CHILDREN:
        table = table_of(model)
        connection.execute(delete(table).where(table.c.run_id == run_id))
    table = table_of(Experiment)
    connection.execute(delete(table).where(table.c.id == run_id))


def _add_parts(connection: Connection, key: RunKey, run: Record) -> None:
    insert_missing(connection, table_of(FingerprintSource), run["sources"], "fingerprint")
    parts = (("fingerprints", Fingerprint), ("artifacts", Artifact), ("notes", Note))
    for name, model in parts:
        rows = [_row(key, record) for record in run[name]]
        if rows:
            connection.execute(insert(table_of(model)), rows)


def _row(key: RunKey, record: Record) -> dict[str, Any]:
    row = {**record, "run_id": key.id}
    for moment in ("created_at", "timestamp"):
        if moment in row:
            row[moment] = from_seconds(row[moment])
    return row


def _add_metrics(connection: Connection, run: RunKey, rows: list[list[Any]]) -> None:
    uuid = ""  # one run at a time needs no name
    metrics = [(uuid, k, join(v, special), step, when) for k, v, step, when, special in rows]
    insert_metrics(connection, {uuid: run}, metrics)
    update_summaries(connection, {uuid: run}, metrics)
