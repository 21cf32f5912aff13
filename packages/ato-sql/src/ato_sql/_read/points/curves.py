"""The curve of a metric, few enough points to draw and still with every spike."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any, NamedTuple, Sequence

from sqlalchemy import BigInteger, and_, case, cast, func, or_, select
from sqlalchemy.engine import Connection

from ato_adict import did_you_mean
from ato_sql._db.schema import Experiment, Metric, MetricSummary, table_of
from ato_sql._db.seconds import seconds_between
from ato_sql._errors import QuestionError
from ato_sql._values.asked import asked_text, bound, whole_number
from ato_sql._values.values import SPECIAL, clean_text, short

METRICS, RUNS = table_of(Metric).c, table_of(Experiment).c
SUMMARIES = table_of(MetricSummary).c
AXES = ("step", "time")
BEYOND = "beyond floats"
# An integer beyond all floats is kept as the last of them, with its digits beside it: no place on
# an axis is right for it.
_beyond = and_(METRICS.special.is_not(None), func.abs(METRICS.value) >= sys.float_info.max)
drawable = case((_beyond, None), else_=METRICS.value)

# So many values below it have a sum; of larger ones the mean is taken in this unit.
_UNIT = 2.0**40
_LARGE = sys.float_info.max / _UNIT


class Curve(NamedTuple):
    """The points of one metric of one run.

    Attributes:
        x: steps, or seconds since the run's start, rising.
        y: the values; None for NaN, ±inf and integers beyond all floats where every point is there.
        total: how many values were logged in the range.
        sampled: whether `x` and `y` are the least and the greatest value of each stretch instead of
            every value.
        special: how many values are `nan`, `inf`, `-inf` and `beyond floats`.
        mean_x: where sampled, the middle of each stretch.
        mean_y: where sampled, the mean of each: what smoothing goes by, for the extremes of noise
            would pull it up and down.
    """

    x: list[float]
    y: list[float | None]
    total: int
    sampled: bool
    special: dict[str, int]
    mean_x: list[float]
    mean_y: list[float]


Curve.__module__ = "ato_sql.reading"


class Axis(NamedTuple):
    """What stands below the curve: an integer expression, and how many of it make one unit."""

    x: Any
    per_unit: int


def read_curve(
    connection: Connection,
    run_id: int,
    key: str,
    points: int = 600,
    axis: str = "step",
    low: float | None = None,
    high: float | None = None,
) -> Curve:
    """Return the curve of a metric, thinned out by the database.

    Args:
        connection: to the database; reading is enough.
        run_id: the run.
        key: the metric.
        points: about as many at most.
        axis: `'step'`, or `'time'` for seconds since the run's start.
        low: only from here on.
        high: only up to here.

    Raises:
        QuestionError: there is no such axis, `points` is no number of points, or `low` or `high`
            none.
    """
    points = whole_number("points", points)
    low, high = bound("low", low), bound("high", high)
    # The run's own start, read inside the database: no conversion of time zones on the way.
    start = select(RUNS.start_time).where(RUNS.id == run_id).scalar_subquery()
    scale = axis_of(axis, start)
    within = [METRICS.run_id == run_id, METRICS.key == asked_text("a metric", key)]
    if low is not None:
        within.append(scale.x >= _clamped(low * scale.per_unit))
    if high is not None:
        within.append(scale.x <= _clamped(high * scale.per_unit))
    if scale.x is not METRICS.step:  # what has no time, as in a damaged run, has no place
        within.append(scale.x.is_not(None))
    # On the axis of steps the index alone answers this, however long the curve.
    extent = select(func.min(scale.x), func.max(scale.x), func.count()).where(*within)
    first, last, count = connection.execute(extent).one()
    if count <= points:
        return _every_point(connection, scale, within)
    most = max(1, points // 2)
    unit = unit_of(connection, [run_id], key)
    stretch = stretches(scale.x, first or 0, width_of(first or 0, last or 0, most))
    curve = _sampled(connection, scale, within, stretch, count, unit)
    if len(curve.x) < most and curve.x:  # half of the stretches are empty: steps are uneven
        return _evenly_filled(connection, scale, within, most, count, unit)
    return curve


def unit_of(connection: Connection, run_ids: Sequence[int], key: str) -> float:
    """Return in what unit the values of a metric have a sum: in 1, or in a larger one."""
    of_runs = SUMMARIES.run_id.in_(run_ids), SUMMARIES.key == clean_text(key)
    is_large = or_(SUMMARIES.max > _LARGE, SUMMARIES.min < -_LARGE)
    query = select(SUMMARIES.run_id).where(*of_runs, is_large).limit(1)
    return 1.0 if connection.execute(query).first() is None else _UNIT


def mean_of(value: Any, unit: float) -> Any:
    """Return the expression of a mean; in another unit than 1 no sum is beyond floats.

    PostgreSQL sums squares as well for its `avg`, which are beyond floats much earlier.
    """
    count = func.nullif(func.count(value), 0)
    return func.sum(value) / count if unit == 1 else func.sum(value / unit) / count * unit


def axis_of(name: str, start: Any) -> Axis:
    """Return the axis of a name; `start` is the SQL of when the run of a value began.

    Raises:
        QuestionError: there is no such axis.
    """
    if name == "step":
        return Axis(METRICS.step, 1)
    if name != "time":
        hint = did_you_mean(name, AXES)
        raise QuestionError(f"axis must be step or time, not {short(name)}{hint}")
    return Axis(cast(seconds_between(start, METRICS.timestamp) * 1000, BigInteger), 1000)


def _clamped(value: float) -> int:
    return int(max(-(2.0**62), min(2.0**62, value)))


def width_of(first: int, last: int, count: int) -> int:
    """Return how wide the stretches are when a range of integers is cut into `count` at most."""
    return max(1, -(-(last - first + 1) // count))


def stretches(x: Any, first: int, width: int) -> Any:
    """Return the expression that numbers stretches of equal width, of integers from `first` on."""
    return (x - first) // width  # never negative, so cutting off and rounding down are the same


def _every_point(connection: Connection, axis: Axis, within: list[Any]) -> Curve:
    query = select(axis.x.label("x"), drawable.label("value"), METRICS.special).where(*within)
    rows = connection.execute(query.order_by(axis.x, METRICS.id)).all()
    special = Counter(_kind(row.special) for row in rows if row.value is None)
    total = len(rows)
    # Of a step that was logged again the last value counts, as after going on from a checkpoint.
    rows = [row for row, after in zip(rows, [*rows[1:], None]) if not after or after.x != row.x]
    x, y = [row.x / axis.per_unit for row in rows], [row.value for row in rows]
    return Curve(x, y, total, False, dict(special), [], [])


def _kind(special: str | None) -> str:
    """Name why a value is not drawn; a row of another program may not say."""
    if special is None:
        return "nan"
    return special if special in SPECIAL else BEYOND


def _evenly_filled(
    connection: Connection, axis: Axis, within: list[Any], most: int, count: int, unit: float
) -> Curve:
    """Sample a curve in stretches that hold equally many values."""
    place = func.row_number().over(order_by=(axis.x, METRICS.id)) - 1
    placed = (
        select(drawable.label("value"), axis.x.label("x"), place.label("place"))
        .where(*within)
        .subquery()
    )
    query = _extremes(placed.c.value, placed.c.x, unit).group_by(placed.c.place * most // count)
    return _curve(connection, axis, within, query.order_by(func.min(placed.c.x)), count)


def _sampled(
    connection: Connection, axis: Axis, within: list[Any], stretch: Any, count: int, unit: float
) -> Curve:
    query = _extremes(drawable, axis.x, unit).where(*within).group_by(stretch)
    return _curve(connection, axis, within, query.order_by(func.min(axis.x)), count)


def _extremes(value: Any, x: Any, unit: float) -> Any:
    """Select the least, the greatest and the mean of each stretch.

    Two points for each: so a spike of a single step is seen at any width.
    """
    return select(
        func.min(value).label("least"),
        func.max(value).label("greatest"),
        mean_of(value, unit).label("mean"),
        func.count(value).label("finite"),
        func.min(x).label("first"),
        func.max(x).label("last"),
    )


def _curve(connection: Connection, axis: Axis, within: list[Any], query: Any, count: int) -> Curve:
    rows = [row for row in connection.execute(query) if row.finite]
    finite = sum(row.finite for row in rows)
    x, y = _zigzag(rows, axis.per_unit)
    special = count_special(connection, within) if finite < count else {}
    middle = [(row.first + row.last) / 2 / axis.per_unit for row in rows]
    return Curve(x, y, count, True, special, middle, [row.mean for row in rows])


def _zigzag(rows: list[Any], per_unit: int) -> tuple[list[float], list[float | None]]:
    x: list[float] = []
    y: list[float | None] = []
    before = None
    for row in rows:
        # Where a value lies in its stretch is not known; in the direction the curve goes looks
        # best.
        falling = before is not None and row.mean < before
        x += [row.first / per_unit, row.last / per_unit]
        y += (row.greatest, row.least) if falling else (row.least, row.greatest)
        before = row.mean
    return x, y


def count_special(connection: Connection, within: list[Any]) -> dict[str, int]:
    """Return how many values are `nan`, `inf`, `-inf` and `beyond floats`, if any."""
    query = select(METRICS.special, func.count()).where(*within, drawable.is_(None))
    found: Counter[str] = Counter()
    for special, count in connection.execute(query.group_by(METRICS.special)):
        found[_kind(special)] += count
    return dict(found)
