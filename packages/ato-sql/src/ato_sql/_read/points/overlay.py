"""The curves of one metric in many runs, each thinned out by its own length."""

from __future__ import annotations

from typing import Any, NamedTuple, Sequence

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from ato_sql._db.schema import Experiment, Metric, table_of
from ato_sql._read.points.curves import (
    Axis,
    axis_of,
    count_special,
    drawable,
    mean_of,
    stretches,
    unit_of,
    width_of,
)
from ato_sql._values.asked import asked_text, whole_number
from ato_sql._values.values import clean_text

METRICS, RUNS = table_of(Metric).c, table_of(Experiment).c


class Overlay(NamedTuple):
    """One metric of many runs.

    Attributes:
        curves: for each run that has the metric, (x, y): the middle of each stretch it has values
            in, rising, and their mean; None where all of them are NaN, ±inf or beyond floats.
        averaged: whether a point stands for more than one value.
        special: how many values are `nan`, `inf`, `-inf` and `beyond floats`; no mean has them.
    """

    curves: dict[int, tuple[list[float], list[float | None]]]
    averaged: bool
    special: dict[str, int]


Overlay.__module__ = "ato_sql.reading"


def read_overlay(
    connection: Connection,
    run_ids: Sequence[int],
    key: str,
    points: int = 100,
    axis: str = "step",
    against: str | None = None,
) -> Overlay:
    """Return the curves of a metric in many runs, to be drawn over each other.

    The range of each run is cut into equal stretches, so that a short run keeps its course beside
    a long one; their widths are powers of two from one start, so that runs share most of them. What
    is compared is the course of the runs, so a stretch counts by its mean. `read_curve` keeps the
    spikes of a single run.

    Args:
        connection: to the database; reading is enough.
        run_ids: the runs.
        key: the metric.
        points: how many stretches a run has at most.
        axis: `'step'`, or `'time'` for seconds since each run's own start.
        against: another metric, whose mean in the same stretch of steps stands on the x axis; what
            has none is left out.

    Raises:
        QuestionError: there is no such axis, or `points` is no number of points.
    """
    key, points = asked_text("a metric", key), max(1, whole_number("points", points))
    scale = axis_of("step" if against is not None else axis, RUNS.start_time)
    ends = _ends(connection, scale, run_ids, key)
    first = min((low for low, _ in ends.values()), default=0)
    curves: dict[int, tuple[list[float], list[float | None]]] = {}
    averaged = lacking = False
    for width, runs in sorted(_by_width(ends, points).items()):
        means = _means(connection, scale, runs, key, first, width)
        places = _means(connection, scale, runs, against, first, width) if against else None
        averaged = averaged or any(number > 1 for _, number, _ in means.values())
        lacking = lacking or any(finite < number for _, number, finite in means.values())
        for (run, at), (mean, _, _) in means.items():
            xs, ys = curves.setdefault(run, ([], []))
            middle = (first + at * width + (width - 1) / 2) / scale.per_unit
            place = middle if places is None else places.get((run, at), (None, 0, 0))[0]
            if place is not None:
                xs.append(place)
                ys.append(mean)
    within = [METRICS.run_id.in_(run_ids), METRICS.key == clean_text(key)]
    special = count_special(connection, within) if lacking else {}
    return Overlay(curves if against is None else _rising(curves), averaged, special)


def _rows(scale: Axis, columns: Sequence[Any], run_ids: Sequence[int], key: str) -> Any:
    query = select(METRICS.run_id, *columns)
    if scale.x is not METRICS.step:  # but seconds since the start
        query = query.join(table_of(Experiment), RUNS.id == METRICS.run_id)
        query = query.where(scale.x.is_not(None))  # as of a damaged run
    return query.where(METRICS.run_id.in_(run_ids), METRICS.key == clean_text(key))


def _ends(
    connection: Connection, scale: Axis, run_ids: Sequence[int], key: str
) -> dict[int, tuple[int, int]]:
    columns = func.min(scale.x).label("first"), func.max(scale.x).label("last")
    query = _rows(scale, columns, run_ids, key).group_by(METRICS.run_id)
    return {row.run_id: (row.first, row.last) for row in connection.execute(query)}


def _by_width(ends: dict[int, tuple[int, int]], points: int) -> dict[int, list[int]]:
    """Return the runs by how wide their stretches are: the least power of two that suffices."""
    found: dict[int, list[int]] = {}
    for run, (first, last) in ends.items():
        width = 1 << (width_of(first, last, points) - 1).bit_length()
        found.setdefault(width, []).append(run)
    return found


def _means(
    connection: Connection, scale: Axis, runs: Sequence[int], key: str, first: int, width: int
) -> dict[tuple[int, int], tuple[float | None, int, int]]:
    """Return of each stretch of each run, in order: the mean, how many values, how many in it."""
    at = stretches(scale.x, first, width)
    unit = unit_of(connection, runs, key)
    mean, finite = mean_of(drawable, unit).label("mean"), func.count(drawable).label("finite")
    columns = at.label("at"), mean, func.count().label("number"), finite
    query = _rows(scale, columns, runs, key).group_by(METRICS.run_id, at).order_by(at)
    # MariaDB answers a quotient as a decimal number.
    return {
        (row.run_id, int(row.at)): (row.mean, row.number, row.finite)
        for row in connection.execute(query)
    }


def _rising(
    curves: dict[int, tuple[list[float], list[float | None]]],
) -> dict[int, tuple[list[float], list[float | None]]]:
    """Put the points in the order of x; of equal ones the last counts, and gaps have no place."""
    found: dict[int, tuple[list[float], list[float | None]]] = {}
    for run, (xs, ys) in curves.items():
        points = sorted({x: y for x, y in zip(xs, ys) if y is not None}.items())
        found[run] = ([x for x, _ in points], [y for _, y in points])
    return found
