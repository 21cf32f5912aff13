"""The curves of a whole project over each other, few points for each of many runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, select
from starlette.requests import Request

from ato._ui.answer import whole
from ato._ui.queries.parts.leaves import group_of
from ato._ui.queries.projects import find_project, metric_keys
from ato._ui.queries.runs import where
from ato_sql.reading import is_system, read_overlay, tables

RUNS, PARAMS, SUMMARIES = tables["experiments"].c, tables["params"].c, tables["metric_summaries"].c
MOST_RUNS = 500
POINTS = 200
METRIC = "metric:"


def overlay(connection: Any, request: Request) -> Any:
    """One metric of the runs of a project, each thinned out to equal stretches of its own length.

    Asked with `key`, `filter` and `trials` as the table of runs, `axis` (step, time in seconds
    since each run's start, or `metric:KEY` for another metric) and `by`, a config key whose value
    comes with each run. The latest 500 runs are answered, and how many there are.

    A stretch is answered by the mean of its values: what compares many runs is their course, and
    the spikes of one are on its own page.
    """
    project_id = find_project(connection, request.path_params["project"]).id
    wanted = where(connection, project_id, request)
    keys = metric_keys(connection, project_id)
    key = request.query_params.get("key") or _first(connection, project_id, keys)
    axis = request.query_params.get("axis", "step")
    # By a name of its own: a filter asks the same table about other metrics.
    summary = tables["metric_summaries"].alias()
    has_it = and_(summary.c.run_id == RUNS.id, summary.c.key == key)
    chosen = select(RUNS.id).where(*wanted).join(summary, has_it)
    total = connection.execute(select(func.count()).select_from(chosen.subquery())).scalar()
    ids = [row.id for row in connection.execute(chosen.order_by(RUNS.id.desc()).limit(MOST_RUNS))]
    points = whole(request, "points", POINTS, 10, 400)
    against = axis[len(METRIC) :] if axis.startswith(METRIC) else None
    found = read_overlay(connection, ids, key, points, axis, against)
    values = _values(connection, ids, request.query_params.get("by"))
    return {
        "key": key,
        "keys": keys,
        "configs": _varied(connection, project_id),
        "total": total,
        "averaged": found.averaged,
        "special": found.special,
        "runs": [
            {"id": run, "by": values.get(run), "x": x, "y": y}
            for run, (x, y) in sorted(found.curves.items())
        ],
    }


def _first(connection: Any, project_id: int, keys: list[str]) -> str:
    """The metric shown at first: one that most runs have, of the machine only if no other."""
    if not keys:
        return ""
    query = select(SUMMARIES.key).where(SUMMARIES.project_id == project_id).group_by(SUMMARIES.key)
    commonest = connection.execute(query.order_by(func.count().desc(), SUMMARIES.key)).scalars()
    return str(min(commonest, key=is_system))


def _varied(connection: Any, project_id: int) -> list[str]:
    """The config keys that have more than one value in the project."""
    of_project = select(RUNS.id).where(RUNS.project_id == project_id)
    query = select(PARAMS.key).where(PARAMS.run_id.in_(of_project)).group_by(PARAMS.key)
    query = query.having(func.count(PARAMS.text.distinct()) > 1).order_by(PARAMS.key)
    return [row.key for row in connection.execute(query.limit(200))]


def _values(connection: Any, ids: list[int], key: str | None) -> dict[int, Any]:
    if not key:
        return {}
    query = select(PARAMS.run_id, PARAMS.text).where(PARAMS.run_id.in_(ids), PARAMS.key == key)
    return {row.run_id: group_of(row.text) for row in connection.execute(query)}
