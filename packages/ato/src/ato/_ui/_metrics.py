"""The points of a metric, few enough to draw and still with every spike."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, and_, cast, func, select
from starlette.requests import Request

from ato._ui._answer import QuestionError, number, run_ids, whole
from ato._ui._compare import MOST
from ato._ui._duration import seconds_between
from ato._ui._run import find_run
from ato_sql.reading import tables

TABLE = tables["metrics"]
METRICS = TABLE.c
FEWEST, LARGEST = 50, 4000
SPECIAL = ("nan", "inf", "-inf")


class Axis(NamedTuple):
    """What stands below the curve: an integer expression, and how many of it make one unit."""

    x: Any
    per_unit: int


class Extent(NamedTuple):
    """The points within a range: from and to where on the axis, and how many."""

    low: int | None
    high: int | None
    points: int


def metrics(connection: Any, request: Request) -> Any:
    """The curves of one metric in one or several runs.

    Asked with `key`, `run` (repeated), `axis` (step or time, in seconds since the run's start),
    `from`, `to` and `points`, how many points a curve may have at most.
    """
    key = request.query_params.get("key")
    if not key:
        raise QuestionError("key must name a metric")
    points = whole(request, "points", 600, FEWEST, LARGEST)
    series = []
    for run_id in run_ids(request, 1, MOST):
        axis = _axis(find_run(connection, run_id), request.query_params.get("axis", "step"))
        within = [METRICS.run_id == run_id, METRICS.key == key]
        within += _range(axis, number(request, "from"), number(request, "to"))
        series.append({"run": run_id, **_curve(connection, axis, within, points)})
    return {"key": key, "series": series}


def _axis(run: Any, name: str) -> Axis:
    if name == "step":
        return Axis(METRICS.step, 1)
    if name == "time":
        milliseconds = seconds_between(_moment(run), METRICS.timestamp) * 1000
        return Axis(cast(milliseconds, BigInteger), 1000)
    raise QuestionError(f"axis must be step or time, not {name!r}")


def _moment(run: Any) -> Any:
    # The run's own start, read inside the database: no conversion of time zones on the way.
    runs = tables["experiments"].c
    return select(runs.start_time).where(runs.id == run.id).scalar_subquery()


def _range(axis: Axis, low: float | None, high: float | None) -> list[Any]:
    found = []
    if low is not None:
        found.append(axis.x >= _clamped(low * axis.per_unit))
    if high is not None:
        found.append(axis.x <= _clamped(high * axis.per_unit))
    return found


def _clamped(value: float) -> int:
    return int(max(-(2.0**62), min(2.0**62, value)))


def _curve(connection: Any, axis: Axis, within: list[Any], points: int) -> dict[str, Any]:
    # On the axis of steps the index alone answers this, however long the curve.
    query = select(func.min(axis.x), func.max(axis.x), func.count()).where(*within)
    extent = Extent(*connection.execute(query).one())
    if extent.points <= points:
        return _every_point(connection, axis, within)
    curve, finite = _sampled(connection, axis, within, extent, points)
    special = _special(connection, within) if finite < extent.points else {}
    return {**curve, "count": extent.points, "sampled": True, "special": special}


def _every_point(connection: Any, axis: Axis, within: list[Any]) -> dict[str, Any]:
    query = select(axis.x.label("x"), METRICS.value, METRICS.special).where(*within)
    rows = connection.execute(query.order_by(axis.x, METRICS.id)).all()
    special = {name: sum(row.special == name for row in rows) for name in SPECIAL}
    return {
        "x": [row.x / axis.per_unit for row in rows],
        "y": [row.value for row in rows],
        "count": len(rows),
        "sampled": False,
        "special": {name: count for name, count in special.items() if count},
    }


def _sampled(
    connection: Any, axis: Axis, within: list[Any], extent: Extent, points: int
) -> tuple[dict[str, Any], int]:
    """Cut the range into equal buckets; keep the least, the greatest and the mean of each.

    Two points for each bucket: so a spike of a single step is seen at any width. The mean is what
    smoothing goes by, for the extremes of noise would pull it up and down.

    Returns:
        The curve, and how many of its points are finite.
    """
    low = extent.low or 0
    width = max(1, -(-((extent.high or 0) - low + 1) // (points // 2)))
    query = (
        select(
            func.min(METRICS.value).label("least"),
            func.max(METRICS.value).label("greatest"),
            func.avg(METRICS.value).label("mean"),
            func.count(METRICS.value).label("finite"),
            func.min(axis.x).label("first"),
            func.max(axis.x).label("last"),
        )
        .where(*within)
        .group_by((axis.x - low) // width)
        .order_by(func.min(axis.x))
    )
    rows = [row for row in connection.execute(query) if row.finite]
    return _zigzag(rows, axis.per_unit), sum(row.finite for row in rows)


def _zigzag(rows: list[Any], per_unit: int) -> dict[str, Any]:
    x: list[float] = []
    y: list[float] = []
    before = None
    for row in rows:
        # Where in its bucket a value lies is not known; in the direction the curve goes looks best.
        falling = before is not None and row.mean < before
        ends = (row.greatest, row.least) if falling else (row.least, row.greatest)
        x += [row.first / per_unit, row.last / per_unit]
        y += ends
        before = row.mean
    middle = [(row.first + row.last) / 2 / per_unit for row in rows]
    return {"x": x, "y": y, "mean_x": middle, "mean_y": [row.mean for row in rows]}


def _special(connection: Any, within: list[Any]) -> dict[str, int]:
    query = (
        select(METRICS.special, func.count())
        .where(and_(*within), METRICS.special.in_(SPECIAL))
        .group_by(METRICS.special)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
