"""Runs as plain records: what export writes, import reads, and merge passes on.

The records of one run come together: its sources and environment, `run`, then any number of
`metrics`, then `end`; so a run is taken whole or not at all.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator

from sqlalchemy import Table, select
from sqlalchemy.engine import Connection

from ato_sql._schema import (
    Artifact,
    Environment,
    Experiment,
    Fingerprint,
    FingerprintSource,
    Metric,
    Note,
    Project,
    table_of,
)
from ato_sql._time import to_seconds

Record = Dict[str, Any]
FORMAT = 1
_CHUNK = 1000
_MOMENTS = ("start_time", "end_time", "heartbeat", "created_at", "timestamp")
_PARTS = (("fingerprints", Fingerprint), ("artifacts", Artifact), ("notes", Note))


def read_records(connection: Connection, run_ids: Iterable[int]) -> Iterator[Record]:
    """Yield the records of runs, few rows in memory at a time."""
    yield {"type": "ato-sql", "format": FORMAT}
    for run_id in run_ids:
        yield from _read_run(connection, run_id)


def _read_run(connection: Connection, run_id: int) -> Iterator[Record]:
    table, project = table_of(Experiment), table_of(Project)
    query = (
        select(table, project.c.name.label("project"))
        .join(project, project.c.id == table.c.project_id)
        .where(table.c.id == run_id)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return  # deleted since its id was read
    run = _plain(row, leave_out=("id", "project_id"))
    for name, model in _PARTS:
        run[name] = _rows(connection, table_of(model), run_id)
    run["sources"] = _sources(connection, run["fingerprints"])
    run["environment"] = _environment(connection, run["environment_hash"])
    yield {"type": "run", **run}
    yield from _metrics(connection, run_id)
    yield {"type": "end", "uuid": run["uuid"]}


def _plain(row: Any, leave_out: Iterable[str]) -> Record:
    record = {k: v for k, v in dict(row).items() if k not in leave_out}
    for name in _MOMENTS:
        if name in record:
            record[name] = to_seconds(record[name])
    return record


def _rows(connection: Connection, table: Table, run_id: int) -> list[Record]:
    query = select(table).where(table.c.run_id == run_id).order_by(table.c.id)
    return [_plain(row, ("id", "run_id")) for row in connection.execute(query).mappings()]


def _sources(connection: Connection, fingerprints: list[Record]) -> list[Record]:
    table = table_of(FingerprintSource)
    texts = sorted({row["fingerprint"] for row in fingerprints})
    query = select(table).where(table.c.fingerprint.in_(texts))
    return [dict(row) for row in connection.execute(query).mappings()]


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
    return [key, value, step, to_seconds(moment), special]
