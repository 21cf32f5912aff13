"""Metrics of the machine, beside a run."""

from __future__ import annotations

import atexit
from typing import Any, Callable, Mapping

from ato_sql._errors import SettingsError
from ato_sql._facts.machine import Machine
from ato_sql._write.beside.repeat import Repeat

# Between two looks at the machine, unless it is said, at least, and at most.
SECONDS, LEAST, MOST = 10.0, 0.01, 1e6


class Monitor:
    """Logs how busy the machine is, every so many seconds.

    Args:
        log: takes the metrics.
        seconds: how often; True for every ten seconds.

    Raises:
        SettingsError: psutil is not installed, or `seconds` is no number above 0.
    """

    def __init__(self, log: Callable[[Mapping[str, Any]], None], seconds: Any) -> None:
        machine = Machine()
        pause = checked_seconds(seconds)
        self._repeat = Repeat("ato-sql-system", pause, lambda: log(machine.read()))
        atexit.register(self.stop)

    def flush(self) -> None:
        """There is nothing that waits."""

    def stop(self) -> None:
        """Log no more."""
        atexit.unregister(self.stop)
        self._repeat.stop()


def is_wanted(system: Any) -> bool:
    """Tell whether the machine is to be watched.

    Raises:
        SettingsError: it is, and cannot be; see `Monitor`.
    """
    if system is None or system is False:
        return False
    checked_seconds(system)
    Machine()
    return True


def checked_seconds(seconds: Any) -> float:
    """Return how often the machine is to be looked at; True means every ten seconds.

    Raises:
        SettingsError: it is no number, or so small that there would be nothing but looking.
    """
    if seconds is True:
        return SECONDS
    if not isinstance(seconds, (int, float)) or not LEAST <= seconds <= MOST:
        # A huge integer may have more digits than Python writes.
        shown = repr(seconds) if not isinstance(seconds, int) or seconds <= MOST else "a larger one"
        raise SettingsError(
            f"system must be a number of seconds, at least {LEAST:g} and at most {MOST:,.0f}, "
            f"not {shown}"
        )
    return float(seconds)
