"""Which values are metrics: of what a framework reports, and for another tool."""

from __future__ import annotations

import math
import numbers
import sys
from typing import Any, Iterator, Mapping

from ato_sql._finder import SQLFinder

LARGEST = sys.float_info.max


def only_numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries that are numbers, single-element tensors and arrays among them."""
    return {key: value for key, value in values.items() if _is_number(value)}


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Number) or getattr(value, "ndim", None) == 0


def float_points(
    finder: SQLFinder, run_id: int, key: str, largest: float = LARGEST
) -> Iterator[tuple[Any, float]]:
    """Yield the points of a metric, each with its value as a float; those too large are left out.

    To be infinite, as they would be in another tool, means something else.
    """
    for point in finder.get_metrics(run_id, key):
        if _is_float(point.value, largest):
            yield point, float(point.value)


def left_out(finder: SQLFinder, run_id: int | str, largest: float = LARGEST) -> dict[str, int]:
    """Return the metrics of a run with values that are too large for a float, as tools hold them.

    Args:
        finder: The tracker's database.
        run_id: The run's id or UUID.
        largest: The largest float of the tool.

    Returns:
        By their names, how many values of each are left out.

    Raises:
        NotFoundError: There is no such run.
    """
    number = finder.get_run(run_id).id
    summaries = finder.get_summaries([number])[number]
    large = [key for key, one in summaries.items() if _may_be_large(largest, one.min, one.max)]
    values = {key: [point.value for point in finder.get_metrics(number, key)] for key in large}
    counts = {
        key: sum(not _is_float(value, largest) for value in found) for key, found in values.items()
    }
    return {key: count for key, count in counts.items() if count}


def _may_be_large(largest: float, *ends: float | None) -> bool:
    """Tell whether one end is the largest float, as which what is beyond is kept."""
    return any(end is not None and abs(end) >= largest for end in ends)


def _is_float(value: float, largest: float) -> bool:
    try:
        number = abs(float(value))
    except OverflowError:
        return False
    return number <= largest or math.isinf(number) or math.isnan(number)
