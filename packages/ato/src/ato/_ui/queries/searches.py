"""The list of hyperparameter searches: runs that have trials, with the best of each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from starlette.requests import Request

from ato._ui.queries.projects import find_project
from ato_sql.reading import is_rerun, lost_runs, tables

TABLE = tables["experiments"]
RUNS, SUMMARIES = TABLE.c, tables["metric_summaries"].c
MOST = 500


def searches(connection: Any, request: Request) -> Any:
    """The searches of a project, newest first."""
    project_id = find_project(connection, request.path_params["project"]).id
    trials = TABLE.alias()
    number = func.count(trials.c.id).label("trials")
    reruns = select(RUNS.id).where(RUNS.project_id == project_id, is_rerun)
    query = (
        select(RUNS.id, RUNS.status, RUNS.start_time, RUNS.tags, number)
        .join(trials, trials.c.parent_uuid == RUNS.uuid)
        .where(RUNS.project_id == project_id, ~is_rerun, trials.c.id.not_in(reruns))
        .group_by(RUNS.id)
        .order_by(RUNS.id.desc())
        .limit(MOST)
    )
    lost = {run.id for run in lost_runs(connection, project_id)}
    rows = connection.execute(query).all()
    best = _best_values(connection, [row.id for row in rows])
    return {"searches": [_listed(row, lost, best) for row in rows]}


def _best_values(connection: Any, ids: list[int]) -> dict[int, float]:
    """What a search that is over logged as its best."""
    query = select(SUMMARIES.run_id, SUMMARIES.last).where(
        SUMMARIES.run_id.in_(ids), SUMMARIES.key == "best_metric"
    )
    return {row.run_id: row.last for row in connection.execute(query)}


def _listed(row: Any, lost: Any, best: dict[int, float]) -> dict[str, Any]:
    status = "lost" if row.id in lost else row.status
    return {**row._mapping, "status": status, "tags": row.tags or [], "best": best.get(row.id)}
