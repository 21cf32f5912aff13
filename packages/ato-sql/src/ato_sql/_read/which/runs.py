"""Which runs: of a project, similar to one, the best, and those a question asks for."""

from __future__ import annotations

from typing import Any, Sequence

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.engine import Connection

from ato_adict import did_you_mean
from ato_sql._db.schema import Experiment, MetricSummary, Project
from ato_sql._errors import NotFoundError
from ato_sql._read.question.ask import Where, run_conditions, run_order, tagged
from ato_sql._read.question.conditions import counts
from ato_sql._read.reader import Reader, RunId
from ato_sql._values.asked import asked_text, run_value
from ato_sql._values.values import as_name, short

NO_LIMIT = 2**62  # where a database asks for one: more than there can be


def in_project(name: str) -> Select[Any]:
    """Select the runs of a project in the order they started."""
    return select(Experiment).where(_is_in(name)).order_by(Experiment.id)


def _is_in(project_name: str) -> Any:
    name = as_name(asked_text("a project", project_name))
    project = select(Project.id).where(Project.name == name)
    return Experiment.project_id == project.scalar_subquery()


def similar(run_id: RunId) -> tuple[Select[Any], dict[str, Any]]:
    """Return the query for the other runs whose configs have the same keys and types."""
    value = run_value(run_id)
    return _SIMILAR[isinstance(value, str)], {"run": value}


def _similar_by(column: Any) -> Select[Any]:
    structure = select(Experiment.structural_hash).where(column == bindparam("run"))
    same = Experiment.structural_hash == structure.scalar_subquery()
    others = select(Experiment).where(same, column != bindparam("run"))
    return others.order_by(Experiment.id)


_SIMILAR = {False: _similar_by(Experiment.id), True: _similar_by(Experiment.uuid)}


def best_of(mode: str, at: str, reruns: bool = False) -> Select[Any]:
    """Return the query for the best run by `project` (its id) and `key`.

    Args:
        mode: `'max'` or `'min'`.
        at: `'best'` or `'last'`.
        reruns: whether those of `ato verify` count.

    Raises:
        NotFoundError: an unknown mode or moment.
    """
    asked = _choice("mode", mode, ["max", "min"]), _choice("at", at, ["best", "last"])
    return _BEST[(*asked, bool(reruns))]


def _best_by(falling: bool, column: Any, reruns: bool) -> Select[Any]:
    among = [
        MetricSummary.project_id == bindparam("project"),
        MetricSummary.key == bindparam("key"),
        column.is_not(None),
        counts(MetricSummary.run_id, reruns),
    ]
    # Two steps, each a look into an index on every database, of which it passes few.
    first = select(column).where(*among).order_by(column.desc() if falling else column.asc())
    best = first.limit(1).scalar_subquery()
    run_id = select(func.min(MetricSummary.run_id)).where(*among, column == best)
    return select(Experiment).where(Experiment.id == run_id.scalar_subquery())


_BEST = {
    (mode, at, reruns): _best_by(mode == "max", column, reruns)
    for mode, at, column in (
        ("max", "best", MetricSummary.max),
        ("min", "best", MetricSummary.min),
        ("max", "last", MetricSummary.last),
        ("min", "last", MetricSummary.last),
    )
    for reruns in (False, True)
}


def _choice(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        hint = did_you_mean(short(value), allowed)
        raise NotFoundError(
            f"{name} must be {' or '.join(map(repr, allowed))}, not {short(value)}{hint}"
        )
    return value


def search(
    reader: Reader,
    where: Where,
    order_by: str | None,
    tags: Sequence[str] | None,
    project_name: str | None,
) -> Select[Any]:
    """Select the runs that meet all conditions, in order; see `SQLFinder.search`."""
    with reader.connection() as connection:
        project_id = _project_id(connection, project_name)
        query = select(Experiment).where(
            *_conditions(connection, where, tags, project_name, project_id)
        )
        return query.order_by(*run_order(connection, order_by, project_id))


def count(
    reader: Reader, where: Where, tags: Sequence[str] | None, project_name: str | None
) -> int:
    """Return how many runs meet all conditions."""
    with reader.connection() as connection:
        project_id = _project_id(connection, project_name)
        found = _conditions(connection, where, tags, project_name, project_id)
        return connection.execute(select(func.count(Experiment.id)).where(*found)).scalar() or 0


def conditions_of(
    reader: Reader, where: Where, tags: Sequence[str] | None, project_name: str | None
) -> list[Any]:
    """Return all the conditions that runs are asked for by; see `SQLFinder.search`."""
    with reader.connection() as connection:
        project_id = _project_id(connection, project_name)
        return _conditions(connection, where, tags, project_name, project_id)


def _project_id(connection: Connection, name: str | None) -> int | None:
    if name is None:
        return None
    kept = as_name(asked_text("a project", name))
    return connection.execute(select(Project.id).where(Project.name == kept)).scalar()


def _conditions(
    connection: Connection,
    where: Where,
    tags: Sequence[str] | None,
    project_name: str | None,
    project_id: int | None,
) -> list[Any]:
    of_project = [] if project_name is None else [_is_in(project_name)]
    return [*run_conditions(connection, where, project_id), *tagged(connection, tags), *of_project]


def below(uuid: str) -> Select[Any]:
    """Return the query for the runs whose parent is this one."""
    return select(Experiment).where(Experiment.parent_uuid == uuid).order_by(Experiment.id)
