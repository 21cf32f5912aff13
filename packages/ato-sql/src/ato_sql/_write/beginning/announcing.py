"""The line on stderr that says where a run goes."""

from __future__ import annotations

import sys

from ato_sql._facts.settings import Settings
from ato_sql._values.url import typed_url


def announce(settings: Settings, run_id: int, project: str, goes_on: bool = False) -> None:
    """Say which run this is and where it is kept, unless that is not wanted.

    A run that is not in the database yet, whose id is negative, is left to the warning that says
    where it is meanwhile.
    """
    if settings.quiet or run_id < 0:
        return
    again = " goes on" if goes_on else ""
    _say(f"run {run_id} of project {project}{again} \u2192 {typed_url(settings.url)}")


def _say(line: str) -> None:
    """Write a line to stderr; where nobody can read it, the program goes on all the same."""
    stream = sys.stderr
    if stream is None:  # a program without a window
        return
    if not _can_write(line, getattr(stream, "encoding", None)):
        line = line.replace("\u2192", "->")
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    try:
        stream.write(shown + "\n")
        stream.flush()
    except (OSError, ValueError):  # nobody reads it any more, or it is closed
        pass


def _can_write(line: str, encoding: str | None) -> bool:
    try:
        line.encode(encoding or "utf-8")
    except (UnicodeError, LookupError):
        return False
    return True
