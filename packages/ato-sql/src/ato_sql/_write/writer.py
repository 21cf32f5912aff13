"""A journal of this process, and the thread that brings it to the database."""

from __future__ import annotations

import os
import queue
import threading
import time
import weakref
from typing import Any, Callable

from ato_sql._facts.files.claims import Owner, owner_of
from ato_sql._facts.settings import Settings
from ato_sql._values.url import resolve, show_url
from ato_sql._write import batch as _batch
from ato_sql._write import ending
from ato_sql._write.batch import Number
from ato_sql._write.journals.journal import Journal
from ato_sql._write.journals.records import LARGE, pack_metric, pack_other
from ato_sql._write.storing.committer import Committer, log, store_left_behind
from ato_sql._write.storing.database import Database, close_files

ROUND_SECONDS = 0.5  # rounds are twice as frequent as promised, to leave time for the commit
FULL_SEGMENTS = 3  # beyond this the training loop waits a little for the database
WAIT_SECONDS = 0.1  # at most, for a call that logs
SLACK_SECONDS = 5.0  # the database's own patience ends before ours
FORK_SECONDS = 5.0  # a fork waits at most so long for a commit that is under way

_now = time.time  # looked up a million times
# Every writer of this process: flushed at exit, made anew in a forked child.
_WRITERS: weakref.WeakSet[Writer] = ending.WRITERS


