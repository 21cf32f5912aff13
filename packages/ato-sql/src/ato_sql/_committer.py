"""Commit batches in order, and know what to do when the database cannot take one."""

from __future__ import annotations

import collections
import logging
import time
import warnings

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from ato_sql._apply import RunKey
from ato_sql._batch import Batch
from ato_sql._database import Database
from ato_sql._engine import clean_error, show_url
from ato_sql._errors import DatabaseError, TrackerError, TrackerWarning
from ato_sql._journal import Births, Journal, discard, left_behind, read_journal, reject
from ato_sql._settings import Settings

MEMORY_BATCHES = 1000  # kept where not even a journal can be written
_TRIES = 6  # of a batch that met another writer
_REFUSALS = 3  # of a batch the database is well enough to refuse
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0

log = logging.getLogger("ato_sql")


class Committer:
    """Commits batches; its user sees to it that one thread at a time is in here.

    A batch that the database cannot take goes to the journal, and so does all that follows, until
    the journal has been replayed: the order is kept. A batch that the database refuses again and
    again, though it takes others, is set aside.

    Attributes:
        births: by UUID, what is needed to create the runs that are open.
        keys: by UUID, where these runs are in the database.
    """

    def __init__(self, settings: Settings, writer: str) -> None:
        self._settings = settings
        self.database = Database(settings.url, full_sync=settings.durability == "commit")
        self.births: Births = {}
        self.keys: dict[str, RunKey] = {}
        self._warned: set[str] = set()
        self._recovered = False
        self._start(writer)

    def renew(self, writer: str) -> None:
        """Be the committer of another writer: in a forked child, the journal is the parent's."""
        self._journal.close()
        self._start(writer)

    def _start(self, writer: str) -> None:
        self._journal = Journal(self._settings.url, writer, self._settings.journal_dir)
        self._waiting: collections.deque[Batch] = collections.deque()
        self._pause = 0.0
        self._retry_at = 0.0
        self._refused = 0
        self._lost_rows = 0
        self._error: BaseException | None = None

    @property
    def in_trouble(self) -> bool:
        """Whether there is something the database does not have yet."""
        return bool(self._waiting) or self._journal.path is not None

    def prepare(self) -> None:
        """Open the database and store what earlier programs could not.

        Raises:
            DatabaseError: it can never be used: a newer schema, no driver.
        """
        try:
            self.database.engine()
            self._recover()
        except DatabaseError:
            raise
        except Exception as error:
            self._note_trouble(error)

    def write(self, batch: Batch) -> None:
        """Commit a batch, or keep it for later."""
        if self.in_trouble:
            self._keep(batch)
            return
        try:
            self._commit(batch, self.births)
        except Exception as error:
            self._keep(batch)
            self._note_trouble(error)

    def retry(self, now: bool = False) -> None:
        """Try to store what was kept, if it is time to."""
        if self.in_trouble and (now or time.monotonic() >= self._retry_at):
            self._catch_up()

    def check(self) -> None:
        """Raise what went wrong, where that is asked for.

        Raises:
            TrackerError: with `on_error='raise'`.
        """
        error, self._error = self._error, None
        if error is not None and self._settings.on_error == "raise":
            raise TrackerError(self._describe(error)) from None

    def forget(self, uuid: str) -> None:
        """Drop what is known of a run that has ended."""
        if not self.in_trouble:
            self.births.pop(uuid, None)
            self.keys.pop(uuid, None)

    def close(self) -> None:
        """Let go of journal and database."""
        lost = self._lost_rows + sum(len(batch.metrics) for batch in self._waiting)
        if lost:
            self._warn("lost", f"{lost} metrics could be kept nowhere and are lost")
        self._journal.close()
        self.database.close()

    # -- the good way --------------------------------------------------------------------------

    def _commit(self, batch: Batch, births: Births) -> None:
        for attempt in range(_TRIES):
            try:
                keys = self.database.commit(batch, births)
            except Exception as error:
                if attempt == _TRIES - 1 or not _met_another(error):
                    raise
                time.sleep(0.01 * 2**attempt)
            else:
                self.keys.update((u, k) for u, k in keys.items() if u in self.births)
                return

    # -- trouble -------------------------------------------------------------------------------

    def _keep(self, batch: Batch) -> None:
        """Put a batch in the journal, or keep it in memory where that cannot be."""
        self._waiting.append(batch)
        try:
            while self._waiting:
                self._journal.append(self._waiting[0], self.births)
                self._waiting.popleft()
        except Exception:  # a full disk, and whatever else may be wrong by then
            while len(self._waiting) > MEMORY_BATCHES:
                self._lost_rows += len(self._waiting.popleft().metrics)

    def _note_trouble(self, error: BaseException) -> None:
        self.database.close()  # the next try connects anew
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._retry_at = time.monotonic() + self._pause
        self._error = error
        if self._settings.on_error != "raise":
            self._warn("trouble", self._describe(error))

    def _describe(self, error: BaseException) -> str:
        url = self._settings.url
        text = f"cannot write to {show_url(url)}: {clean_error(error, url)}"
        if self._journal.path is not None:
            return f"{text}; metrics are kept in {self._journal.path} and stored once they can be"
        return f"{text}; metrics are kept in memory and stored once they can be"

    def _catch_up(self) -> None:
        """Replay the journal, then what waits in memory."""
        try:
            for batch, births in self._journal.batches():
                self._replay(batch, {**births, **self.births})
            while self._waiting:
                self._replay(self._waiting[0], self.births)
                self._waiting.popleft()
        except Exception as error:
            self._note_trouble(error)
            return
        self._journal.clear()
        self._pause, self._refused, self._error = 0.0, 0, None
        self._warned.discard("trouble")
        log.info("%s takes metrics again; nothing was lost", show_url(self._settings.url))

    def _replay(self, batch: Batch, births: Births) -> None:
        try:
            self._commit(batch, births)
        except Exception as error:
            if not _is_refusal(error):
                raise
            self._refused += 1
            if self._refused < _REFUSALS:
                raise
            self._refused = 0
            self._reject(batch, births, error)

    def _reject(self, batch: Batch, births: Births, error: BaseException) -> None:
        path = reject(batch, births, self._settings.url, self._settings.journal_dir)
        reason = clean_error(error, self._settings.url)
        self._warn("rejected", f"the database refuses some metrics ({reason}); kept in {path}")

    # -- after earlier programs ----------------------------------------------------------------

    def _recover(self) -> None:
        """Store what earlier programs could not."""
        if self._recovered:
            return
        for path in left_behind(self._settings.url, self._settings.journal_dir):
            rows = 0
            for batch, births in read_journal(path):
                self._recover_batch(batch, births)
                rows += len(batch.metrics)
            discard(path)
            log.info("stored %d metrics that an earlier program kept in %s", rows, path)
        self._recovered = True

    def _recover_batch(self, batch: Batch, births: Births) -> None:
        try:
            self._commit(batch, births)
        except Exception as error:
            if not _is_refusal(error):
                raise
            self._reject(batch, births, error)

    def _warn(self, kind: str, text: str) -> None:
        if kind in self._warned:
            return
        self._warned.add(kind)
        try:
            warnings.warn(text, TrackerWarning, stacklevel=2)
        except TrackerWarning:  # warnings are errors here; the program goes on
            log.warning("%s", text)


def _met_another(error: BaseException) -> bool:
    """Tell whether a batch failed only because another writer was at the same place."""
    if isinstance(error, IntegrityError):
        return True
    text = str(getattr(error, "orig", error)).lower()
    return "deadlock" in text or "serialize" in text or "record has changed" in text


def _is_refusal(error: BaseException) -> bool:
    """Tell whether the database is well but does not want this batch."""
    if isinstance(error, (OSError, DatabaseError, OperationalError, InterfaceError)):
        return False
    return not (isinstance(error, DBAPIError) and error.connection_invalidated)
