"""Projects, and the columns their runs can be shown with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, distinct, func, select
from starlette.requests import Request

from ato._ui.answer import MissingError
from ato_sql.reading import is_incidental, is_rerun, is_system, lost_runs, tables

PROJECTS, RUNS = tables["projects"].c, tables["experiments"].c
PARAMS, SUMMARIES = tables["params"].c, tables["metric_summaries"].c
STRUCTURES = 300  # distinct config structures that are looked into for keys
RECENT = 50  # latest runs that choose the default columns
DEFAULT_KEYS, DEFAULT_METRICS = 4, 3
RESULTS = (
    "metric",
    "acc",
    "loss",
    "score",
    "f1",
    "auc",
    "error",
    "reward",
    "return",
    "perplexity",
    "bleu",
)


def projects(connection: Any, request: Request) -> Any:
    """All projects with the number of their runs by status."""
    query = select(PROJECTS.id, PROJECTS.name, PROJECTS.description).order_by(PROJECTS.name)
    listed = {
        row.id: {**row._mapping, "runs": 0, "statuses": {}} for row in connection.execute(query)
    }
    grouped = select(
        RUNS.project_id,
        RUNS.status,
        func.count().label("number"),
        func.max(RUNS.start_time).label("last"),
    ).where(~is_rerun)
    grouped = grouped.group_by(RUNS.project_id, RUNS.status)
    for row in connection.execute(grouped):
        if row.project_id not in listed:
            continue  # of a damaged run, which is in no project that there is
        _count(listed[row.project_id], row.status or "unknown", row.number, row.last)
    running = select(RUNS.id).where(is_rerun, RUNS.status == "running")
    reruns = set(connection.execute(running).scalars())
    for run in lost_runs(connection):
        if run.id in reruns or run.project_id not in listed:
            continue
        statuses = listed[run.project_id]["statuses"]
        statuses["running"] -= 1
        statuses["lost"] = statuses.get("lost", 0) + 1
    for one in listed.values():
        one["statuses"] = {name: number for name, number in one["statuses"].items() if number}
    return {"projects": sorted(listed.values(), key=_newest_first)}


def _count(listed: dict[str, Any], status: str, number: int, last: Any) -> None:
    listed["runs"] += number
    listed["statuses"][status] = number
    times = [time for time in (listed.get("last_start"), last) if time is not None]
    listed["last_start"] = max(times, default=None)


def _newest_first(project: dict[str, Any]) -> Any:
    last = project.get("last_start")
    return (0, -last.timestamp()) if last else (1, project["name"])


def project(connection: Any, request: Request) -> Any:
    """One project with the columns its runs are shown with at first."""
    row = find_project(connection, request.path_params["project"])
    counted = and_(RUNS.project_id == row.id, ~is_rerun)
    runs = connection.execute(
        select(func.count()).select_from(tables["experiments"]).where(counted)
    ).scalar()
    trials = select(RUNS.id).where(counted, RUNS.parent_uuid.is_not(None)).limit(1)
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "runs": runs,
        "has_trials": connection.execute(trials).first() is not None,
        "default_columns": _default_columns(connection, row.id),
    }


def find_project(connection: Any, project_id: int) -> Any:
    """Return the row of a project.

    Raises:
        MissingError: there is none of that id.
    """
    query = select(tables["projects"]).where(PROJECTS.id == project_id)
    row = connection.execute(query).first() if project_id < 2**63 else None
    if row is None:
        raise MissingError(f"there is no project {project_id}")
    return row


def columns(connection: Any, request: Request) -> Any:
    """The config keys and metrics of a project."""
    project_id = find_project(connection, request.path_params["project"]).id
    return {"config": _keys(connection, project_id), "metrics": metric_keys(connection, project_id)}


def _keys(connection: Any, project_id: int) -> list[str]:
    # Runs of one structural hash have the same keys, so one of each is enough.
    latest = (
        select(func.max(RUNS.id).label("id"))
        .where(RUNS.project_id == project_id)
        .group_by(RUNS.structural_hash)
        .order_by(func.max(RUNS.id).desc())
        .limit(STRUCTURES)
    ).subquery()
    query = select(PARAMS.key).where(PARAMS.run_id.in_(select(latest.c.id))).distinct()
    return sorted(connection.execute(query).scalars(), key=lambda key: (is_incidental(key), key))


def metric_keys(connection: Any, project_id: int) -> list[str]:
    """The names of a project's metrics, in order, those of the machine last."""
    query = select(SUMMARIES.key).where(SUMMARIES.project_id == project_id).distinct()
    return sorted(connection.execute(query).scalars(), key=lambda key: (is_system(key), key))


def _default_columns(connection: Any, project_id: int) -> list[str]:
    """The keys that vary among the latest runs, and their commonest metrics."""
    query = select(RUNS.id).where(RUNS.project_id == project_id).order_by(RUNS.id.desc())
    recent = list(connection.execute(query.limit(RECENT)).scalars())
    values = func.count(distinct(PARAMS.text))
    varying = (
        select(PARAMS.key)
        .where(PARAMS.run_id.in_(recent))
        .group_by(PARAMS.key)
        .having(values > 1)
        .order_by(func.count().desc(), values.desc(), PARAMS.key)
    )
    common = (
        select(SUMMARIES.key)
        .where(SUMMARIES.run_id.in_(recent), SUMMARIES.key.not_like("system/%"))
        .group_by(SUMMARIES.key)
        .order_by(func.count().desc(), SUMMARIES.key)
        .limit(DEFAULT_METRICS * 10)
    )
    metrics = sorted(connection.execute(common).scalars(), key=_results_first)
    keys = [key for key in connection.execute(varying).scalars() if not is_incidental(key)]
    shown = [f"config.{key}" for key in keys[:DEFAULT_KEYS]]
    return shown + [f"metric.{key}.last" for key in metrics[:DEFAULT_METRICS]]


def _results_first(key: str) -> bool:
    """What a run is judged by comes before what it is watched by."""
    return not any(word in key.lower() for word in RESULTS)
