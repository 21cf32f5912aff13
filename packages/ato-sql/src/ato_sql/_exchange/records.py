"""Runs as plain records: what export writes, import reads, and merge passes on.

The records of one run come together: its sources and environment, `run`, then any number of
`metrics`, then those of `contents`, then `end`; so a run is taken whole or not at all.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Iterator, Optional

from sqlalchemy import Table, select
from sqlalchemy.engine import Connection

from ato_sql._db.schema import (
    Artifact,
    ConsoleText,
    Environment,
    Experiment,
    Fingerprint,
    FingerprintSource,
    Input,
    Metric,
    Note,
    Project,
    RunSource,
    SourceText,
    table_of,
)
from ato_sql._exchange.contents import Record as Record
from ato_sql._exchange.contents import content_records, leave_out_damaged
from ato_sql._values.time import to_seconds
from ato_sql._values.values import split

FindCopy = Callable[[str, Optional[str]], Optional[str]]
FORMAT = 1
_CHUNK = 1000
_MOMENTS = ("start_time", "end_time", "heartbeat", "created_at", "timestamp")
# By the name in a record, the tables whose rows come with a run; inputs and modules since 0003.
PARTS = (
    ("fingerprints", Fingerprint),
    ("artifacts", Artifact),
    ("inputs", Input),
    ("modules", RunSource),
    ("notes", Note),
    ("console", ConsoleText),
)


def read_records(
    connection: Connection, run_ids: Iterable[int], find_copy: FindCopy
) -> Iterator[Record]:
    """Yield the records of runs, few rows in memory at a time.

    Args:
        connection: to the database.
        run_ids: the runs.
        find_copy: from what is stored of the path of a copy, and its hash, to where it is.
    """
    yield {"type": "ato-sql", "format": FORMAT}
    for run_id in run_ids:
        yield from _read_run(connection, run_id, find_copy)


def _read_run(connection: Connection, run_id: int, find_copy: FindCopy) -> Iterator[Record]:
    table, project = table_of(Experiment), table_of(Project)
    query = (
        select(table, project.c.name.label("project"))
        .join(project, project.c.id == table.c.project_id)
        .where(table.c.id == run_id)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return  # deleted since its id was read
    run = _record(row, leave_out=("id", "project_id"))
    for name, model in PARTS:
        run[name] = _rows(connection, table_of(model), run_id)
    for row in run["artifacts"]:
        if row["stored"] is not None:
            row["stored"] = find_copy(row["stored"], row["content_hash"])
    leave_out_damaged(f"run {run_id}", run["artifacts"])
    run["sources"] = _sources(connection, run["fingerprints"])
    run["texts"] = _texts(connection, [*run["inputs"], *run["modules"]])
    run["environment"] = _environment(connection, run["environment_hash"])
    yield {"type": "run", **run}
    yield from _metrics(connection, run_id)
    yield from content_records(run["artifacts"])
    yield {"type": "end", "uuid": run["uuid"]}


def _record(row: Any, leave_out: Iterable[str]) -> Record:
    record = {k: v for k, v in dict(row).items() if k not in leave_out}
    for name in _MOMENTS:
        if name in record:
            record[name] = to_seconds(record[name])
    return record


def _rows(connection: Connection, table: Table, run_id: int) -> list[Record]:
    query = select(table).where(table.c.run_id == run_id).order_by(table.c.id)
    return [_record(row, ("id", "run_id")) for row in connection.execute(query).mappings()]


def _sources(connection: Connection, fingerprints: list[Record]) -> list[Record]:
    table = table_of(FingerprintSource)
    texts = sorted({row["fingerprint"] for row in fingerprints})
    query = select(table).where(table.c.fingerprint.in_(texts))
    return [dict(row) for row in connection.execute(query).mappings()]


def _texts(connection: Connection, rows: list[Record]) -> list[Record]:
    table = table_of(SourceText)
    hashes = sorted({row["hash"] for row in rows if row["hash"]})
    found = []
    for start in range(0, len(hashes), 500):
        query = select(table).where(table.c.hash.in_(hashes[start : start + 500]))
        found += [dict(row) for row in connection.execute(query).mappings()]
    return found


def _environment(connection: Connection, digest: Any) -> Any:
    table = table_of(Environment)
    return connection.execute(select(table.c.data).where(table.c.hash == digest)).scalar()


def _metrics(connection: Connection, run_id: int) -> Iterator[Record]:
    table = table_of(Metric)
    columns = (table.c.key, table.c.value, table.c.step, table.c.timestamp, table.c.special)
    query = select(*columns).where(table.c.run_id == run_id).order_by(table.c.id)
    result = connection.execution_options(stream_results=True).execute(query)
    for rows in result.partitions(_CHUNK):
        yield {"type": "metrics", "rows": [_metric(*row) for row in rows]}


def _metric(key: str, value: Any, step: int, moment: Any, special: Any) -> list[Any]:
    if value is not None and value - value != 0.0:  # SQLite keeps what a tracker never writes
        value, special = split(value)
    return [key, value, step, to_seconds(moment), special]
