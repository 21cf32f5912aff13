"""Which of the values that a framework reports are metrics."""

from __future__ import annotations

import numbers
from typing import Any, Mapping


def only_numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries that are numbers, single-element tensors and arrays among them."""
    return {key: value for key, value in values.items() if _is_number(value)}


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Number) or getattr(value, "ndim", None) == 0
