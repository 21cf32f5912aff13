"""Metrics of runs: their courses, whole or thinned out by the database, and summaries."""

from __future__ import annotations

import datetime as dt
import sys
from itertools import filterfalse
from typing import Any, Iterable, Iterator, Mapping, NamedTuple, Sequence

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.engine import Connection

from ato_adict import did_you_mean
from ato_sql._db.schema import Experiment, Metric, MetricSummary, Project
from ato_sql._errors import NotFoundError
from ato_sql._facts.machine import is_system
from ato_sql._read.reader import Reader
from ato_sql._values.asked import asked_list, asked_text, run_value
from ato_sql._values.values import join, short


class Point(NamedTuple):
    """One value of a metric: its step, or place on another axis, the value, the moment in UTC."""

    step: int | float
    value: int | float
    timestamp: dt.datetime | None


Point.__module__ = "ato_sql"


_FEW = 5  # so few points that the first and the last are not kept beside the extremes


def read_points(
    connection: Connection, run_id: int, key: str, max_points: int | None
) -> list[Point]:
    """Return the values of a metric by step, in the order they were logged within one step."""
    count = 0 if max_points is None else _count(connection, run_id, key)
    if max_points is not None and count > max_points:
        query = _thinned(connection, run_id, key, count, max_points)
    else:
        query = select(*_COLUMNS).where(*_of(run_id, key)).order_by(Metric.step, Metric.id)
    rows = connection.execute(query)
    return [Point(step, join(value, special), when) for step, value, special, when in rows]


def along(points: Sequence[Point], axis: Sequence[Point]) -> list[Point]:
    """Put points at the values that another metric has at their steps; the last of a step counts.

    Those at whose step it has none are left out.
    """
    places = {point.step: point.value for point in axis}
    return [p._replace(step=places[p.step]) for p in points if p.step in places]


_COLUMNS = (Metric.step, Metric.value, Metric.special, Metric.timestamp)


def _of(run_id: int, key: str) -> Any:
    return Metric.run_id == run_id, Metric.key == key


def _count(connection: Connection, run_id: int, key: str) -> int:
    summary = select(MetricSummary.count)
    query = summary.where(MetricSummary.run_id == run_id, MetricSummary.key == key)
    return connection.execute(query).scalar() or 0


def _thinned(connection: Connection, run_id: int, key: str, count: int, most: int) -> Any:
    """Select the smallest and the largest value of each stretch, and where it is NaN.

    Stretches hold equally many values, so that a curve keeps its shape where steps are uneven.
    """
    nan = connection.execute(
        select(Metric.id).where(*_of(run_id, key), Metric.special == "nan").limit(1)
    ).first()
    ends = [0, count - 1] if most > _FEW else []
    stretches = max(1, (most - len(ends)) // (2 if nan is None else 3))
    place = func.row_number().over(order_by=(Metric.step, Metric.id)) - 1
    number = case(
        (Metric.special == "inf", sys.float_info.max),
        (Metric.special == "-inf", -sys.float_info.max),
        else_=Metric.value,
    )
    placed = (
        select(
            Metric.id,
            *_COLUMNS,
            place.label("place"),
            (place * stretches // count).label("stretch"),
            number.label("number"),
        )
        .where(*_of(run_id, key))
        .subquery()
    )
    here = placed.c
    known = case((here.number.is_(None), 1), else_=0)  # NaN last, where it is asked for apart

    def rank(*order: Any) -> Any:
        return func.row_number().over(partition_by=here.stretch, order_by=order)

    ranked = select(
        *here,
        rank(known, here.number, here.id).label("low"),
        rank(known, here.number.desc(), here.id).label("high"),
        rank(known.desc(), here.id).label("strange"),
    ).subquery()
    row = ranked.c
    kept = or_(
        and_(or_(row.low == 1, row.high == 1), row.number.is_not(None)),
        and_(row.strange == 1, row.number.is_(None)),
        row.place.in_(ends),
    )
    query = select(row.step, row.value, row.special, row.timestamp).where(kept)
    return query.order_by(row.step, row.id)


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


def _id_number(run_id: Any) -> int:
    value = run_value(run_id)
    if isinstance(value, str):
        raise NotFoundError(f"summaries are asked for by ids of runs, not {short(run_id)}")
    return value


def read_summaries(reader: Reader, run_ids: Sequence[int]) -> dict[int, dict[str, MetricSummary]]:
    """Return for each run, by metric, its count, extremes and last value.

    Raises:
        NotFoundError: one of them is no id of a run, as a UUID is none.
        QuestionError: they are no list.
    """
    asked = asked_list("runs", "ids", run_ids)
    numbers = [_id_number(run_id) for run_id in asked]
    found: dict[int, dict[str, MetricSummary]] = {run_id: {} for run_id in asked}
    for start in range(0, len(numbers), 500):
        some = numbers[start : start + 500]
        query = select(MetricSummary).where(MetricSummary.run_id.in_(some))
        for summary in reader.all(query.order_by(MetricSummary.run_id, MetricSummary.key)):
            found[summary.run_id][summary.key] = summary
    return found


def read_latest(
    reader: Reader, run_id: int, limit: int | None, keys: Sequence[str] | str | None, after: int
) -> list[Metric]:
    """Return the metrics a run logged last, in the order they were logged."""
    query = select(Metric).where(Metric.run_id == run_id, Metric.id > after)
    if keys is not None:
        chosen = [keys] if isinstance(keys, str) else asked_list("metrics", "names", keys)
        query = query.where(Metric.key.in_([asked_text("a metric", key) for key in chosen]))
    return reader.all(query.order_by(Metric.id.desc()).limit(limit))[::-1]


def last_value(summary: MetricSummary | None) -> Any:
    """The value of a metric at its last step, NaN and ±inf restored."""
    return None if summary is None else join(summary.last, summary.last_special)


def common_keys(summaries: Iterable[Mapping[str, MetricSummary]], most: int = 4) -> list[str]:
    """The metrics that most runs have, those of the machine left out."""
    counts: dict[str, int] = {}
    for of_run in summaries:
        for key in filterfalse(is_system, of_run):
            counts[key] = counts.get(key, 0) + 1
    return sorted(sorted(counts), key=lambda key: -counts[key])[:most]
