"""The traced functions of a project, and the versions one of them went through."""

from __future__ import annotations

from typing import Any, Mapping

from sqlalchemy import distinct, func, select
from starlette.requests import Request

from ato._ui.answer import MissingError
from ato._ui.queries.parts.change import code_change, readable
from ato._ui.queries.projects import find_project
from ato_sql.reading import tables

TABLE, RUNS_TABLE = tables["fingerprints"], tables["experiments"]
TRACED, RUNS, SOURCES = TABLE.c, RUNS_TABLE.c, tables["fingerprint_sources"].c
MOST_FUNCTIONS, MOST_VERSIONS, MOST_RUNS = 1000, 200, 400


def functions(connection: Any, request: Request) -> Any:
    """The functions of a project with the number of their versions and runs."""
    project_id = find_project(connection, request.path_params["project"]).id
    query = (
        select(
            TRACED.trace_id,
            TRACED.trace_type.label("type"),
            func.count(distinct(TRACED.fingerprint)).label("versions"),
            func.count(distinct(TRACED.run_id)).label("runs"),
        )
        .join(RUNS_TABLE, RUNS.id == TRACED.run_id)
        .where(RUNS.project_id == project_id)
        .group_by(TRACED.trace_id, TRACED.trace_type)
        .order_by(TRACED.trace_type.desc(), TRACED.trace_id)
        .limit(MOST_FUNCTIONS)
    )
    return {"functions": [dict(row._mapping) for row in connection.execute(query)]}


def history(connection: Any, request: Request) -> Any:
    """The versions of one function, oldest first, each with what changed since the one before."""
    project_id = find_project(connection, request.path_params["project"]).id
    trace = request.query_params.get("trace", "")
    mine = (
        RUNS.project_id == project_id,
        TRACED.trace_id == trace,
        TRACED.trace_type == request.query_params.get("type", "static"),
    )
    versions = _versions(connection, mine)
    if not versions:
        raise MissingError(f"no run of this project traced {trace!r}")
    total = sum(version["runs"] for version in versions)
    return {"versions": versions, "timeline": _timeline(connection, mine), "total": total}


def _versions(connection: Any, mine: Any) -> list[dict[str, Any]]:
    query = (
        select(
            TRACED.fingerprint,
            func.count(distinct(TRACED.run_id)).label("runs"),
            func.min(TRACED.run_id).label("first_run"),
            func.max(TRACED.run_id).label("last_run"),
            func.min(RUNS.start_time).label("first_time"),
        )
        .join(RUNS_TABLE, RUNS.id == TRACED.run_id)
        .where(*mine)
        .group_by(TRACED.fingerprint)
        .order_by(func.min(TRACED.run_id))
        .limit(MOST_VERSIONS)
    )
    versions = [dict(row._mapping) for row in connection.execute(query)]
    sources = _sources(connection, [version["fingerprint"] for version in versions])
    before = None
    for number, version in enumerate(versions, 1):
        source = sources.get(version["fingerprint"])
        change = code_change(before, source) if number > 1 else {"lines": [], "reason": None}
        version.update(change, number=number)
        version.update(
            location=source and source["location"],
            source=source and readable(source["source"]),
            skipped=_skipped(source),
        )
        before = source
    return versions


def _skipped(source: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """What `follow` did not follow, and why."""
    pairs = source["skipped"] if source and isinstance(source["skipped"], list) else []
    return [
        {"name": str(one[0]), "reason": " ".join(map(str, one[1:]))}
        for one in pairs
        if one and isinstance(one, list)
    ]


def _timeline(connection: Any, mine: Any) -> list[dict[str, Any]]:
    query = (
        select(TRACED.run_id.label("run"), TRACED.fingerprint)
        .join(RUNS_TABLE, RUNS.id == TRACED.run_id)
        .where(*mine)
        .order_by(TRACED.run_id.desc())
        .limit(MOST_RUNS)
    )
    return [dict(row._mapping) for row in connection.execute(query)][::-1]


def change(connection: Any, request: Request) -> Any:
    """What changed from the code behind one fingerprint to that behind another."""
    old, new = (request.query_params.get(name, "") for name in ("old", "new"))
    sources = _sources(connection, [old, new])
    return code_change(sources.get(old), sources.get(new))


def _sources(connection: Any, prints: list[str]) -> dict[str, Mapping[str, Any]]:
    query = select(tables["fingerprint_sources"]).where(SOURCES.fingerprint.in_(prints))
    return {row.fingerprint: dict(row._mapping) for row in connection.execute(query)}
