"""The course of one metric, whole or thinned out by the database."""

from __future__ import annotations

import datetime as dt
from typing import Any, Iterable, Iterator, NamedTuple

from sqlalchemy import Integer, cast, func, or_, select
from sqlalchemy.engine import Connection

from ato_adict import did_you_mean
from ato_sql._errors import NotFoundError
from ato_sql._schema import Experiment, Metric, MetricSummary, Project
from ato_sql._values import join


class Point(NamedTuple):
    """One value of a metric: its step, the value as logged, the moment in UTC."""

    step: int
    value: int | float
    timestamp: dt.datetime | None


def read_points(
    connection: Connection, run_id: int, key: str, max_points: int | None
) -> list[Point]:
    """Return the values of a metric by step, in the order they were logged within one step."""
    if max_points is not None and _count(connection, run_id, key) > max_points:
        query = _thinned(connection, run_id, key, max(1, max_points // 2))
    else:
        query = select(*_COLUMNS).where(*_of(run_id, key)).order_by(Metric.step, Metric.id)
    rows = connection.execute(query)
    return [Point(step, join(value, special), when) for step, value, special, when in rows]


_COLUMNS = (Metric.step, Metric.value, Metric.special, Metric.timestamp)


def _of(run_id: int, key: str) -> Any:
    return Metric.run_id == run_id, Metric.key == key


def _count(connection: Connection, run_id: int, key: str) -> int:
    summary = select(MetricSummary.count)
    query = summary.where(MetricSummary.run_id == run_id, MetricSummary.key == key)
    return connection.execute(query).scalar() or 0


def _thinned(connection: Connection, run_id: int, key: str, stretches: int) -> Any:
    """Select the smallest and the largest value of each stretch of steps."""
    finite = (*_of(run_id, key), Metric.value.is_not(None))
    ends = select(func.min(Metric.step), func.max(Metric.step)).where(*finite)
    first, last = connection.execute(ends).one()
    width = max(1, -(-((last or 0) - (first or 0) + 1) // stretches))
    offset = Metric.step - (first or 0)
    # Offsets are never negative, so cutting off and rounding down are the same.
    stretch = cast((offset - offset % width) / width, Integer) if width > 1 else offset
    ranked = (
        select(
            Metric.id,
            *_COLUMNS,
            func.row_number().over(partition_by=stretch, order_by=(Metric.value, Metric.id)),
            func.row_number().over(partition_by=stretch, order_by=(Metric.value.desc(), Metric.id)),
        )
        .where(*finite)
        .subquery()
    )
    columns = list(ranked.c)
    extreme = or_(columns[-2] == 1, columns[-1] == 1)
    query = select(*columns[1:5]).where(extreme)
    return query.order_by(columns[1], columns[0])


def read_all(connection: Connection, run_ids: Iterable[int]) -> Iterator[Any]:
    """Yield every value of some runs, few rows in memory at a time.

    Rows are run id, project, key, step, value, special, timestamp.
    """
    columns = (Metric.run_id, Project.name, Metric.key, Metric.step)
    query = (
        select(*columns, Metric.value, Metric.special, Metric.timestamp)
        .join(Experiment, Experiment.id == Metric.run_id)
        .join(Project, Project.id == Experiment.project_id)
        .order_by(Metric.id)
    )
    streaming = connection.execution_options(stream_results=True)
    for run_id in run_ids:
        for rows in streaming.execute(query.where(Metric.run_id == run_id)).partitions(1000):
            yield from rows


def no_metric(connection: Connection, run_id: int, key: str) -> NotFoundError:
    """Return the error that a run has no such metric."""
    query = select(MetricSummary.key).where(MetricSummary.run_id == run_id)
    known = list(connection.execute(query).scalars())
    return NotFoundError(f"run {run_id} has no metric {key!r}{did_you_mean(key, known)}")
