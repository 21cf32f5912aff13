"""Warnings of the tracker, which name the line of the program that called it."""

from __future__ import annotations

import sys
import warnings
from types import FrameType
from typing import Any

from ato_sql._errors import TrackerWarning

# What stands between a program and the place where something is noticed.
_BETWEEN = ("ato_sql", "ato_hyperband", "ato", "contextlib", "threading")


# What was told where no line of a program led to it; Python tells the same of one line but once.
_TOLD: dict[Any, Any] = {}


def tell(text: str) -> None:
    """Warn of a trouble.

    Where none of the program's own lines led to it, as in a thread of the tracker, no file is
    named, as Python does where it knows none: a line of this library would tell nobody anything.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _package(frame.f_globals) in _BETWEEN:
        frame = frame.f_back
    if frame is None:
        warnings.warn_explicit(text, TrackerWarning, "sys", 1, "sys", _TOLD)
        return
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    name = str(frame.f_globals.get("__name__", "<unknown>"))
    file = frame.f_code.co_filename
    warnings.warn_explicit(text, TrackerWarning, file, frame.f_lineno, name, registry)


def _package(names: dict[str, object]) -> str:
    return str(names.get("__name__", "")).partition(".")[0]