class _Request:
    """Something that the thread is asked to do, and that somebody may wait for.

    Waiting is one call into C. Ctrl-C in the middle of an `Event` may leave its lock held for ever.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._done = threading.Lock()
        self._done.acquire()
        self.error: BaseException | None = None

    def answer(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self.error = error
        self._done.release()

    def wait(self, seconds: float) -> bool:
        return self._done.acquire(timeout=seconds)


class Writer:
    """Appends metrics and events to a journal; its thread writes them to the database.

    Only that thread uses the database, so whoever waits for it can stop waiting, and neither
    Ctrl-C nor a signal handler meets a commit half way.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.journal: Journal = Journal(settings.url, settings.journal_dir, self._turned)
        self.committer: Committer = Committer(settings, self.journal)
        self._start_empty()
        _WRITERS.add(self)

    def _start_empty(self) -> None:
        # Of the runs, here because a forked child needs new ones: a thread may have held them.
        self.steps_lock: Any = threading.RLock()
        self.gathering_lock: Any = threading.RLock()
        self._lock = threading.RLock()  # held by whoever uses the database
        self._requests: queue.SimpleQueue[_Request] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_starting = False
        self._thread_lock = threading.RLock()
        self._alive: dict[str, Callable[[bool], None] | None] = {}
        self._begun: dict[str, tuple[float, float]] = {}  # by the clock, and as time passes
        self._next_beat = 0.0
        self._silent = False

    def renew(self) -> None:
        """Become a writer of its own in a forked child; what the parent had put is the parent's."""
        self._start_empty()
        self.journal.renew()
        self.committer.renew()

    @property
    def database(self) -> Database:
        """The database this writes to."""
        return self.committer.database

    # -- what runs call ------------------------------------------------------------------------

    def put(self, series: int, value: float, step: int) -> None:
        """Take a metric; it outlives the process on return, and is soon in the database."""
        record = pack_metric(series, 0, step, value, _now())
        try:
            self.journal.write(record)
        except ValueError:
            self.journal.append(record)

    def put_checked(self, series: int, value: float, step: int) -> None:
        """Take a metric; raise what went wrong since the last call."""
        self.put(series, value, step)
        self.committer.check()

    def put_and_commit(self, series: int, value: float, step: int) -> None:
        """Take a metric; it is in the database (or, in trouble, the journal) on return."""
        self.put(series, value, step)
        self.flush()

    def put_large(self, series: int, value: Number, step: int) -> None:
        """Take a metric whose value no float holds."""
        data = {"series": series, "value": value, "step": step, "time": _now()}
        self.journal.append(pack_other("", LARGE, data))

    def put_event(self, uuid: str, kind: str, data: dict[str, Any]) -> None:
        """Take anything else there is to write about a run."""
        self.journal.append(pack_other(uuid, kind, data))

    def begin(
        self, uuid: str, birth: dict[str, Any], gather: Callable[[bool], None] | None = None
    ) -> None:
        """Create a run now, or, in trouble, later.

        Args:
            uuid: of the run.
            birth: what is needed to create it.
            gather: called at each heartbeat, to put what has become known of the run, and at the
                end of a process that did not end it, then with True.

        Raises:
            DatabaseError: the database can never be used: a newer schema, no driver.
            TrackerError: with `on_error='raise'`, it cannot be used now.
        """
        ending.watch_signals()
        self._ask(self.committer.prepare)
        self.committer.check()
        self.journal.births[uuid] = birth
        self._alive[uuid] = gather
        self._begun[uuid] = birth["start_time"], time.monotonic()
        self.put_event(uuid, _batch.CREATE, birth)
        self.flush()

    def resume(self, uuid: str, data: dict[str, Any], gather: Callable[[bool], None]) -> None:
        """Keep a run alive which the database has already; `gather` is as for `begin`."""
        ending.watch_signals()
        self._alive[uuid] = gather
        self.put_event(uuid, _batch.UPDATE, {**data, "heartbeat": time.time()})
        self.flush()

    def end(self, uuid: str, data: dict[str, Any]) -> None:
        """Write the end of a run."""
        self.put_event(uuid, _batch.UPDATE, data)
        self._alive.pop(uuid, None)
        self._begun.pop(uuid, None)
        self._ask(self._finish_up)
        self.committer.forget(uuid)
        ending.leave_signals_to_workers()
        self.committer.check()

    def has_runs(self) -> bool:
        """Tell whether a run is open."""
        return bool(self._alive)

    def flush(self) -> None:
        """Commit all that was put before this call, or, in trouble, leave it in the journal.

        Raises:
            TrackerError: with `on_error='raise'`, the database cannot take it.
        """
        self._ask(self._drain_now)
        self.committer.check()

    def close(self) -> None:
        """Write what there is and let go of the database; more may be put later."""
        self._ask(self._close)

    def end_of(self, uuid: str) -> float:
        """Return the present as the end of a run, also where the clock was set back meanwhile."""
        moment = time.time()
        if uuid not in self._begun:
            return moment
        began, then = self._begun[uuid]
        return max(moment, began + time.monotonic() - then)

    def end_abandoned(self, status: str, error: str | None = None, note: str | None = None) -> None:
        """End the runs that are open as the process ends."""
        for run, gather in list(self._alive.items()):
            moment = self.end_of(run)
            if gather is not None:
                gather(True)
            if note is not None:
                self.put_event(run, _batch.NOTE, {"text": note, "timestamp": moment})
            data = {"status": status, "end_time": moment, "heartbeat": moment}
            self.put_event(run, _batch.UPDATE, {**data, "error": error} if error else data)
        self._alive.clear()

    def last_words(self) -> str | None:
        """Return what is not in the database as the process ends, None where all is."""
        path = self.journal.path
        if path is None:
            count = sum(segment.count() for segment in list(self.journal.segments))
            return f"{count} metrics could be kept nowhere and are lost" if count else None
        return (
            f"what {show_url(self.settings.url)} did not take is kept in {path}; "
            "the next program that tracks there stores it"
        )

    def owner(self) -> Owner:
        """Return how the database claims folders; without its UUID where it does not answer."""
        found: list[Owner] = []
        self._ask(lambda: found.append(self.database.owner()))
        return found[0] if found else owner_of(self.settings.url, None)

    # -- what the thread does; the lock is held ------------------------------------------------

    def _drain_now(self) -> None:
        self.committer.drain(now=True)

    def _finish_up(self) -> None:
        """Drain, and store what children left that were killed."""
        self._drain_whole()
        if not self._alive:
            self.committer.recover_quietly()

    def _drain_whole(self) -> None:
        """Drain; leave no file behind where nobody is going to write to it."""
        self.committer.drain(now=True)
        if not self._alive:
            self.journal.rest()
            self.committer.drain(now=True)

    def _close(self) -> None:
        self._finish_up()
        self.database.close()

    # -- the thread ----------------------------------------------------------------------------

    def _ask(self, work: Callable[[], None]) -> None:
        """Have the thread do something and wait, but not for ever.

        Raises:
            DatabaseError: `work` raised it.
        """
        request = _Request(work)
        if threading.current_thread() is not self._thread and self._hand_over(request):
            self._wait_for(request)
        else:
            with self._lock:
                request.answer()
        if request.error is not None:
            raise request.error

    def _hand_over(self, request: _Request) -> bool:
        """Give the thread something to do; False where there cannot be one."""
        with self._thread_lock:  # in which the thread decides to stop
            if not self._start():
                return False
            self._requests.put(request)
            return True

    def _wait_for(self, request: _Request) -> None:
        patience = self.settings.patience
        if request.wait(WAIT_SECONDS if self._silent else patience + min(SLACK_SECONDS, patience)):
            self._silent = False
        elif not self._silent:
            self._silent = True
            self.committer.note_silence()

    def _turned(self) -> None:
        """Called when a new segment was begun: have the thread write the old one."""
        if not self._start():
            if ending.STATE["ended"]:  # nobody else is going to write it
                self.close()
        elif len(self.journal.segments) > 1:
            request = _Request(self.committer.drain)
            self._hand_over(request)
            if len(self.journal.segments) > FULL_SEGMENTS and not self.committer.in_trouble:
                request.wait(WAIT_SECONDS)

    def _start(self) -> bool:
        """Start the thread if there is none; False where there cannot be one.

        A signal handler may come here while it is being started: it waits for no thread.
        """
        if self._thread is not None:
            return not self._is_starting
        with self._thread_lock:
            return self._thread is not None or (not ending.STATE["ended"] and self._start_thread())

    def _start_thread(self) -> bool:
        self._is_starting = True
        try:
            self._thread = threading.Thread(target=self._rounds, name="ato-sql-writer", daemon=True)
            self._thread.start()
        except BaseException as error:
            # After Ctrl-C between the two lines nobody would wait for a thread that never began.
            if self._thread is not None and self._thread.ident is None:
                self._thread = None
            if isinstance(error, RuntimeError):  # the interpreter is shutting down
                return False
            raise
        finally:
            self._is_starting = False
        ending.at_the_end_of_children()
        return True

    def _rounds(self) -> None:
        while not self._may_stop():
            requests = self._next_requests()
            try:
                self._beat()
            except Exception:  # the thread must outlive anything
                log.exception("the tracker's thread met an error and goes on")
            with self._lock:
                for request in requests:
                    request.answer()
                if not requests:
                    _Request(self.committer.drain).answer()

    def _next_requests(self) -> list[_Request]:
        try:
            return [self._requests.get(timeout=ROUND_SECONDS)]
        except queue.Empty:
            return []

    def _may_stop(self) -> bool:
        if self._alive or not self._requests.empty():
            return False
        if self.committer.in_trouble:
            return False
        with self._lock:
            self._drain_whole()
        # Ctrl-C at the very end of a `with` may have left it locked: then the thread goes on.
        if not self._thread_lock.acquire(timeout=ROUND_SECONDS):
            return False
        try:
            if self._alive or self.journal.segments or not self._requests.empty():
                return False
            self._thread = None
            return True
        finally:
            self._thread_lock.release()

    def _beat(self) -> None:
        if self.committer.in_trouble or time.monotonic() < self._next_beat:
            return
        self._next_beat = time.monotonic() + self.settings.heartbeat
        moment = time.time()
        for run, gather in list(self._alive.items()):
            self.put_event(run, _batch.UPDATE, {"heartbeat": moment})
            if gather is not None:
                gather(False)


