"""One page of the table of runs: filtered, sorted and cut in the database."""

from __future__ import annotations

import datetime as dt
from typing import Any, Mapping, Sequence

from sqlalchemy import func, literal, or_, select
from starlette.requests import Request

from ato._ui.answer import whole
from ato._ui.queries.parts.extremes import Extreme, beyond_floats
from ato._ui.queries.parts.leaves import shown_param
from ato._ui.queries.projects import find_project
from ato_sql import QuestionError
from ato_sql.reading import (
    asks_for_reruns,
    is_rerun,
    lost_runs,
    parse_question,
    run_conditions,
    run_order,
    seconds_between,
    tables,
)

TABLE = tables["experiments"]
RUNS, PARAMS, SUMMARIES = TABLE.c, tables["params"].c, tables["metric_summaries"].c
LARGEST_PAGE, MOST_COLUMNS = 200, 60
SHOWN = (
    RUNS.id,
    RUNS.name,
    RUNS.status,
    RUNS.start_time,
    RUNS.end_time,
    RUNS.tags,
    RUNS.parent_uuid,
)


def runs(connection: Any, request: Request) -> Any:
    """A page of runs with the values of the chosen columns, and how many there are in all."""
    project_id = find_project(connection, request.path_params["project"]).id
    wanted = where(connection, project_id, request)
    total = connection.execute(select(func.count()).select_from(TABLE).where(*wanted)).scalar()
    rows = _page(connection, project_id, wanted, request)
    values = _values(connection, [row.id for row in rows], request.query_params.getlist("column"))
    lost = {run.id for run in lost_runs(connection, project_id)}
    return {"total": total, "rows": [_row(row, lost, values) for row in rows]}


def where(connection: Any, project_id: int, request: Request) -> list[Any]:
    """The conditions on the runs of a project that `filter` and `trials` ask for.

    Reruns of `ato verify` and archived runs are left out, unless the filter has a word on them.
    """
    asked = request.query_params.get("filter", "")
    wanted: list[Any] = run_conditions(connection, asked, project_id)
    if not asks_for_reruns(parse_question(asked)):
        wanted.append(~is_rerun)
    if request.query_params.get("trials") == "no":
        wanted.append(RUNS.parent_uuid.is_(None))
    if "archived" not in asked:
        wanted.append(or_(RUNS.archived.is_(None), RUNS.archived.is_(False)))
    return [RUNS.project_id == project_id, *wanted]


def _page(connection: Any, project_id: int, wanted: list[Any], request: Request) -> Any:
    query = select(*SHOWN).where(*wanted)
    sort = request.query_params.get("sort", "-id")
    query = query.order_by(*_order(connection, sort, project_id))
    query = query.limit(whole(request, "limit", 50, 1, LARGEST_PAGE))
    return connection.execute(query.offset(whole(request, "offset", 0, 0, 2**40))).all()


def _order(connection: Any, sort: str, project_id: int) -> list[Any]:
    """What to sort by: runs without a value last, the newest first among equals."""
    if sort.lstrip("-") != "duration":
        return run_order(connection, sort, project_id, newest_first=True)
    seconds = seconds_between(RUNS.start_time, func.coalesce(RUNS.end_time, _now()))
    return [seconds.desc() if sort.startswith("-") else seconds.asc(), RUNS.id.desc()]


def _now() -> Any:
    return literal(dt.datetime.now(dt.timezone.utc), RUNS.end_time.type)


def _row(row: Any, lost: Any, values: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
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
    summaries = summaries.where(SUMMARIES.key.in_([pair[0] for pair in pairs]))
    rows = connection.execute(summaries).all()
    beyond = beyond_floats(connection, rows)
    for row in rows:
        for key, _, statistic in pairs:
            if key == row.key and statistic in ("last", "min", "max", "count"):
                values[row.run_id][f"metric.{key}.{statistic}"] = reading(row, statistic, beyond)
    return values


def reading(summary: Any, statistic: str, beyond: Mapping[Extreme, str]) -> Any:
    """Return one statistic of a row of `metric_summaries`.

    A special last value is its name; `beyond` has the digits of extremes beyond all floats.
    """
    extreme = beyond.get(Extreme(summary.run_id, summary.key, statistic))
    if extreme is not None:
        return extreme
    if statistic == "last" and summary.last_special is not None:
        return summary.last_special
    return summary._mapping[statistic]  # a row's own `count` is a method
