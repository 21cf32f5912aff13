"""Who hears what is written to stdout and stderr.

The streams stay the objects they are; only their `write` is looked over while somebody listens. So
loggers that hold a stream are heard too, and what is printed reaches the terminal first. What other
programs and code in C write to the terminal by itself is not heard.
"""

from __future__ import annotations

import sys
import threading
from typing import Any, Callable

# What a `write` of ours calls, by this name of an attribute.
OURS = "heard_from"
_TAKERS: list[Callable[[str], None]] = []
_HEARD: list[_Heard] = []
_STREAMS_LOCK = threading.RLock()


def listen(take: Callable[[str], None]) -> None:
    """Let `take` have whatever is written from now on."""
    with _STREAMS_LOCK:
        if not _TAKERS:
            _tell_of_cells("register")
        _TAKERS.append(take)
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and all(stream is not heard.stream for heard in _HEARD):
                _hear(stream)


def leave(take: Callable[[str], None]) -> None:
    """Let it have nothing any more; when nobody listens the streams are as they were."""
    with _STREAMS_LOCK:
        if take in _TAKERS:
            _TAKERS.remove(take)
        if _TAKERS:
            return
        _tell_of_cells("unregister")
        while _HEARD:
            _HEARD.pop().end()


def hear_again(cell: Any = None) -> None:
    """Put back what IPython took away: at the end of a cell streams write as at its beginning.

    Args:
        cell: one that begins, as IPython says; what it put before `write` is looked over as well.
    """
    with _STREAMS_LOCK:
        for heard in list(_HEARD):
            if heard.is_lost() or (cell is not None and not heard.is_first()):
                _HEARD.remove(heard)
                heard.end()
                _hear(heard.stream)


class _Heard:
    """A stream whose `write` is looked over.

    Raises:
        AttributeError: it takes no attribute.
    """

    def __init__(self, stream: Any) -> None:
        self.stream, self._active = stream, True
        self._before = vars(stream).get("write")  # somebody else may have looked over it already
        # One of ours that has ended only hands on: many would pile up in a notebook.
        self._own = own = getattr(self._before, OURS, None) or stream.write

        def write(text: str) -> Any:
            written = own(text)
            if self._active:
                for take in _TAKERS:
                    take(text)
            return written

        setattr(write, OURS, own)
        stream.write = self._write = write

    def is_first(self) -> bool:
        """Tell whether what is written comes here first."""
        return vars(self.stream).get("write") is self._write

    def is_lost(self) -> bool:
        """Tell whether what is written comes here no more, as far as can be seen."""
        now = vars(self.stream).get("write")
        return not self.is_first() and (now is None or now == self._own or hasattr(now, OURS))

    def end(self) -> None:
        """Hear no more; the stream is as it was, unless somebody came after."""
        self._active = False
        if not self.is_first():
            return
        if self._before is None:
            del self.stream.write
        else:
            self.stream.write = self._own


def _hear(stream: Any) -> None:
    try:
        _HEARD.append(_Heard(stream))
    except (AttributeError, TypeError):  # it takes no attribute, or has none to be looked at
        return


def _tell_of_cells(how: str) -> None:
    """Ask IPython, if this is it, to say when a cell begins; or to say so no more."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        getattr(shell.events, how)("pre_run_cell", hear_again)