# -- all writers of the process --------------------------------------------------------------------


def writer_for(settings: Settings) -> Writer:
    """Return this process's writer for what another process began."""
    for writer in list(_WRITERS):
        if writer.settings == settings:
            return writer
    return _SHARED.setdefault(settings, Writer(settings))


# Writers that no logger of this process has.
_SHARED: dict[Settings, Writer] = {}


def flush_writers(settings: Settings) -> None:
    """Write what this process, and any that is gone, has put for a database, before it is asked."""
    for writer in list(_WRITERS):
        if resolve(writer.database.url) == resolve(settings.url):
            writer.flush()
    store_left_behind(settings)


def _before_fork() -> None:
    """Let commits that are under way end, and close the files: see `close_files`."""
    _HELD.extend(w for w in list(_WRITERS) if w._lock.acquire(timeout=FORK_SECONDS))
    close_files()


def _after_fork_in_parent() -> None:
    while _HELD:
        _HELD.pop()._lock.release()


def _after_fork_in_child() -> None:
    _HELD.clear()
    ending.STATE["ended"] = False
    ending.stop_watching()  # its runs, if it begins some, watch for themselves
    for writer in list(_WRITERS):
        writer.renew()


# The writers whose locks this process holds while it forks.
_HELD: list[Writer] = []

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_after_fork_in_parent,
        after_in_child=_after_fork_in_child,
    )
