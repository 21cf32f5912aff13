"""What the program prints while a run goes on: kept, and printed all the same.

The streams stay the objects they are; only their `write` is looked over while a run asks for it.
So loggers that hold a stream are heard too, and what is printed reaches the terminal first. What
other programs and code in C write to the terminal by itself is not heard.
"""

from __future__ import annotations

import atexit
import logging
import re
import sys
import threading
from collections import deque
from typing import Any, Callable

from ato_sql._values.values import clean_text
from ato_sql._write.repeat import Repeat

# Of the pieces that a run's output is kept in, the first and the last stay.
FIRST_PIECES, LAST_PIECES = 16, 48
PIECE = 16_384  # letters
_WAITING = 262_144  # letters that wait for the next second; of more the oldest are left out
log = logging.getLogger("ato_sql")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")

Put = Callable[[Any], None]


class Console:
    """Keeps what is printed for one run.

    Args:
        put: takes a list of pieces, each its number and what is to be added to it.
        hide: takes the secrets out of a text.
    """

    def __init__(self, put: Put, hide: Callable[[str], str]) -> None:
        self._put = put
        self._hide = hide
        self._parts: deque[str] = deque()
        self._letters = 0
        self._rest = ""
        self._left_out = 0
        self._number, self._filled = 0, 0
        self._lock = threading.RLock()
        _listen(self.take)
        self._repeat = Repeat("ato-sql-console", 1.0, self.flush)
        atexit.register(self.stop)

    def take(self, text: str) -> None:
        """Take what was printed."""
        self._parts.append(text)
        self._letters += len(text)
        if self._letters > _WAITING:
            try:
                self._make_room()
            except Exception:  # whoever prints is not to hear of it
                log.exception("what was printed could not be kept")

    def _make_room(self) -> None:
        if self._number < FIRST_PIECES:
            self.flush()
            return
        with self._lock:
            while self._parts and self._letters > _WAITING // 2:
                length = len(self._parts.popleft())
                self._letters -= length
                self._left_out += length

    def flush(self, last: bool = False) -> None:
        """Hand on the whole lines that wait; with `last` what has no end yet, too."""
        with self._lock:
            text, left_out = self._rest + self._waiting(), self._left_out
            self._left_out = 0
            end = len(text) if last or len(text) > _WAITING else text.rfind("\n") + 1
            self._rest = text[end:]
            mark = f"… {left_out} letters left out …\n" if left_out else ""
            lines = mark + self._hide(_as_seen(text[:end]))
            if lines:
                self._put(self._pieces(lines))

    def _waiting(self) -> str:
        parts = []
        while self._parts:
            parts.append(self._parts.popleft())
        text = "".join(parts)
        self._letters -= len(text)
        return text

    def _pieces(self, text: str) -> list[tuple[int, str]]:
        found = []
        while text:
            part, text = text[: PIECE - self._filled], text[PIECE - self._filled :]
            found.append((self._number, part))
            self._filled += len(part)
            if self._filled >= PIECE:
                self._number, self._filled = self._number + 1, 0
        return found

    def stop(self) -> None:
        """Listen no more; the streams are as they were."""
        atexit.unregister(self.stop)
        _leave(self.take)
        self._repeat.stop()
        self.flush(last=True)


def _as_seen(text: str) -> str:
    """Return lines as a terminal shows them at their end: no colours, the last state of a bar."""
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return clean_text(text)


# -- the streams -----------------------------------------------------------------------------------

_TAKERS: list[Callable[[str], None]] = []
_HEARD: list[tuple[Any, Any]] = []  # streams, and the `write` that was put before their own
_STREAMS_LOCK = threading.RLock()


def _listen(take: Callable[[str], None]) -> None:
    with _STREAMS_LOCK:
        _TAKERS.append(take)
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and all(stream is not heard for heard, _ in _HEARD):
                _hear(stream)


def _hear(stream: Any) -> None:
    own = stream.write

    def write(text: str) -> Any:
        written = own(text)
        for take in _TAKERS:
            take(text)
        return written

    try:
        stream.write = write
    except AttributeError:  # a stream that takes no attribute is not heard
        return
    _HEARD.append((stream, write))


def _leave(take: Callable[[str], None]) -> None:
    with _STREAMS_LOCK:
        if take in _TAKERS:
            _TAKERS.remove(take)
        if _TAKERS:
            return
        while _HEARD:
            stream, write = _HEARD.pop()
            if vars(stream).get("write") is write:  # else somebody came after us
                del stream.write
