"""One page of the table of runs: filtered, sorted and cut in the database."""

from __future__ import annotations

import datetime as dt
from typing import Any, Sequence

from sqlalchemy import and_, func, literal, select
from starlette.requests import Request

from ato._ui._answer import QuestionError, whole
from ato._ui._conditions import conditions, resolve
from ato._ui._duration import seconds_between
from ato._ui._filter import parse_filter
from ato._ui._leaves import shown_param
from ato._ui._projects import find_project
from ato_sql.reading import lost_runs, tables

TABLE = tables["experiments"]
RUNS, PARAMS, SUMMARIES = TABLE.c, tables["params"].c, tables["metric_summaries"].c
LARGEST_PAGE, MOST_COLUMNS = 200, 60
SHOWN = (RUNS.id, RUNS.status, RUNS.start_time, RUNS.end_time, RUNS.tags, RUNS.parent_uuid)


def runs(connection: Any, request: Request) -> Any:
    """A page of runs with the values of the chosen columns, and how many there are in all."""
    project_id = find_project(connection, request.path_params["project"]).id
    wanted = _where(connection, project_id, request)
    total = connection.execute(select(func.count()).select_from(TABLE).where(*wanted)).scalar()
    rows = _page(connection, project_id, wanted, request)
    values = _values(connection, [row.id for row in rows], request.query_params.getlist("column"))
    lost = {run.id for run in lost_runs(connection, project_id)}
    return {"total": total, "rows": [_row(row, lost, values) for row in rows]}


def _where(connection: Any, project_id: int, request: Request) -> list[Any]:
    wanted = conditions(
        connection, project_id, parse_filter(request.query_params.get("filter", ""))
    )
    if request.query_params.get("trials") == "no":
        wanted.append(RUNS.parent_uuid.is_(None))
    return [RUNS.project_id == project_id, *wanted]


def _page(connection: Any, project_id: int, wanted: list[Any], request: Request) -> Any:
    query = select(*SHOWN).where(*wanted)
    query = _sorted(connection, query, project_id, request.query_params.get("sort", "-id"))
    query = query.limit(whole(request, "limit", 50, 1, LARGEST_PAGE))
    return connection.execute(query.offset(whole(request, "offset", 0, 0, 2**40))).all()


def _sorted(connection: Any, query: Any, project_id: int, sort: str) -> Any:
    """Sort by a column, runs without a value last, the newest first among equals."""
    down, name = sort.startswith("-"), sort.lstrip("-")
    query, keys = _sort_keys(connection, query, project_id, name)
    for key in keys:
        # Not NULLS LAST: MySQL and older SQLite do not have it.
        query = query.order_by(key.is_(None), key.desc() if down else key.asc())
    return query.order_by(RUNS.id.desc())


def _sort_keys(connection: Any, query: Any, project_id: int, name: str) -> tuple[Any, list[Any]]:
    if name == "id":
        return query, [RUNS.id]
    if name in ("status", "start_time"):
        return query, [RUNS[name]]
    if name == "duration":
        return query, [seconds_between(RUNS.start_time, func.coalesce(RUNS.end_time, _now()))]
    kind, key, statistic = resolve(connection, project_id, name)
    if kind == "config":
        params = tables["params"].alias()
        joined = and_(params.c.run_id == RUNS.id, params.c.key == key)
        return query.join(params, joined, isouter=True), [params.c.number, params.c.text]
    summaries = tables["metric_summaries"].alias()
    joined = and_(summaries.c.run_id == RUNS.id, summaries.c.key == key)
    return query.join(summaries, joined, isouter=True), [summaries.c[statistic]]


def _now() -> Any:
    return literal(dt.datetime.now(dt.timezone.utc), RUNS.end_time.type)


def _row(row: Any, lost: Any, values: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "status": "lost" if row.id in lost else row.status,
        "start_time": row.start_time,
        "end_time": row.end_time,
        "tags": row.tags or [],
        "trial": row.parent_uuid is not None,
        "values": values.get(row.id, {}),
    }


def _values(connection: Any, ids: Sequence[int], names: Sequence[str]) -> dict[int, dict[str, Any]]:
    if len(names) > MOST_COLUMNS:
        raise QuestionError(f"at most {MOST_COLUMNS} columns can be shown")
    keys = [name[len("config.") :] for name in names if name.startswith("config.")]
    pairs = [name[len("metric.") :].rpartition(".") for name in names if name.startswith("metric.")]
    values: dict[int, dict[str, Any]] = {run: {} for run in ids}
    query = select(PARAMS.run_id, PARAMS.key, PARAMS.text)
    for row in connection.execute(query.where(PARAMS.run_id.in_(ids), PARAMS.key.in_(keys))):
        values[row.run_id][f"config.{row.key}"] = shown_param(row.text)
    summaries = select(tables["metric_summaries"]).where(SUMMARIES.run_id.in_(ids))
    for row in connection.execute(summaries.where(SUMMARIES.key.in_([pair[0] for pair in pairs]))):
        for key, _, statistic in pairs:
            if key == row.key and statistic in ("last", "min", "max", "count"):
                values[row.run_id][f"metric.{key}.{statistic}"] = reading(row, statistic)
    return values


def reading(summary: Any, statistic: str) -> Any:
    """Return one statistic of a row of `metric_summaries`; a special last value as its name."""
    if statistic == "last" and summary.last_special is not None:
        return summary.last_special
    return summary._mapping[statistic]  # a row's own `count` is a method
