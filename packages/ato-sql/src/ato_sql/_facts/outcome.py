"""The statuses of a run, and how a run ends that an exception ends."""

from __future__ import annotations

import traceback

RUNNING, COMPLETED, FAILED, INTERRUPTED = "running", "completed", "failed", "interrupted"
STATUSES = (RUNNING, COMPLETED, FAILED, INTERRUPTED)


def outcome(error: BaseException) -> tuple[str, str | None]:
    """Return the status of a run that `error` left, and the text to keep of it."""
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return COMPLETED, None
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else FAILED, text
