"""Everything about one run but the points of its metrics."""

from __future__ import annotations

import json
import shlex
from typing import Any

from sqlalchemy import func, select
from starlette.requests import Request

from ato._ui.answer import MissingError
from ato._ui.queries.parts.contents import inputs, modules
from ato._ui.queries.parts.extremes import beyond_floats
from ato._ui.queries.parts.leaves import leaves, provenance_of
from ato._ui.queries.parts.media_groups import media_groups
from ato._ui.queries.parts.trials import trials_of
from ato._ui.queries.runs import reading
from ato_sql.reading import INCIDENTAL, circumstances, console_text, shown_status, tables

TABLE = tables["experiments"]
RUNS = TABLE.c
FACTS = (
    "id",
    "uuid",
    "name",
    "user_name",
    "archived",
    "start_time",
    "end_time",
    "heartbeat",
    "directory",
    "git_commit",
    "git_dirty",
    "host",
    "pid",
    "error",
    "structural_hash",
    "value_hash",
)


def find_run(connection: Any, run_id: int) -> Any:
    """Return the row of a run.

    Raises:
        MissingError: there is none of that id.
    """
    query = select(TABLE).where(RUNS.id == run_id)
    row = connection.execute(query).first() if run_id < 2**63 else None
    if row is None:
        raise MissingError(f"there is no run {run_id}")
    return row


def run(connection: Any, request: Request) -> Any:
    """One run."""
    row = find_run(connection, request.path_params["run"])
    config, provenance = provenance_of(leaves(row.config), row.provenance)
    return {
        "run": run_facts(connection, row),
        "config": config,
        "provenance": provenance,
        "metrics": metric_summaries(connection, row.id),
        "fingerprints": fingerprints(connection, row.id),
        "inputs": inputs(connection, row.id),
        "modules": modules(connection, row.id),
        "artifacts": _artifacts(connection, row.id),
        "media": media_groups(connection, row.id),
        "console": _letters(connection, row.id),
        "notes": _notes(connection, row.id),
        "environment": _environment(connection, row),
    }


def run_facts(connection: Any, row: Any) -> dict[str, Any]:
    """Return what the head of a run's page shows."""
    project = tables["projects"].c
    name = connection.execute(select(project.name).where(project.id == row.project_id)).scalar()
    parent = select(RUNS.id).where(RUNS.uuid == row.parent_uuid)
    children = select(func.count()).select_from(TABLE).where(trials_of(row))
    return {
        **{fact: getattr(row, fact) for fact in FACTS},
        "status": shown_status(row),
        "tags": row.tags or [],
        "command": " ".join(map(shlex.quote, row.command)) if row.command else None,
        "project": {"id": row.project_id, "name": name},
        "parent": connection.execute(parent).scalar() if row.parent_uuid else None,
        "children": connection.execute(children).scalar(),
    }


def metric_summaries(connection: Any, run_id: int) -> list[dict[str, Any]]:
    """Return `key`, `count`, `last`, `min` and `max` of each metric of a run."""
    table = tables["metric_summaries"]
    query = select(table).where(table.c.run_id == run_id).order_by(table.c.key)
    names = ("count", "last", "min", "max")
    rows = connection.execute(query).all()
    beyond = beyond_floats(connection, rows)
    return [
        {"key": row.key, **{name: reading(row, name, beyond) for name in names}} for row in rows
    ]


def fingerprints(connection: Any, run_id: int) -> list[dict[str, Any]]:
    """Return `trace_id`, `type`, `fingerprint` and `location` of what a run traced."""
    traced, sources = tables["fingerprints"], tables["fingerprint_sources"]
    query = (
        select(
            traced.c.trace_id,
            traced.c.trace_type.label("type"),
            traced.c.fingerprint,
            sources.c.location,
        )
        .join(sources, sources.c.fingerprint == traced.c.fingerprint, isouter=True)
        .where(traced.c.run_id == run_id)
        .order_by(traced.c.trace_type.desc(), traced.c.trace_id, traced.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def _artifacts(connection: Any, run_id: int) -> list[dict[str, Any]]:
    table = tables["artifacts"]
    query = select(table).where(table.c.run_id == run_id, table.c.key.is_(None))
    return [
        {
            "id": row.id,
            "path": row.path,
            "data_type": row.data_type,
            "step": row.step,
            "size": row.size,
            "content_hash": row.content_hash,
            "stored": row.stored is not None,
            "is_folder": row.files is not None,
            "info": _short(row.data_info),
        }
        for row in connection.execute(query.order_by(table.c.id))
    ]


def _short(info: Any) -> str | None:
    if info in (None, {}):
        return None
    text = json.dumps(info, ensure_ascii=False)
    return text if len(text) <= 300 else text[:299] + "…"


def _notes(connection: Any, run_id: int) -> list[dict[str, Any]]:
    table = tables["notes"].c
    query = select(table.text, table.timestamp).where(table.run_id == run_id).order_by(table.id)
    return [dict(row._mapping) for row in connection.execute(query)]


def _letters(connection: Any, run_id: int) -> int:
    """How much a run printed, as far as it is kept; the text itself is asked for apart."""
    table = tables["console"].c
    query = select(func.sum(func.length(table.text))).where(table.run_id == run_id)
    return int(connection.execute(query).scalar() or 0)


def console(connection: Any, request: Request) -> Any:
    """What a run printed."""
    row = find_run(connection, request.path_params["run"])
    table = tables["console"]
    query = select(table).where(table.c.run_id == row.id).order_by(table.c.number, table.c.id)
    return {"text": console_text(connection.execute(query))}


def _environment(connection: Any, row: Any) -> dict[str, Any] | None:
    known = circumstances(connection, row)
    for name in ("git_commit", "git_diff_hash", *INCIDENTAL):  # the head of the page has them
        known.pop(name, None)
    facts: dict[str, list[str]] = {}
    packages = []
    for name, value in known.items():
        kind, _, what = name.partition(" ")
        if kind == "package":
            packages.append([what, value])
        elif value is not None:  # `threads cpus`, 2 and `threads torch`, 4 are one fact
            facts.setdefault(kind, []).append(f"{what} {value}".strip())
    if not (facts or packages):
        return None
    told = [[kind, ", ".join(values)] for kind, values in facts.items()]
    return {"facts": told, "packages": sorted(packages)}
