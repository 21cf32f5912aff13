"""Which of the runs that say they run are gone."""

from __future__ import annotations

import datetime as dt
from typing import Any, Iterable

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm.attributes import set_committed_value

from ato_adict.surroundings import is_alive
from ato_sql._db.schema import Experiment, table_of
from ato_sql._facts.outcome import RUNNING
from ato_sql._values.time import now

LOST = "lost"
MISSED_BEATS = 6
_NEEDED = (
    "id",
    "project_id",
    "status",
    "host",
    "pid",
    "process",
    "heartbeat",
    "heartbeat_every",
)


def is_lost(run: Any, moment: dt.datetime | None = None) -> bool:
    """Tell whether a run whose stored status is `running` is gone.

    Where its process can be looked for, that decides: gone is lost at once, alive is running
    however late its heartbeat. From another machine it is lost after six missed heartbeats, and
    a late one revives it. A run without heartbeat (by ato 2.2.1) is left as it is.

    Args:
        run: a row with `status`, `host`, `pid`, `process`, `heartbeat`, `heartbeat_every`.
        moment: the present.
    """
    if run.status != RUNNING or run.heartbeat is None:
        return False
    alive = is_alive(run.host, run.pid, run.process)
    if alive is not None:
        return not alive
    silence = ((moment or now()) - run.heartbeat).total_seconds()
    return bool(silence > MISSED_BEATS * (run.heartbeat_every or 10.0))


def shown_status(run: Any) -> Any:
    """Return the status of a run, `lost` where it is gone.

    Args:
        run: a row as `is_lost` takes it.
    """
    return LOST if is_lost(run) else run.status


def show_status(runs: Iterable[Experiment]) -> None:
    """Set the status of loaded runs that are gone to `lost`; the database keeps `running`."""
    moment = now()
    for run in runs:
        if is_lost(run, moment):
            set_committed_value(run, "status", LOST)


def lost_runs(connection: Connection, project_id: int | None = None) -> list[Any]:
    """Return `id` and `project_id`, among others, of the runs that are gone.

    Args:
        connection: to the database.
        project_id: one project's only; None for all.
    """
    runs = table_of(Experiment).c
    query = select(*(runs[name] for name in _NEEDED)).where(runs.status == RUNNING)
    if project_id is not None:
        query = query.where(runs.project_id == project_id)
    moment = now()
    return [run for run in connection.execute(query) if is_lost(run, moment)]
