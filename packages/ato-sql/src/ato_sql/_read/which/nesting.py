"""Runs with those that belong to them below: a search and its trials."""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple, Sequence

from sqlalchemy import func, or_, select

from ato_sql._db.schema import Experiment
from ato_sql._read.question.ask import Where
from ato_sql._read.question.conditions import RERUN
from ato_sql._read.reader import Reader
from ato_sql._read.which.runs import NO_LIMIT, conditions_of

_AT_ONCE = 500  # older versions of SQLite take 999 values in a query


class NestedRun(NamedTuple):
    """A run at its place in a list.

    Attributes:
        run: the run.
        depth: 0, or how many of the runs above it it belongs to.
        children: how many runs that were asked for belong to it, in the list or not.
        parent: the id of its parent where that is not above it, else None.
        reruns: how many of its `children` are reruns of `ato verify`.
    """

    run: Experiment
    depth: int
    children: int
    parent: int | None
    reruns: int = 0


NestedRun.__module__ = "ato_sql"


def nested_runs(
    reader: Reader,
    where: Where,
    tags: Sequence[str] | None,
    project_name: str | None,
    limit: int | None,
) -> list[NestedRun]:
    """Return the latest runs that meet all conditions, each followed by those that belong to it.

    Runs that belong to none of those asked for come first, up to the limit; what is left of it is
    for the others, the latest of them. In the order of their ids, also below a run.
    """
    limit = NO_LIMIT if limit is None else limit
    asked = conditions_of(reader, where, tags, project_name)
    matching = select(Experiment.uuid).where(*asked).correlate(None)
    alone = or_(Experiment.parent_uuid.is_(None), Experiment.parent_uuid.not_in(matching))
    latest = select(Experiment).order_by(Experiment.id.desc())
    top = reader.all(latest.where(*asked, alone).limit(limit))
    below = _below(reader, latest.where(*asked), top, limit - len(top))
    shown = [*top, *(run for runs in below.values() for run in runs)]
    uuids = [run.uuid for run in shown]
    counts, reruns = (_counts(reader, (*asked, *more), uuids) for more in ((), (RERUN,)))
    parents = _ids(reader, [run.parent_uuid for run in top if run.parent_uuid])

    def placed(runs: Sequence[Experiment], depth: int) -> Iterator[NestedRun]:
        for run in sorted(runs, key=lambda one: one.id):
            parent = None if depth else parents.get(str(run.parent_uuid))
            children, again = counts.get(run.uuid, 0), reruns.get(run.uuid, 0)
            yield NestedRun(run, depth, children, parent, again)
            yield from placed(below.get(run.uuid, ()), depth + 1)

    return list(placed(top, 0))


def listed_runs(reader: Reader, runs: Sequence[Experiment]) -> list[NestedRun]:
    """Return runs in their order, one by one, with the ids of their parents."""
    parents = _ids(reader, [run.parent_uuid for run in runs if run.parent_uuid])
    return [NestedRun(run, 0, 0, parents.get(str(run.parent_uuid))) for run in runs]


def _below(
    reader: Reader, latest: Any, runs: Sequence[Experiment], room: int
) -> dict[str, list[Experiment]]:
    """Return the runs below others, level by level, by the UUID of their parent."""
    found: dict[str, list[Experiment]] = {}
    while runs:
        level: list[Experiment] = []
        for uuids in _parts([run.uuid for run in runs]):
            if room > len(level):
                query = latest.where(Experiment.parent_uuid.in_(uuids)).limit(room - len(level))
                level += reader.all(query)
        for run in level:
            found.setdefault(str(run.parent_uuid), []).append(run)
        room, runs = room - len(level), level
    return found


def _counts(reader: Reader, asked: Sequence[Any], uuids: Sequence[str]) -> dict[str, int]:
    parent, number = Experiment.parent_uuid, func.count(Experiment.id)
    query = select(parent, number).where(*asked).group_by(parent)
    return _pairs(reader, query, parent, uuids)


def _ids(reader: Reader, uuids: Sequence[str]) -> dict[str, int]:
    return _pairs(reader, select(Experiment.uuid, Experiment.id), Experiment.uuid, uuids)


def _pairs(reader: Reader, query: Any, column: Any, uuids: Sequence[str]) -> dict[str, int]:
    with reader.connection() as connection:
        parts = [connection.execute(query.where(column.in_(p))).all() for p in _parts(uuids)]
    return {row[0]: row[1] for part in parts for row in part}


def _parts(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
