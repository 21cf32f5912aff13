"""Metrics reckoned with, also integers beyond all floats."""

from __future__ import annotations

import math
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def as_float(number: Any) -> float:
    """Return a number as a float, the farthest one for an integer beyond all floats."""
    try:
        return float(number)
    except OverflowError:
        return math.copysign(sys.float_info.max, 1 if number > 0 else -1)


def distance(a: Any, b: Any) -> Any:
    """Return `b - a`, in floats where one is a float and the other beyond all floats."""
    try:
        return b - a
    except OverflowError:
        return as_float(b) - as_float(a)
