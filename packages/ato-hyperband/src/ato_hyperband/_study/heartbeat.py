"""Signs of life of a program, for the others that work on its study."""

from __future__ import annotations

import threading

from ato_hyperband._errors import SearchError
from ato_hyperband._study.database import TakenError, UnreachableError
from ato_hyperband._study.stored import Program, StoredLog, enter

# So many signs are given in the time after which a program without one counts as dead.
_SIGNS = 6


class Heartbeat:
    """Gives a sign of life from a thread of its own, through a connection of its own.

    Args:
        log: Of the study.
        program: Who lives.
        joined: Its place among the programs.
    """

    def __init__(self, log: StoredLog, program: Program, joined: int) -> None:
        self._log = StoredLog(log.database.another(), log.study)
        self._program, self._joined = program, joined
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="ato-search-heartbeat", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._end.wait(self._program.patience / _SIGNS):
            try:
                with self._log.database.transaction() as execute:
                    enter(execute, self._log, self._program, self._joined)
            except (SearchError, TakenError, UnreachableError):
                continue  # the next sign may come through, and the search itself says what is wrong
        self._log.close()

    def stop(self) -> None:
        """Give no more signs."""
        self._end.set()
        self._thread.join()
