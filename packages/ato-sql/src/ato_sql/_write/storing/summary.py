"""Per run and metric: count, extremes and last value, merged as batches come in."""

from __future__ import annotations

import collections
from typing import Any, Mapping, Sequence

from sqlalchemy import and_, case, or_
from sqlalchemy.engine import Connection

from ato_sql._db.schema import MetricSummary, table_of
from ato_sql._db.upsert import insert_or_merge
from ato_sql._values.values import all_finite, is_finite, split
from ato_sql._write.batch import Metrics


def update_summaries(connection: Connection, runs: Mapping[str, Any], metrics: Metrics) -> None:
    """Merge new rows into the summaries of their runs; `runs` has id and project by UUID."""
    summaries = summarise(runs, metrics)
    # The same order in every process, so that two of them never wait for each other.
    summaries.sort(key=lambda s: (s["run_id"], s["key"]))
    insert_or_merge(connection, table_of(MetricSummary), summaries, ("run_id", "key"), _merge)


def summarise(runs: Mapping[str, Any], metrics: Metrics) -> list[dict[str, Any]]:
    """Return one summary for each run and metric among the rows."""
    groups: dict[Any, list[tuple[Any, int]]] = collections.defaultdict(list)
    for number, row in zip(metrics.series, zip(metrics.values, metrics.steps)):
        groups[number].append(row)
    return [
        _summary(runs[uuid], key, group)
        for (uuid, key), group in ((metrics.names[n], group) for n, group in groups.items())
    ]


def _summary(run: Any, key: str, rows: Sequence[tuple[Any, int]]) -> dict[str, Any]:
    values, steps = zip(*rows)
    last_step = max(steps)
    # The later of equal steps.
    place = len(steps) - 1 if steps[-1] == last_step else _last_place(steps, last_step)
    last, special = split(values[place])
    return {
        "run_id": run[0],
        "key": key,
        "project_id": run[1],
        "count": len(rows),
        **_extremes(values, steps),
        "last": last,
        "last_step": last_step,
        "last_special": special,
    }


def _last_place(steps: Sequence[int], step: int) -> int:
    return len(steps) - 1 - steps[::-1].index(step)


def _extremes(values: Sequence[Any], steps: Sequence[int]) -> dict[str, Any]:
    """Return smallest and largest finite value, each with the first step that has it."""
    if not all_finite(values):
        finite = [(split(v)[0], s) for v, s in zip(values, steps) if is_finite(v)]
        if not finite:
            return dict.fromkeys(("min", "min_step", "max", "max_step"))
        values, steps = zip(*finite)
    low, high = min(values), max(values)
    return {
        "min": low,
        "min_step": steps[values.index(low)],
        "max": high,
        "max_step": steps[values.index(high)],
    }


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
