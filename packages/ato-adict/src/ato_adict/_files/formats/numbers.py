"""Integers in the text of a config: how long they may be, and where one is that is too long."""

from __future__ import annotations

import re

# What Python converts by default since 3.11; the time grows with the square.
MAX_DIGITS = 4300
LARGEST = 10**MAX_DIGITS  # is itself too large, however it is written
_LONG = re.compile(rf"(?<!\d)\d{{{MAX_DIGITS + 1},}}")


def too_long(text: str) -> tuple[int, int] | None:
    """Return line and column of the first run of more digits than an integer may have."""
    found = _LONG.search(text) if len(text) > MAX_DIGITS else None
    return place(text, found.start()) if found else None


def place(text: str, start: int) -> tuple[int, int]:
    """Return line and column of an offset in a text, from 1."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def bounded_int(digits: str) -> int:
    """Return an integer written in decimal.

    Raises:
        ValueError: it is too long.
    """
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise ValueError(f"an integer of more than {MAX_DIGITS} digits")
    return int(digits)
