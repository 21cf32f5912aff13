"""Which images, tables, texts and the like runs logged; what is in them is asked apart."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from ato_sql.reading import tables

ARTIFACTS = tables["artifacts"].c


def media_groups(connection: Any, run_id: int) -> list[dict[str, Any]]:
    """Return `kind`, `key`, `count` and the first and last step of each key of a run."""
    columns = (ARTIFACTS.data_type, ARTIFACTS.key)
    query = select(
        *columns,
        func.count().label("number"),
        func.min(ARTIFACTS.step).label("first"),
        func.max(ARTIFACTS.step).label("last"),
    ).where(ARTIFACTS.run_id == run_id, *(column.is_not(None) for column in columns))
    rows = connection.execute(query.group_by(*columns).order_by(*columns))
    return [
        {"kind": r.data_type, "key": r.key, "count": r.number, "first": r.first, "last": r.last}
        for r in rows
    ]


def groups_of_all(connection: Any, run_ids: list[int]) -> list[dict[str, Any]]:
    """Return the same of several runs together."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for run_id in run_ids:
        for one in media_groups(connection, run_id):
            known = found.setdefault((one["kind"], one["key"]), {**one, "count": 0})
            known["count"] += one["count"]
            for end, furthest in (("first", min), ("last", max)):
                steps = [each for each in (known[end], one[end]) if each is not None]
                known[end] = furthest(steps, default=None)
    return [found[name] for name in sorted(found)]
