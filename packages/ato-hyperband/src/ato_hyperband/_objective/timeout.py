"""A time limit on a stretch of Python code.

In the main thread of a Unix process an interval timer interrupts even most blocking calls.
Elsewhere the exception is delivered at the next Python instruction, so a long call into C ends
first.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading
from typing import Any, Iterator


class TrialTimeout(BaseException):
    """Raised inside the objective; a BaseException so that `except Exception` cannot eat it."""


@contextlib.contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise TrialTimeout inside the block once it has run for `seconds` (None: no limit)."""
    if seconds is None:
        yield
    elif hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        with _by_signal(seconds):
            yield
    else:
        with _by_thread(seconds):
            yield


@contextlib.contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    def interrupt(signum: int, frame: Any) -> None:
        raise TrialTimeout

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    ident = ctypes.c_ulong(threading.get_ident())
    lock = threading.Lock()
    over: list[bool] = []

    def interrupt() -> None:
        with lock:
            if not over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(TrialTimeout))

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            over.append(True)
        timer.cancel()
