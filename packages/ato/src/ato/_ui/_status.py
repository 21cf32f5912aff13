"""Which of the runs that say they run are gone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ato_sql.reading import is_lost, tables

RUNS = tables["experiments"].c
_NEEDED = (
    RUNS.id,
    RUNS.project_id,
    RUNS.status,
    RUNS.host,
    RUNS.pid,
    RUNS.process,
    RUNS.heartbeat,
    RUNS.heartbeat_every,
)


def lost_runs(connection: Any, project_id: int | None = None) -> list[Any]:
    """Return `id` and `project_id` of the runs that are gone, in one project or in all."""
    query = select(*_NEEDED).where(RUNS.status == "running")
    if project_id is not None:
        query = query.where(RUNS.project_id == project_id)
    return [run for run in connection.execute(query) if is_lost(run)]


def shown_status(run: Any) -> Any:
    """Return the status of a full row of `experiments`, `lost` where the run is gone."""
    return "lost" if is_lost(run) else run.status
