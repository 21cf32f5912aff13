"""The extremes of metrics as they were logged: integers beyond all floats with their digits."""

from __future__ import annotations

import sys
from typing import Any, Iterable, NamedTuple

from sqlalchemy import func, select

from ato_sql.reading import tables

METRICS = tables["metrics"].c
LAST_FLOAT = sys.float_info.max  # what stands for an integer beyond it, where numbers are compared


class Extreme(NamedTuple):
    """Which extreme of which metric of which run: `min` or `max`."""

    run: int
    key: str
    name: str


def beyond_floats(connection: Any, summaries: Iterable[Any]) -> dict[Extreme, str]:
    """Return the digits of those extremes that no float holds, for rows of `metric_summaries`."""
    found = {}
    for row in summaries:
        for name, choose in (("min", min), ("max", max)):
            value = row._mapping[name]
            if value is not None and abs(value) >= LAST_FLOAT:
                logged = _integers(connection, row, value)
                if logged:
                    found[Extreme(row.run_id, row.key, name)] = str(choose(logged))
    return found


def _integers(connection: Any, row: Any, value: float) -> list[int]:
    query = select(METRICS.special).where(
        METRICS.run_id == row.run_id,
        METRICS.key == row.key,
        func.abs(METRICS.value) >= LAST_FLOAT,
        METRICS.special.is_not(None),
    )
    texts = connection.execute(query.distinct()).scalars()
    integers = [int(text) for text in texts if text.lstrip("-").isdecimal()]
    return [integer for integer in integers if (integer > 0) == (value > 0)]
