"""The list of hyperparameter searches: runs that have trials."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from starlette.requests import Request

from ato._ui._projects import find_project
from ato_sql.reading import lost_runs, tables

TABLE = tables["experiments"]
RUNS = TABLE.c
MOST = 500


def searches(connection: Any, request: Request) -> Any:
    """The searches of a project, newest first."""
    project_id = find_project(connection, request.path_params["project"]).id
    trials = TABLE.alias()
    number = func.count(trials.c.id).label("trials")
    query = (
        select(RUNS.id, RUNS.status, RUNS.start_time, RUNS.tags, number)
        .join(trials, trials.c.parent_uuid == RUNS.uuid)
        .where(RUNS.project_id == project_id)
        .group_by(RUNS.id)
        .order_by(RUNS.id.desc())
        .limit(MOST)
    )
    lost = {run.id for run in lost_runs(connection, project_id)}
    return {"searches": [_listed(row, lost) for row in connection.execute(query)]}


def _listed(row: Any, lost: Any) -> dict[str, Any]:
    status = "lost" if row.id in lost else row.status
    return {**row._mapping, "status": status, "tags": row.tags or []}
