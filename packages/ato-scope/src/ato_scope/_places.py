"""Where something is defined, as people read it."""

from __future__ import annotations

import os


def shorten(location: str) -> str:
    """Return `file:line` relative to the working directory where the file is below it."""
    try:
        here = os.getcwd() + os.sep
    except OSError:
        # The working directory was removed.
        return location
    return location[len(here) :] if location.startswith(here) else location
