"""The list of hyperparameter searches: runs that have trials, with the best of each."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import func, select
from starlette.requests import Request

from ato._ui.queries.projects import find_project
from ato._ui.queries.searches.judged import OBJECTIVE, objective, tagged_mode
from ato_sql.reading import is_rerun, is_system, lost_runs, tables, usual_mode

TABLE = tables["experiments"]
RUNS, SUMMARIES = TABLE.c, tables["metric_summaries"].c
MOST = 500


class Reached(NamedTuple):
    """What the trials of a search have of one metric: how many, and the ends of its last values."""

    trials: int
    least: float | None
    most: float | None


def searches(connection: Any, request: Request) -> Any:
    """The searches of a project, newest first."""
    project_id = find_project(connection, request.path_params["project"]).id
    trials = TABLE.alias()
    number = func.count(trials.c.id).label("trials")
    reruns = select(RUNS.id).where(RUNS.project_id == project_id, is_rerun)
    query = (
        select(RUNS.id, RUNS.uuid, RUNS.name, RUNS.status, RUNS.start_time, RUNS.tags, number)
        .join(trials, trials.c.parent_uuid == RUNS.uuid)
        .where(RUNS.project_id == project_id, ~is_rerun, trials.c.id.not_in(reruns))
        .group_by(RUNS.id)
        .order_by(RUNS.id.desc())
        .limit(MOST)
    )
    lost = {run.id for run in lost_runs(connection, project_id)}
    rows = connection.execute(query).all()
    said = _said_best(connection, [row.id for row in rows])
    reached = _reached(connection, [row.uuid for row in rows])
    return {
        "searches": [
            _listed(row, lost, _best(row, said.get(row.id), reached.get(row.uuid, {})))
            for row in rows
        ]
    }


def _said_best(connection: Any, ids: list[int]) -> dict[int, float]:
    """What a search that is over logged as its best."""
    query = select(SUMMARIES.run_id, SUMMARIES.last).where(
        SUMMARIES.run_id.in_(ids), SUMMARIES.key == "best_metric"
    )
    return {row.run_id: row.last for row in connection.execute(query)}


def _reached(connection: Any, uuids: list[str]) -> dict[str, dict[str, Reached]]:
    """What the trials of each search have of each metric."""
    query = (
        select(
            RUNS.parent_uuid,
            SUMMARIES.key,
            func.count().label("trials"),
            func.min(SUMMARIES.last).label("least"),
            func.max(SUMMARIES.last).label("most"),
        )
        .join(TABLE, RUNS.id == SUMMARIES.run_id)
        .where(RUNS.parent_uuid.in_(uuids))
        .group_by(RUNS.parent_uuid, SUMMARIES.key)
    )
    found: dict[str, dict[str, Reached]] = {}
    for row in connection.execute(query):
        of_search = found.setdefault(row.parent_uuid, {})
        of_search[row.key] = Reached(row.trials, row.least, row.most)
    return found


def _best(row: Any, said: float | None, reached: dict[str, Reached]) -> dict[str, Any]:
    """The best value of a search, the metric it is of, and what of that is better."""
    order = sorted(reached, key=lambda key: (is_system(key), -reached[key].trials, key))
    metric = OBJECTIVE if said is not None else objective(order)
    mode = tagged_mode(row.tags, metric) or usual_mode(metric)
    ends = reached.get(metric)
    if ends is None and said is None:
        return {"best": None, "metric": None, "mode": None}
    if said is None and ends is not None:
        said = ends.least if mode == "min" else ends.most
    return {"best": said, "metric": metric, "mode": mode}


def _listed(row: Any, lost: Any, best: dict[str, Any]) -> dict[str, Any]:
    shown = {key: value for key, value in row._mapping.items() if key != "uuid"}
    status = "lost" if row.id in lost else row.status
    return {**shown, **best, "status": status, "tags": row.tags or []}
