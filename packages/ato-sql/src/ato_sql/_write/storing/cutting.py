"""Cut a run at a step: what it logged later goes, as it goes on from an earlier checkpoint."""

from __future__ import annotations

from typing import Any, Iterator

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from ato_sql._db.schema import Artifact, Metric, MetricSummary, table_of
from ato_sql._values.values import join
from ato_sql._write.batch import Metrics
from ato_sql._write.storing.summary import update_summaries

_ROWS = table_of(Metric).c
_AT_ONCE = 10_000


def cut(connection: Connection, run: Any, step: int) -> None:
    """Remove values, images and the like of a run at later steps; `run` has its id and project.

    Its summaries are made anew of what is left. Copies that no run refers to any more are for
    `gc` to take.
    """
    media = table_of(Artifact)
    connection.execute(delete(media).where(media.c.run_id == run[0], media.c.step > step))
    connection.execute(delete(table_of(Metric)).where(_ROWS.run_id == run[0], _ROWS.step > step))
    summaries = table_of(MetricSummary)
    connection.execute(delete(summaries).where(summaries.c.run_id == run[0]))
    for metrics in _left(connection, run[0]):
        update_summaries(connection, {"": run}, metrics)


def _left(connection: Connection, run_id: int) -> Iterator[Metrics]:
    """Yield the values of a run in the order they were logged, some at a time."""
    columns = (_ROWS.id, _ROWS.key, _ROWS.step, _ROWS.value, _ROWS.special)
    query = select(*columns).where(_ROWS.run_id == run_id).order_by(_ROWS.id).limit(_AT_ONCE)
    last = 0
    while True:
        rows = connection.execute(query.where(_ROWS.id > last)).all()
        if not rows:
            return
        last = rows[-1].id
        keys = [row.key for row in rows]
        values = [join(row.value, row.special) for row in rows]
        names = {key: ("", key) for key in keys}
        yield Metrics(names, keys, [row.step for row in rows], values, [None] * len(rows))
