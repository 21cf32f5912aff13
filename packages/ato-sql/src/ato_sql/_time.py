"""UTC, everywhere."""

from __future__ import annotations

import datetime as dt
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


def iso(value: Any) -> Any:
    """Return a datetime as ISO 8601 text; anything else as it is."""
    return value.isoformat() if isinstance(value, dt.datetime) else value
