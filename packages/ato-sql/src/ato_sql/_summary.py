"""Per run and metric: count, extremes and last value, merged as batches come in."""

from __future__ import annotations

import functools
from typing import Any, Iterable, Tuple

from sqlalchemy import and_, case, or_
from sqlalchemy.engine import Connection

from ato_sql._schema import MetricSummary, table_of
from ato_sql._upsert import insert_or_merge
from ato_sql._values import split

# A run's key (id, project_id) and a metric row.
KeyedRow = Tuple[Any, Any]


def update_summaries(connection: Connection, rows: Iterable[KeyedRow]) -> None:
    """Merge new rows into the summaries of their runs."""
    summaries = summarise(rows)
    # The same order in every process, so that two of them never wait for each other.
    summaries.sort(key=lambda s: (s["run_id"], s["key"]))
    insert_or_merge(connection, table_of(MetricSummary), summaries, ("run_id", "key"), _merge)


def summarise(rows: Iterable[KeyedRow]) -> list[dict[str, Any]]:
    """Return one summary for each run and metric among the rows."""
    groups: dict[tuple[Any, str], list[Any]] = {}
    for key, row in rows:
        group = groups.get((key, row[1]))
        if group is None:
            groups[key, row[1]] = group = []
        group.append(row)
    return [_summary(key, name, group) for (key, name), group in groups.items()]


def _summary(key: Any, name: str, rows: list[Any]) -> dict[str, Any]:
    finite = [(float_of(row), row[3]) for row in rows if _is_finite(row[2])]
    # The first of equal extremes, as min and max return it; the later of equal steps.
    low = min(finite, key=_value, default=(None, None))
    high = max(finite, key=_value, default=(None, None))
    last = functools.reduce(lambda a, b: b if b[3] >= a[3] else a, rows)
    value, special = split(last[2])
    return {
        "run_id": key[0],
        "key": name,
        "project_id": key[1],
        "count": len(rows),
        "min": low[0],
        "min_step": low[1],
        "max": high[0],
        "max_step": high[1],
        "last": value,
        "last_step": last[3],
        "last_special": special,
    }


def _value(pair: tuple[float, int]) -> float:
    return pair[0]


def float_of(row: Any) -> float:
    """Return the finite value of a row as float."""
    value = row[2]
    return value if type(value) is float else split(value)[0] or 0.0


def _is_finite(value: Any) -> bool:
    return type(value) is not float or value - value == 0.0


def _merge(old: Any, new: Any) -> dict[str, Any]:
    lower = or_(old.min.is_(None), new.min < old.min)
    higher = or_(old.max.is_(None), new.max > old.max)
    later = new.last_step >= old.last_step
    better_low = and_(new.min.is_not(None), lower)
    better_high = and_(new.max.is_not(None), higher)
    return {
        "count": old.count + new.count,
        "min_step": case((better_low, new.min_step), else_=old.min_step),
        "min": case((better_low, new.min), else_=old.min),
        "max_step": case((better_high, new.max_step), else_=old.max_step),
        "max": case((better_high, new.max), else_=old.max),
        "last": case((later, new.last), else_=old.last),
        "last_special": case((later, new.last_special), else_=old.last_special),
        "last_step": case((later, new.last_step), else_=old.last_step),
    }
