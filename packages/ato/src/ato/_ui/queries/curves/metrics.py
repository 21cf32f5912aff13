"""The curves of a metric, few enough points to draw and still with every spike."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from ato._ui.answer import number, run_ids, whole
from ato._ui.queries.compare import MOST
from ato._ui.queries.run import find_run
from ato_sql import QuestionError
from ato_sql.reading import Curve, read_curve

FEWEST, LARGEST = 50, 4000


def metrics(connection: Any, request: Request) -> Any:
    """The curves of one metric in one or several runs.

    Asked with `key`, `run` (repeated), `axis` (step or time, in seconds since the run's start),
    `from`, `to` and `points`, how many points a curve may have at most.
    """
    key = request.query_params.get("key")
    if not key:
        raise QuestionError("key must name a metric")
    points = whole(request, "points", 600, FEWEST, LARGEST)
    axis = request.query_params.get("axis", "step")
    within = number(request, "from"), number(request, "to")
    series = []
    for run_id in run_ids(request, 1, MOST):
        find_run(connection, run_id)
        curve = read_curve(connection, run_id, key, points, axis, *within)
        series.append({"run": run_id, **_shown(curve)})
    return {"key": key, "series": series}


def _shown(curve: Curve) -> dict[str, Any]:
    data = curve._asdict()
    return {"count": data.pop("total"), **data}
