"""The curves of one metric in many runs, thinned out to stretches that all of them share."""

from __future__ import annotations

from typing import NamedTuple, Sequence

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from ato_sql._db.schema import Experiment, Metric, table_of
from ato_sql._read.curves import axis_of, stretches, width_of
from ato_sql._values.values import clean_text

METRICS, RUNS = table_of(Metric).c, table_of(Experiment).c


class Overlay(NamedTuple):
    """One metric of many runs.

    Attributes:
        curves: for each run that has the metric, (x, y): the middle of each stretch it has values
            in, rising, and their mean; None where all of them are NaN or ±inf.
        averaged: whether a stretch may hold more than one step.
    """

    curves: dict[int, tuple[list[float], list[float | None]]]
    averaged: bool


Overlay.__module__ = "ato_sql.reading"


def read_overlay(
    connection: Connection, run_ids: Sequence[int], key: str, points: int = 100, axis: str = "step"
) -> Overlay:
    """Return the curves of a metric in many runs, to be drawn over each other.

    The range of all runs together is cut into equal stretches; what is compared is the course of
    the runs, so a stretch counts by its mean. `read_curve` keeps the spikes of a single run.

    Args:
        connection: to the database; reading is enough.
        run_ids: the runs.
        key: the metric.
        points: how many stretches there are at most.
        axis: `'step'`, or `'time'` for seconds since each run's own start.

    Raises:
        QuestionError: there is no such axis.
    """
    x, per_unit = axis_of(axis, RUNS.start_time)
    rows = select(METRICS.run_id).where(METRICS.run_id.in_(run_ids), METRICS.key == clean_text(key))
    if axis == "time":
        rows = rows.join(table_of(Experiment), RUNS.id == METRICS.run_id)
    ends = rows.with_only_columns(func.min(x), func.max(x), maintain_column_froms=True)
    first, last = connection.execute(ends).one()
    if first is None:
        return Overlay({}, False)
    stretch = stretches(x, first, last, points)
    found = rows.add_columns(stretch.label("at"), func.avg(METRICS.value).label("mean"))
    width = width_of(first, last, points)
    curves: dict[int, tuple[list[float], list[float | None]]] = {}
    for row in connection.execute(found.group_by(METRICS.run_id, stretch).order_by(stretch)):
        xs, ys = curves.setdefault(row.run_id, ([], []))
        # MySQL divides integers to decimals.
        xs.append((first + int(row.at) * width + (width - 1) / 2) / per_unit)
        ys.append(row.mean)
    return Overlay(curves, width > 1)
