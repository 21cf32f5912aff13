"""The way from the training loop to the database: a queue and a thread."""

from __future__ import annotations

import atexit
import collections
import itertools
import os
import sys
import threading
import time
import uuid
import weakref
from typing import Any

from sqlalchemy.engine import URL

from ato_sql import _batch
from ato_sql._batch import Batch, Event, MetricRow
from ato_sql._committer import Committer, log
from ato_sql._database import Database, close_files
from ato_sql._outcome import outcome
from ato_sql._settings import Settings

WAKE_ROWS = 1000  # this many metrics wait at most for the thread's next round
ROUND_SECONDS = 0.5  # rounds are twice as frequent as promised, to leave time for the commit
BATCH_ROWS = 8000  # of one transaction
QUEUE_ROWS = 20_000  # beyond this the training loop helps to write
FORK_SECONDS = 5.0  # a fork waits at most so long for a commit that is under way

# Every writer of this process: flushed at exit, made anew in a forked child.
_WRITERS: weakref.WeakSet[Writer] = weakref.WeakSet()


class Writer:
    """Takes metrics and events and commits them in order, in the background.

    They are put without a lock, as appending to a deque is atomic. Whoever holds `_lock` moves them
    into a batch and commits it. The batch stays `_batch` until then, so that Ctrl-C, which may
    strike between any two steps, loses nothing; the database recognises a batch it has.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._start_empty()
        self.committer = Committer(settings, self.uuid)
        _WRITERS.add(self)

    def _start_empty(self) -> None:
        self.uuid = str(uuid.uuid4())
        self._numbers = itertools.count(1)
        self._metrics: collections.deque[MetricRow] = collections.deque()
        self._append = self._metrics.append
        self._events: collections.deque[Event] = collections.deque()
        self._batch: Batch | None = None
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._woken = False
        self._thread: threading.Thread | None = None
        self._thread_lock = threading.Lock()
        self._alive: dict[str, None] = {}
        self._next_beat = 0.0

    def renew(self) -> None:
        """Become a writer of its own in a forked child; what the parent had put is the parent's."""
        self._start_empty()
        self.committer.renew(self.uuid)

    @property
    def database(self) -> Database:
        """The database this writes to."""
        return self.committer.database

    # -- what runs call ------------------------------------------------------------------------

    def put(self, row: MetricRow) -> None:
        """Take a metric; it is in the database within a second."""
        self._append(row)
        if len(self._metrics) >= WAKE_ROWS:
            self._press()
        elif self._thread is None:
            self._start()

    def put_checked(self, row: MetricRow) -> None:
        """Take a metric; raise what went wrong since the last call."""
        self.put(row)
        self.committer.check()

    def put_and_commit(self, row: MetricRow) -> None:
        """Take a metric; it is in the database (or, in trouble, the journal) on return."""
        self._metrics.append(row)
        self.flush()

    def put_event(self, uuid: str, kind: str, data: dict[str, Any]) -> None:
        """Take anything else there is to write about a run."""
        self._events.append((uuid, kind, data))
        if self._thread is None:
            self._start()

    def begin(self, uuid: str, birth: dict[str, Any]) -> None:
        """Create a run now, or, in trouble, later.

        Raises:
            DatabaseError: the database can never be used: a newer schema, no driver.
            TrackerError: with `on_error='raise'`, it cannot be used now.
        """
        with self._lock:
            self.committer.prepare()
            self.committer.check()
        self.committer.births[uuid] = birth
        self._alive[uuid] = None
        self.put_event(uuid, _batch.CREATE, birth)
        self.flush()

    def resume(self, uuid: str, data: dict[str, Any]) -> None:
        """Keep a run alive which the database has already."""
        self._alive[uuid] = None
        self.put_event(uuid, _batch.UPDATE, {**data, "heartbeat": time.time()})
        self.flush()

    def end(self, uuid: str, data: dict[str, Any]) -> None:
        """Write the end of a run."""
        self.put_event(uuid, _batch.UPDATE, data)
        self._alive.pop(uuid, None)
        self.flush()
        self.committer.forget(uuid)

    def flush(self) -> None:
        """Commit all that was put before this call, or, in trouble, put it in the journal.

        Raises:
            TrackerError: with `on_error='raise'`, the database cannot take it.
        """
        with self._lock:
            self._write_all()
            self.committer.retry(now=True)
        self.committer.check()

    def close(self) -> None:
        """Write what there is and let go of the database; more may be put later."""
        with self._lock:
            self._write_all()
            self.committer.retry(now=True)
            self.committer.close()

    def end_abandoned(self, status: str, error: str | None) -> None:
        """End the runs that an exception is about to end with the process."""
        for run in list(self._alive):
            data = {"status": status, "error": error, "end_time": time.time()}
            self.put_event(run, _batch.UPDATE, data)
        self._alive.clear()

    # -- the thread ----------------------------------------------------------------------------

    def _start(self) -> None:
        """Start the thread, if there is none and there still can be one."""
        with self._thread_lock:
            if self._thread is not None:
                return
            thread = threading.Thread(target=self._rounds, name="ato-sql-writer", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter is shutting down; the exit hook will write
                return
            self._thread = thread
        _flush_at_the_end_of_children()

    def _rounds(self) -> None:
        while not self._may_stop():
            self._wake.wait(ROUND_SECONDS)
            self._wake.clear()
            self._woken = False
            try:
                self._beat()
                with self._lock:
                    self.committer.retry()
                    self._write_all()
            except Exception:  # the thread must outlive anything
                log.exception("the tracker's thread met an error and goes on")

    def _may_stop(self) -> bool:
        with self._thread_lock:
            waiting = self._alive or self._metrics or self._events or self._batch
            if waiting or self.committer.in_trouble:
                return False
            self._thread = None
            return True

    def _press(self) -> None:
        """Hurry the thread; help it where it is far behind, which also slows the caller down."""
        if len(self._metrics) > QUEUE_ROWS:
            with self._lock:
                self._write_all()
        elif not self._woken:
            self._woken = True
            self._wake.set()
            if self._thread is None:
                self._start()

    def _beat(self) -> None:
        if self.committer.in_trouble or time.monotonic() < self._next_beat:
            return
        self._next_beat = time.monotonic() + self._settings.heartbeat
        moment = time.time()
        for run in list(self._alive):
            self._events.append((run, _batch.UPDATE, {"heartbeat": moment}))

    # -- batches; the lock is held -------------------------------------------------------------

    def _write_all(self) -> None:
        """Write what was there at the start of the call; others may be putting more."""
        rows, events = len(self._metrics), len(self._events)
        while rows > 0 or events > 0 or self._batch is not None:
            batch = self._fill(rows, events)
            self.committer.write(batch)
            self._batch = None
            rows -= len(batch.metrics)
            events -= len(batch.events)

    def _fill(self, rows: int, events: int) -> Batch:
        if self._batch is None:
            self._batch = Batch(self.uuid, next(self._numbers), [], [])
            # Events first: a metric that was put before an event is then in the same batch or an
            # earlier one. Each move is one call into C, which no signal can cut in two.
            self._batch.events.extend(_pop(self._events, events))
            self._batch.metrics.extend(_pop(self._metrics, min(rows, BATCH_ROWS)))
        return self._batch


def _pop(queue: collections.deque[Any], count: int) -> Any:
    """Yield the first items of a queue, taking them out."""
    return itertools.starmap(queue.popleft, itertools.repeat((), max(0, count)))


# -- all writers of the process --------------------------------------------------------------------


def flush_writers(url: URL) -> None:
    """Write what this process has put for a database, before it is asked."""
    for writer in list(_WRITERS):
        if writer.database.url == url:
            writer.flush()


def _close_all() -> None:
    error = _fatal_error()
    for writer in list(_WRITERS):
        if error is not None:
            writer.end_abandoned(*outcome(error))
        writer.close()


def _fatal_error() -> BaseException | None:
    """Return the exception that ends the process; a prompt or a notebook outlives its errors."""
    if hasattr(sys, "ps1") or "ipykernel" in sys.modules:
        return None
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    return error if isinstance(error, BaseException) else None


def _flush_at_the_end_of_children() -> None:
    """A child of multiprocessing skips atexit but runs its finalizers."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None and _FINALIZED.get("pid") != os.getpid():
        _FINALIZED["pid"] = os.getpid()
        util.Finalize(None, _close_all, exitpriority=100)


_FINALIZED: dict[str, int] = {}


def _before_fork() -> None:
    """Let commits that are under way end, and close the files: see `close_files`."""
    _HELD.extend(w for w in list(_WRITERS) if w._lock.acquire(timeout=FORK_SECONDS))
    close_files()


def _after_fork_in_parent() -> None:
    while _HELD:
        _HELD.pop()._lock.release()


def _after_fork_in_child() -> None:
    _HELD.clear()
    for writer in list(_WRITERS):
        writer.renew()


# The writers whose locks this process holds while it forks.
_HELD: list[Writer] = []

atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_after_fork_in_parent,
        after_in_child=_after_fork_in_child,
    )
