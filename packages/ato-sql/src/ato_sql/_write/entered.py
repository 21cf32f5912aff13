"""The runs whose `with` blocks surround a place."""

from __future__ import annotations

import contextvars
from typing import Any

# In this thread and task, the innermost last.
_entered: contextvars.ContextVar[tuple[Any, ...]] = contextvars.ContextVar("entered", default=())


def entered_runs() -> tuple[Any, ...]:
    """Return the runs whose `with` blocks surround the caller, the innermost last."""
    return _entered.get()


def enter(run: Any) -> None:
    """Remember that the block of a run begins."""
    _entered.set((*_entered.get(), run))


def leave(run: Any) -> None:
    """Remember that the block of a run ends."""
    _entered.set(tuple(one for one in _entered.get() if one is not run))
