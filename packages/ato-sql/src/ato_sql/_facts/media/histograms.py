"""From values to a histogram: edges and counts, never the values."""

from __future__ import annotations

import math
import operator
import sys
from typing import Any, Iterable

from ato_sql._errors import MetricError

_MOST_BINS = 4096
_NO_NUMBERS = ("c", "M", "m")  # kinds of arrays: complex; days and durations, of whatever unit
_SAME = 1e-10  # nearer to each other, beside their size, values are one to floats
_NO_WIDTH = 1e-300  # nor have bins of a range below it a width that floats can tell
_LARGEST = sys.float_info.max


def histogram(key: str, values: Any, bins: int = 64) -> dict[str, Any]:
    """Return edges, counts and what is not finite among some values.

    Raises:
        MetricError: a value is no number, or `bins` no number of bins.
    """
    try:
        count = operator.index(bins)
    except TypeError:
        count = 0
    if not 1 <= count <= _MOST_BINS:
        raise MetricError(f"histogram {key!r}: bins must be from 1 to {_MOST_BINS}, not {bins!r}")
    if hasattr(values, "detach") and hasattr(values, "cpu"):
        values = values.detach().cpu().float().numpy()
    if hasattr(values, "to_numpy"):
        values = values.to_numpy()
    if hasattr(values, "astype") and hasattr(values, "ravel"):
        return _of_array(key, values, count)
    return _of_numbers(key, values, count)


def _of_array(key: str, array: Any, bins: int) -> dict[str, Any]:
    import numpy

    try:
        if array.dtype.kind in _NO_NUMBERS:
            raise TypeError
        flat = array.ravel().astype("float64")
    except (TypeError, ValueError):
        raise MetricError(f"histogram {key!r} needs numbers, not {array.dtype}") from None
    finite = flat[numpy.isfinite(flat)]
    special = {
        "nan": int(numpy.isnan(flat).sum()),
        "inf": int((flat == math.inf).sum()),
        "-inf": int((flat == -math.inf).sum()),
    }
    if not len(finite):
        return _made([], [], special)
    low, high = _range(key, float(finite.min()), float(finite.max()))
    counts, edges = numpy.histogram(finite, bins, (low, high))
    return _made(edges.tolist(), counts.tolist(), special)


def _of_numbers(key: str, values: Any, bins: int) -> dict[str, Any]:
    finite, special = _sorted_out(key, values)
    if not finite:
        return _made([], [], special)
    low, high = _range(key, min(finite), max(finite))
    counts = [0] * bins
    for value in finite:
        counts[min(bins - 1, int((value - low) / (high - low) * bins))] += 1
    width = (high - low) / bins  # first, as of NumPy: many times the range may be no float
    edges = [low + width * place for place in range(bins)]
    return _made([*edges, high], counts, special)


def _sorted_out(key: str, values: Iterable[Any]) -> tuple[list[float], dict[str, int]]:
    finite: list[float] = []
    special = {"nan": 0, "inf": 0, "-inf": 0}
    try:
        for value in values:
            if isinstance(value, (str, bytes)) or _kind_of(value) in _NO_NUMBERS:
                raise TypeError
            number = float(value)
            if math.isfinite(number):
                finite.append(number)
            else:
                special[repr(number)] += 1
    except (TypeError, ValueError, OverflowError):
        raise MetricError(f"histogram {key!r} needs numbers, an array or a list of them") from None
    return finite, special


def _kind_of(value: Any) -> Any:
    """Return of what kind a number of NumPy is; some become floats that are none."""
    return getattr(getattr(value, "dtype", None), "kind", None)


def _range(key: str, low: float, high: float) -> tuple[float, float]:
    """Return where bins begin and end: those of equal values around them."""
    if not math.isfinite(high - low):
        raise MetricError(
            f"histogram {key!r}: the values from {low:g} to {high:g} are too far apart for bins"
        )
    size = max(abs(low), abs(high))
    if high - low > max(_NO_WIDTH, _SAME * size):
        return low, high
    around = max(0.5, _SAME * size)
    return max(low - around, -_LARGEST), min(high + around, _LARGEST)


def _made(edges: list[float], counts: list[int], special: dict[str, int]) -> dict[str, Any]:
    return {"edges": edges, "counts": counts, **{k: n for k, n in special.items() if n}}
