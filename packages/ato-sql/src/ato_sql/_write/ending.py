"""The end of the process: by itself, by an exception, or by a signal."""

from __future__ import annotations

import atexit
import logging
import os
import signal
import sys
import threading
import weakref
from typing import Any

from ato_sql._facts.outcome import COMPLETED, INTERRUPTED, outcome
from ato_sql._values.scratch import remove_scratch

WITHOUT_FINISH = "the program ended without finish()"
_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]

log = logging.getLogger("ato_sql")
# Every writer of this process.
WRITERS: weakref.WeakSet[Any] = weakref.WeakSet()
# Whether the writers were closed for good; signals are watched once.
STATE = {"ended": False, "watched": False}
_CHILDREN: dict[str, int] = {}


def close_all() -> None:
    """Write what there is, as the process ends."""
    error = _fatal_error()
    for writer in list(WRITERS):
        if error is not None:
            _try(writer.end_abandoned, *outcome(error))
        else:
            _try(writer.end_abandoned, COMPLETED, None, WITHOUT_FINISH)
    _close()
    remove_scratch()
    STATE["ended"] = True


def _close() -> None:
    for writer in list(WRITERS):
        _try(writer.close)
        words = writer.last_words()
        if words is not None:  # on stderr too, as warnings may be switched off
            _try(print, f"ato-sql: {words}", file=sys.stderr)


def _try(step: Any, *arguments: Any, **options: Any) -> None:
    try:
        step(*arguments, **options)
    except Exception:  # the end must come
        log.exception("the tracker met an error as the program ended")


def _fatal_error() -> BaseException | None:
    """Return the exception that ends the process; a prompt or a notebook outlives its errors."""
    if hasattr(sys, "ps1") or "ipykernel" in sys.modules:
        return None
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    return error if isinstance(error, BaseException) else None


def at_the_end_of_children() -> None:
    """A child of multiprocessing skips atexit but runs its finalizers."""
    util = sys.modules.get("multiprocessing.util")
    if util is not None and _CHILDREN.get("pid") != os.getpid():
        _CHILDREN["pid"] = os.getpid()
        util.Finalize(None, close_all, exitpriority=100)


def watch_signals() -> None:
    """See to it that a signal that would end the process at once ends its runs first.

    Once, in the main thread, and only where nobody else handles the signal.
    """
    if STATE["watched"] or threading.current_thread() is not threading.main_thread():
        return
    STATE["watched"] = True
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end_by_signal)


def leave_signals_to_workers() -> None:
    """Stop watching in a child of multiprocessing that has no open run.

    A pool sends SIGTERM to its workers as they give back the last result. One that comes just
    before a worker waits for its next task would never reach a handler of Python's, and the pool
    would wait for that worker for ever. What was logged needs no handler: it is in the database, or
    in a journal.
    """
    process = sys.modules.get("multiprocessing.process")
    is_child = process is not None and getattr(process.current_process(), "_parent_pid", None)
    if is_child and not any(writer.has_runs() for writer in list(WRITERS)):
        stop_watching()


def stop_watching() -> None:
    """Let signals end the process as they did before; only the main thread can."""
    if not STATE["watched"] or threading.current_thread() is not threading.main_thread():
        return
    STATE["watched"] = False
    for number in _SIGNALS:
        if signal.getsignal(number) is _end_by_signal:
            signal.signal(number, signal.SIG_DFL)


def _end_by_signal(number: int, frame: Any) -> None:
    name = signal.Signals(number).name
    for writer in list(WRITERS):
        _try(writer.end_abandoned, INTERRUPTED, f"ended by {name}")
    _close()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


atexit.register(close_all)
