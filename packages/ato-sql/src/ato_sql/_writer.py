"""The way from the training loop to the database: a queue, a thread, and a plan for trouble."""

from __future__ import annotations

import atexit
import collections
import logging
import os
import sys
import threading
import time
import uuid
import warnings
import weakref
from typing import Any

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError

from ato_sql import _batch
from ato_sql._apply import RunKey, UnknownRunError
from ato_sql._batch import Batch, Event, MetricRow
from ato_sql._database import Database
from ato_sql._engine import clean_error, show_url
from ato_sql._errors import TrackerError, TrackerWarning
from ato_sql._journal import Journal, discard, left_behind, read_journal, set_aside
from ato_sql._settings import Settings

WAKE_ROWS = 1000  # this many metrics wait at most for the thread's next round
ROUND_SECONDS = 0.5  # rounds are twice as frequent as promised, to leave time for the commit
BATCH_ROWS = 20_000  # of one transaction
QUEUE_ROWS = 50_000  # beyond this the training loop helps to write
MEMORY_BATCHES = 1000  # kept where not even a journal can be written
_TRIES = 5  # of a batch that met another writer
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0

log = logging.getLogger("ato_sql")

# Every writer of this process: flushed at exit, made anew in a forked child.
_WRITERS: weakref.WeakSet[Writer] = weakref.WeakSet()


