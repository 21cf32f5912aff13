"""The statuses of a run, and how a run ends that an exception ends."""

from __future__ import annotations

import sys

from ato_adict.notebooks import traceback_text
from ato_sql._values.code_flags import COROUTINE

RUNNING, COMPLETED, FAILED, INTERRUPTED = "running", "completed", "failed", "interrupted"
STATUSES = (RUNNING, COMPLETED, FAILED, INTERRUPTED)


def outcome(error: BaseException) -> tuple[str, str | None]:
    """Return the status of a run that `error` left, and the text to keep of it.

    Nothing went wrong where a program leaves with the code 0, or a generator is closed since its
    consumer has had enough. Who cancels a task interrupts it, as Ctrl-C does.
    """
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return COMPLETED, None
    if isinstance(error, GeneratorExit) and not _is_in_coroutine(error):
        return COMPLETED, None
    return INTERRUPTED if _is_interruption(error) else FAILED, traceback_text(error)


def _is_interruption(error: BaseException) -> bool:
    asyncio = sys.modules.get("asyncio")
    cancelled = () if asyncio is None else (asyncio.CancelledError,)
    return isinstance(error, (KeyboardInterrupt, GeneratorExit, *cancelled))


def _is_in_coroutine(error: BaseException) -> bool:
    """Tell whether a coroutine was closed, which nobody does that has had what it awaited."""
    trace = error.__traceback__
    return trace is not None and bool(trace.tb_frame.f_code.co_flags & COROUTINE)
