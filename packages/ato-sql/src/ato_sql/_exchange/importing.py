"""Take in runs from records; see `ato_sql._exchange.records`."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Any, Callable, Iterable, Iterator, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Engine

from ato_sql._db.engine import writing
from ato_sql._db.schema import (
    CHILDREN,
    DeletedRun,
    Experiment,
    FingerprintSource,
    SourceText,
    table_of,
)
from ato_sql._db.upsert import insert_missing
from ato_sql._errors import DatabaseError
from ato_sql._exchange.checking import checked_metrics, checked_run
from ato_sql._exchange.contents import CONTENT, Keeper
from ato_sql._exchange.records import FORMAT, PARTS, Record
from ato_sql._facts.files.copies import is_named_for
from ato_sql._values.time import from_seconds, to_seconds
from ato_sql._values.values import join
from ato_sql._write.batch import Metrics
from ato_sql._write.storing.apply import RunKey, create_run, find_runs
from ato_sql._write.storing.insert import insert_metrics
from ato_sql._write.storing.summary import update_summaries

# Tells where the last record is, as errors begin: `x.jsonl, line 3: `.
Where = Callable[[], str]


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


Intake.__module__ = "ato_sql"


def take_in(engine: Engine, records: Iterable[Record], keeper: Keeper, where: Where) -> Intake:
    """Add the runs that the database lacks, each in one transaction.

    Args:
        engine: the database.
        records: what `read_records` yields, after its header.
        keeper: keeps the contents that come with the runs.
        where: tells the place of the last record.

    Raises:
        DatabaseError: the records end within a run, or do not fit the schema; the runs before it
            are in the database.
    """
    stream, result = iter(records), Intake([], [], [])
    for record in stream:
        if record.get("type") != "run":
            kind = str(record.get("type"))[:60]
            raise DatabaseError(f"{where()}expected a run, found a record of type {kind!r}")
        with writing(engine).connect() as connection, connection.begin():
            with _said_at(where):
                run = checked_run(record)
            _take_run(connection, run, _rest(stream, run, where), result, keeper, where)
        keeper.done()
    return result


@contextmanager
def _said_at(where: Where) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise DatabaseError(f"{where()}{error}") from None


def begun(records: Iterable[Record], where: Where) -> Iterator[Record]:
    """Return what follows the header of an export.

    Raises:
        DatabaseError: it is none, or of a newer format.
    """
    stream = iter(records)
    header = next(stream, None)
    with _said_at(where):
        _check_format(header)
    return stream


def _check_format(header: Record | None) -> None:
    if header is None or header.get("type") != "ato-sql":
        raise DatabaseError("this is not an export of ato-sql")
    if not isinstance(header.get("format"), int):
        raise DatabaseError("this export does not say its format")
    if header["format"] > FORMAT:
        raise DatabaseError(
            f"this export has format {header['format']}, written by a newer ato-sql; "
            f"this one knows up to {FORMAT}: pip install --upgrade ato-sql"
        )


def _rest(stream: Iterator[Record], run: Record, where: Where) -> Iterator[Record]:
    """Yield the records of one run up to its end."""
    for record in stream:
        if record.get("type") == "end":
            return
        yield record
    raise DatabaseError(f"{where()}the export ends within run {run['uuid']}; it was not added")


def _take_run(
    connection: Connection,
    run: Record,
    rest: Iterator[Record],
    done: Intake,
    keeper: Keeper,
    where: Where,
) -> None:
    uuid = run["uuid"]
    known = find_runs(connection, [uuid]).get(uuid)
    if known is not None and not _is_later(connection, known.id, run):
        done.known.append(uuid)
        for _ in rest:  # read on to the next run
            pass
        return
    if known is not None:
        delete_rows(connection, known.id)
    deleted = table_of(DeletedRun)
    connection.execute(delete(deleted).where(deleted.c.uuid == uuid))
    key = create_run(connection, uuid, run, None if known is None else known.id)
    _add_parts(connection, key, run)
    for record in rest:
        if record.get("type") == CONTENT:
            keeper.take(connection, key.id, record)
        else:
            with _said_at(where):
                rows = checked_metrics(record, uuid)
            _add_metrics(connection, key, rows)
    keeper.finish(connection, key.id, run.get("artifacts", ()))
    (done.added if known is None else done.updated).append(uuid)


def _is_later(connection: Connection, run_id: int, run: Record) -> bool:
    """Tell whether a record shows a run at a later moment than the database."""
    table = table_of(Experiment)
    query = select(table.c.end_time, table.c.heartbeat).where(table.c.id == run_id)
    ended, beat = connection.execute(query).one()
    if ended is not None:
        return False
    if run.get("end_time") is not None:
        return True
    return (run.get("heartbeat") or 0.0) > (to_seconds(beat) or 0.0)


def delete_rows(connection: Connection, run_id: int) -> None:
    """Delete a run and all that belongs to it."""
    for model in CHILDREN:
        table = table_of(model)
        connection.execute(delete(table).where(table.c.run_id == run_id))
    table = table_of(Experiment)
    connection.execute(delete(table).where(table.c.id == run_id))


def _add_parts(connection: Connection, key: RunKey, run: Record) -> None:
    insert_missing(connection, table_of(FingerprintSource), run["sources"], "fingerprint")
    insert_missing(connection, table_of(SourceText), run.get("texts", []), "hash")
    for name, model in PARTS:
        rows = [_row(key, record) for record in run.get(name, [])]
        if rows:
            connection.execute(insert(table_of(model)), rows)


def _row(key: RunKey, record: Record) -> dict[str, Any]:
    row = {**record, "run_id": key.id}
    for moment in ("created_at", "timestamp"):
        if moment in row:
            row[moment] = from_seconds(row[moment])
    if row.get("stored") is not None and not _is_elsewhere(row):
        row["stored"] = None
    return row


def _is_elsewhere(row: Record) -> bool:
    """Tell whether a row of an artifact says where a copy of another database is, and its own.

    What was logged by step comes with its content. Of all else only an absolute path says where.
    """
    path = str(row["stored"])
    return (
        row.get("key") is None
        and os.path.isabs(path)
        and is_named_for(path, row.get("content_hash"))
    )


def _add_metrics(connection: Connection, run: RunKey, rows: list[list[Any]]) -> None:
    uuid = ""  # one run at a time needs no name
    if not rows:
        return
    keys, values, steps, moments, specials = zip(*rows)
    numbers = [join(value, special) for value, special in zip(values, specials)]
    metrics = Metrics({key: (uuid, key) for key in keys}, keys, steps, numbers, moments)
    insert_metrics(connection, {uuid: run}, metrics)
    update_summaries(connection, {uuid: run}, metrics)
