"""UTC, everywhere."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)


def now() -> dt.datetime:
    """Return the current moment, aware, UTC."""
    return dt.datetime.now(dt.timezone.utc)


def from_seconds(seconds: float | None) -> dt.datetime | None:
    """Return an aware UTC datetime from seconds since 1970."""
    return None if seconds is None else _EPOCH + dt.timedelta(seconds=seconds)


def to_seconds(moment: dt.datetime | None) -> float | None:
    """Return seconds since 1970, to the microsecond, from an aware datetime."""
    return None if moment is None else (moment - _EPOCH) / dt.timedelta(seconds=1)


def seconds_of(value: Any) -> float | None:
    """Return seconds since 1970 from a moment as a database hands it out: UTC, maybe as text."""
    if isinstance(value, str):
        found = span(value)
        return to_seconds(found[0]) if found else None
    if isinstance(value, dt.datetime):
        return to_seconds(value if value.tzinfo else value.replace(tzinfo=dt.timezone.utc))
    return None


def iso(value: Any) -> Any:
    """Return a datetime as ISO 8601 text; anything else as it is."""
    return value.isoformat() if isinstance(value, dt.datetime) else value


_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE
)


def span(text: str) -> tuple[dt.datetime, dt.datetime] | None:
    """Return when a day, a minute or a second begins and when the next one does.

    Args:
        text: as `2026-11-24`, `2026-11-24 10:30` or `2026-11-24T10:30:05.25+02:00`; UTC without a
            zone.

    Returns:
        None where it is not of that form.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    day, minute, second, fraction, zone = match.groups()
    offset = "+0000" if zone in (None, "Z", "z") else zone.replace(":", "")
    parts = f"{day} {minute or '00:00'}{second or ':00'}{fraction or '.0'} {offset}"
    step = {"microseconds": 1} if fraction else {"seconds": 1} if second else {"minutes": 1}
    try:
        begin = dt.datetime.strptime(parts, "%Y-%m-%d %H:%M:%S.%f %z")
        begin = begin.astimezone(dt.timezone.utc)
        return begin, begin + dt.timedelta(**(step if minute else {"days": 1}))
    except (ValueError, OverflowError):
        return None
