"""Take in runs from records; see `ato_sql._exchange.records`."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import Any, Callable, Iterable, Iterator, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ato_adict.surroundings import escaped
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
from ato_sql._exchange.files import UNREADABLE
from ato_sql._exchange.records import FORMAT, PARTS, Record
from ato_sql._facts.files.copies import is_named_for
from ato_sql._values.time import from_seconds, to_seconds
from ato_sql._values.url import clean_error
from ato_sql._values.values import join, short
from ato_sql._write.batch import Metrics
from ato_sql._write.storing.apply import RunKey, create_run, find_runs
from ato_sql._write.storing.insert import insert_metrics
from ato_sql._write.storing.salvage import is_refusal
from ato_sql._write.storing.summary import update_summaries

# Tells where the last record is, as errors begin: `x.jsonl, line 3: `.
Where = Callable[[], str]
_TOLD = 5  # runs of which an error says why they are not taken


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

    A run that cannot be taken keeps none of the others out.

    Args:
        engine: the database.
        records: what `read_records` yields, after its header.
        keeper: keeps the contents that come with the runs.
        where: tells the place of the last record.

    Raises:
        DatabaseError: some runs do not fit the schema, are not all there, or are refused by the
            database; all others are in it.
    """
    stream, result = _Stream(records, where), Intake([], [], [])
    refused = _Refused(engine.url, where)
    try:
        for record in stream:
            rest = stream.rest(record)
            try:
                with writing(engine).connect() as connection, connection.begin():
                    _take_run(connection, _begun_run(record, where), rest, result, keeper, where)
            except Exception as error:
                if stream.is_broken and not isinstance(error, DatabaseError):
                    raise  # what is read is at fault, not what is written
                refused.add(error, record)
                keeper.forget()
                _read_on(rest)
            else:
                keeper.done()
    except DatabaseError as error:  # of the file
        refused.add(error, {})
    refused.tell(result)
    return result


class _NoEndError(DatabaseError):
    """The records of a run are not all there."""


def _read_on(rest: Iterator[Record]) -> None:
    """Read up to the next run."""
    with suppress(_NoEndError):  # it is left out for another reason already
        for _ in rest:
            pass


class _Stream:
    """The records of an export, run by run.

    Args:
        records: what follows the header.
        where: tells the place of the last one.
    """

    def __init__(self, records: Iterable[Record], where: Where) -> None:
        self._records, self._where = iter(records), where
        self._next: Record | None = None  # the beginning of a run, found where another had no end
        self.is_broken = False

    def __iter__(self) -> Iterator[Record]:
        """Yield the records that runs begin with."""
        while True:
            record, self._next = self._next or self._read(), None
            if record is None:
                return
            yield record

    def _read(self) -> Record | None:
        try:
            return next(self._records, None)
        except Exception:
            self.is_broken = True
            raise

    def rest(self, first: Record) -> Iterator[Record]:
        """Yield what belongs to the run that begins with a record, up to its end.

        Raises:
            DatabaseError: the end is missing.
        """
        record: Record | None = first
        while record is not None and record.get("type") != "end":
            record = self._read()
            if record is None or record.get("type") == "run":
                self._next = record
                run = _named(first)
                raise DatabaseError(
                    f"{self._where()}the export ends within {run}; it was not added"
                )
            if record.get("type") != "end":
                yield record


class _Refused:
    """The runs that could not be taken, and why.

    Args:
        url: the database that they were for.
        where: tells the place of the last record.
    """

    def __init__(self, url: URL, where: Where) -> None:
        self._url, self._where = url, where
        self._told: list[str] = []
        self._count = 0

    def add(self, error: Exception, record: Record) -> None:
        """Note why a run is not taken; raise the error again where it is not about the run."""
        if isinstance(error, DatabaseError):
            text = str(error)
        elif isinstance(error, (SQLAlchemyError, ValueError)) and is_refusal(error):
            why = clean_error(error, self._url)
            text = f"{self._where()}{_named(record)}: the database refuses it: {why}"
        else:
            raise error
        self._count += 1
        if len(self._told) < _TOLD:
            self._told.append(text)

    def tell(self, done: Intake) -> None:
        """Raise if there are any."""
        if not self._count:
            return
        more = f"; and {self._count - _TOLD} more" if self._count > _TOLD else ""
        others = sum(map(len, done))
        runs = "other run is" if others == 1 else "other runs are"
        taken = f" ({others} {runs} in the database)" if others else ""
        raise DatabaseError("; ".join(self._told) + more + taken)


def _begun_run(record: Record, where: Where) -> Record:
    """Return the record of a run that begins, checked."""
    with _said_at(where):
        if record.get("type") == UNREADABLE:
            raise DatabaseError(str(record["problem"]))
        if record.get("type") != "run":
            kind = str(record.get("type"))[:60]
            raise DatabaseError(f"expected a run, found a record of type {short(kind)}")
        return checked_run(record)


def _named(run: Record) -> str:
    """Return how messages call the run that begins with a record."""
    return f"run {escaped(str(run['uuid']), 60)}" if run.get("uuid") else "a run"


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
        if header is not None and header.get("type") == UNREADABLE:
            raise DatabaseError(str(header["problem"]))
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
        for _ in rest:  # read on to the next run
            pass
        done.known.append(uuid)
        return
    if known is not None:
        delete_rows(connection, known.id)
    deleted = table_of(DeletedRun)
    connection.execute(delete(deleted).where(deleted.c.uuid == uuid))
    key = create_run(connection, uuid, run, None if known is None else known.id)
    _add_parts(connection, key, run)
    for record in rest:
        with _said_at(where):
            rows = None if record.get("type") == CONTENT else checked_metrics(record, uuid)
        if rows is not None:
            _add_metrics(connection, key, rows)
            continue
        with _said_at(lambda: f"{where()}run {uuid}: "):
            keeper.take(connection, key.id, record)
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
