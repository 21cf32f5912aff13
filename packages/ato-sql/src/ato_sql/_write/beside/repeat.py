"""Something that is done again and again beside a run, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import Callable

log = logging.getLogger("ato_sql")


class Repeat:
    """Calls a function every so many seconds, until `stop`.

    Args:
        name: of the thread.
        seconds: between two calls; the first comes after one second at most.
        work: the function; what it raises is logged, and it is called again.
    """

    def __init__(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        self._seconds = seconds
        self._work = work
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name=name, daemon=True)
        self._thread.start()

    def _go_on(self) -> None:
        pause = min(1.0, self._seconds)
        while not self._over.wait(pause):
            try:
                self._work()
            except Exception:
                log.exception("%s met an error and goes on", self._thread.name)
            pause = self._seconds

    def stop(self) -> None:
        """End it; a call that is under way ends first."""
        self._over.set()
        if self._thread is not threading.current_thread():
            self._thread.join(1.0)