class Writer:
    """Commits what is put into it, in order, in the background.

    Rows are put without a lock (appending to a deque is atomic). Whoever holds `_lock` takes them
    out in batches and commits each. A batch that the database cannot take goes to the journal, and
    so does all that follows, until the journal has been replayed.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database(settings.url, full_sync=settings.durability == "commit")
        self.births: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, RunKey] = {}
        self._warned: list[str] = []
        self._recovered = False
        self._reset()
        _WRITERS.add(self)

    def _reset(self) -> None:
        """Start empty, as a writer of its own; also in a forked child."""
        self.uuid = str(uuid.uuid4())
        self._number = 0
        self._metrics: collections.deque[MetricRow] = collections.deque()
        self._events: collections.deque[Event] = collections.deque()
        self._waiting: collections.deque[Batch] = collections.deque()
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._woken = False
        self._thread: threading.Thread | None = None
        self._thread_lock = threading.Lock()
        self._alive: dict[str, None] = {}
        self._next_beat = 0.0
        self._journal = Journal(self._settings.url, self.uuid, self._settings.journal_dir)
        self._pause = 0.0
        self._retry_at = 0.0
        self._error: BaseException | None = None
        self._lost_rows = 0

    # -- what loggers call ---------------------------------------------------------------------

    def put(self, row: MetricRow) -> None:
        """Take a metric; it is in the database within a second."""
        self._metrics.append(row)
        if len(self._metrics) >= WAKE_ROWS:
            self._press()
        elif self._thread is None:
            self.start()

    def put_checked(self, row: MetricRow) -> None:
        """Take a metric; raise what went wrong since the last call."""
        self.put(row)
        self.check()

    def put_and_commit(self, row: MetricRow) -> None:
        """Take a metric; it is in the database (or, in trouble, the journal) on return."""
        self._metrics.append(row)
        self.flush()

    def put_event(self, uuid: str, kind: str, data: dict[str, Any]) -> None:
        """Take anything else there is to write about a run."""
        self._events.append((uuid, kind, data))
        if self._thread is None:
            self.start()

    def begin(self, uuid: str, birth: dict[str, Any]) -> None:
        """Create a run now, or, in trouble, later."""
        self.births[uuid] = birth
        self._recover()
        self.put_event(uuid, _batch.CREATE, birth)
        self._alive[uuid] = None
        self.flush()

    def end(self, uuid: str, data: dict[str, Any]) -> None:
        """Write the end of a run."""
        self._alive.pop(uuid, None)
        self.put_event(uuid, _batch.UPDATE, data)
        try:
            self.flush()
        finally:
            if not self._in_trouble():
                self.births.pop(uuid, None)

    def flush(self) -> None:
        """Commit all that was put before this call, or, in trouble, put it in the journal.

        Raises:
            TrackerError: with `on_error='raise'`, the database cannot take it.
        """
        with self._lock:
            self._retry_at = 0.0
            self._write_all()
        self.check()

    def check(self) -> None:
        """Raise what went wrong in the background, where that is asked for."""
        error = self._error
        if error is not None and self._settings.on_error == "raise":
            self._error = None
            raise TrackerError(self._describe(error)) from None

    def database(self) -> Database:
        """The database this writes to."""
        return self._database

    def close(self) -> None:
        """Write what there is and let go of the database; more may be put later."""
        with self._lock:
            self._retry_at = 0.0
            self._write_all()
            self._journal.close()
            self._database.close()

    # -- the thread ----------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread, if there is none."""
        with self._thread_lock:
            if self._thread is None:
                thread = threading.Thread(target=self._rounds, name="ato-sql-writer", daemon=True)
                self._thread = thread
                thread.start()
                _flush_in_children()

    def _rounds(self) -> None:
        while not self._may_stop():
            self._wake.wait(ROUND_SECONDS)
            self._wake.clear()
            self._woken = False
            self._beat()
            with self._lock:
                try:
                    self._write_all()
                except Exception as error:  # the thread must outlive anything
                    self._note_trouble(error)

    def _may_stop(self) -> bool:
        with self._thread_lock:
            busy = self._alive or self._metrics or self._events or self._in_trouble()
            if not busy:
                self._thread = None
            return not busy

    def _press(self) -> None:
        if len(self._metrics) > QUEUE_ROWS:
            with self._lock:
                self._write_all()
        elif not self._woken:
            self._woken = True
            self._wake.set()
            if self._thread is None:
                self.start()

    def _beat(self) -> None:
        if self._in_trouble() or time.monotonic() < self._next_beat:
            return
        self._next_beat = time.monotonic() + self._settings.heartbeat
        moment = time.time()
        for run in list(self._alive):
            self._events.append((run, _batch.UPDATE, {"heartbeat": moment}))

    # -- batches; the lock is held -------------------------------------------------------------

    def _write_all(self) -> None:
        if self._in_trouble() and time.monotonic() >= self._retry_at:
            self._catch_up()
        rows, events = len(self._metrics), len(self._events)
        while rows > 0 or events > 0:
            batch = self._next_batch(rows, events)
            rows -= len(batch.metrics)
            events -= len(batch.events)
            self._write(batch)

    def _next_batch(self, rows: int, events: int) -> Batch:
        # Events first: a metric that was put before an event is then in the same batch or earlier.
        taken_events = [self._events.popleft() for _ in range(events)]
        take = self._metrics.popleft
        taken_rows = [take() for _ in range(min(rows, BATCH_ROWS))]
        self._number += 1
        return Batch(self.uuid, self._number, taken_events, taken_rows)

    def _write(self, batch: Batch) -> None:
        if self._in_trouble():
            self._keep(batch)
            return
        try:
            self._commit(batch)
        except Exception as error:
            self._keep(batch)
            self._note_trouble(error)

    def _commit(self, batch: Batch) -> None:
        for attempt in range(_TRIES):
            try:
                keys = self._database.commit(batch, self.births)
            except Exception as error:
                if attempt == _TRIES - 1 or not _met_another(error):
                    raise
                time.sleep(0.01 * 2**attempt)
            else:
                self.keys.update((u, k) for u, k in keys.items() if u in self.births)
                return

    # -- trouble; the lock is held -------------------------------------------------------------

    def _in_trouble(self) -> bool:
        return bool(self._waiting) or self._journal.path is not None

    def _keep(self, batch: Batch) -> None:
        """Put a batch in the journal, or keep it in memory where that cannot be."""
        self._waiting.append(batch)
        try:
            while self._waiting:
                self._journal.append(self._waiting[0], self.births)
                self._waiting.popleft()
        except OSError:
            while len(self._waiting) > MEMORY_BATCHES:
                self._lost_rows += len(self._waiting.popleft().metrics)

    def _note_trouble(self, error: BaseException) -> None:
        self._database.close()
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._retry_at = time.monotonic() + self._pause
        if self._settings.on_error == "raise":
            self._error = error
        else:
            self._warn("trouble", self._describe(error))

    def _describe(self, error: BaseException) -> str:
        url = self._settings.url
        text = f"cannot write to {show_url(url)}: {clean_error(error, url)}"
        if self._journal.path is not None:
            return f"{text}; kept in {self._journal.path} and stored once it can be"
        return f"{text}; kept in memory and stored once it can be"

    def _catch_up(self) -> None:
        """Replay the journal, then what waits in memory."""
        try:
            for batch, births in self._journal.batches():
                self._replay(batch, {**births, **self.births})
            self._journal.clear()
            while self._waiting:
                self._replay(self._waiting[0], self.births)
                self._waiting.popleft()
        except Exception as error:
            self._note_trouble(error)
            return
        self._pause = 0.0
        self._error = None
        log.info("%s takes metrics again; nothing was lost", show_url(self._settings.url))

    def _replay(self, batch: Batch, births: dict[str, dict[str, Any]]) -> None:
        keys = self._database.commit(batch, births)
        self.keys.update((u, k) for u, k in keys.items() if u in self.births)

    def _recover(self) -> None:
        """Replay what earlier programs could not store."""
        with self._lock:
            if self._recovered:
                return
            for path in left_behind(self._settings.url, self._settings.journal_dir):
                if path == self._journal.path:
                    continue
                try:
                    self._replay_file(path)
                except UnknownRunError:
                    aside = set_aside(path)
                    self._warn("rejected", f"{path} belongs to another database; now {aside}")
                except (DBAPIError, OSError):
                    return  # the database has trouble; the next start tries again
            self._recovered = True

    def _replay_file(self, path: str) -> None:
        rows = 0
        for batch, births in read_journal(path):
            self._database.commit(batch, births)
            rows += len(batch.metrics)
        discard(path)
        log.info("stored %d metrics that an earlier program kept in %s", rows, path)

    def _warn(self, kind: str, text: str) -> None:
        if kind in self._warned:
            return
        self._warned.append(kind)
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


def _flush_all() -> None:
    for writer in list(_WRITERS):
        writer.close()


def flush_writers(url: URL) -> None:
    """Write what this process has put for a database, before it is asked."""
    for writer in list(_WRITERS):
        if writer.database().url == url:
            writer.flush()


def _flush_in_children() -> None:
    """A child of multiprocessing skips atexit but runs its finalizers."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None and _FINALIZED.get("pid") != os.getpid():
        _FINALIZED["pid"] = os.getpid()
        util.Finalize(None, _flush_all, exitpriority=100)


_FINALIZED: dict[str, int] = {}


def _renew_in_child() -> None:
    for writer in list(_WRITERS):
        writer._reset()


atexit.register(_flush_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_in_child)
