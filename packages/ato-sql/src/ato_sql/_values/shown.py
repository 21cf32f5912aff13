"""Values as people read them, in terminals and in notebooks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Mapping

from ato_adict.surroundings import escaped
from ato_sql._values.marked import literal

_WIDEST = 10**20  # integers beyond are shown as floats are


def number_text(number: Any, digits: int = 6) -> str:
    """Return a number in so many significant digits, also an integer beyond all floats."""
    try:
        return f"{number:.{digits}g}"
    except OverflowError:
        head, _, power = f"{Decimal(number):.{digits - 1}e}".partition("e")
        return f"{head.rstrip('0').rstrip('.')}e{power}"


def text_of(cell: Any) -> str:
    """Return a cell as text that cannot steer the terminal."""
    if cell is None:
        return "-"
    if isinstance(cell, float) or (type(cell) is int and not -_WIDEST < cell < _WIDEST):
        return number_text(cell)
    if isinstance(cell, dt.datetime):
        return cell.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, (list, tuple)):
        return ", ".join(map(text_of, cell))
    return escaped(literal(cell) if isinstance(cell, Mapping) else str(cell))


def duration(start: dt.datetime | None, end: dt.datetime | None) -> str | None:
    """Return the time between two moments as `1h 02m`, `3m 20s` or `4.2s`."""
    if start is None or end is None:
        return None
    seconds = max(0.0, (end - start).total_seconds())
    if seconds < 60:
        return f"{seconds:.1f}s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes}m {int(seconds % 60):02d}s"
    return f"{minutes // 60}h {minutes % 60:02d}m"


def size_text(size: int | None) -> str:
    """A file size for people."""
    if size is None:
        return "missing"
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
