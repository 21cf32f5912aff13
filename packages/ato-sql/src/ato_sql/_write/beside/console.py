"""What the program prints while a run goes on: kept, and printed all the same."""

from __future__ import annotations

import atexit
import logging
import threading
from collections import deque
from typing import Any, Callable

from ato_sql._errors import SettingsError
from ato_sql._values.secrets.keys import OpenKey
from ato_sql._values.values import short
from ato_sql._write.beside.repeat import Repeat
from ato_sql._write.beside.screen import MOST_LETTERS, Screen
from ato_sql._write.beside.streams import hear_again, leave, listen

# Of the pieces that a run's output is kept in, the first and the last stay.
FIRST_PIECES, LAST_PIECES = 16, 48
PIECE = 16_384  # letters
log = logging.getLogger("ato_sql")

_FRAME = "-----BEGIN PRIVATE KEY-----\n"

Put = Callable[[Any], None]


def is_wanted(console: Any) -> bool:
    """Tell whether what is printed is to be kept.

    Raises:
        SettingsError: it is neither True nor False.
    """
    if isinstance(console, bool):
        return console
    raise SettingsError(f"console must be True or False, not {short(console)}")


class _Waiting:
    """Lines that wait to be handed on: the first of the run, and of the others the last.

    More than stays would be of no use: looking for secrets takes longer than printing.
    """

    def __init__(self) -> None:
        self._room = FIRST_PIECES * PIECE
        self._first: list[str] = []
        self._last: deque[str] = deque()
        self._letters, self._left_out = 0, 0

    def add(self, lines: str) -> None:
        """Take lines, as they are to be seen."""
        if self._room > 0:
            end = lines.find("\n", self._room) + 1 or len(lines)
            self._first.append(lines[:end])
            self._room -= end
            lines = lines[end:]
        self._last.append(lines)
        self._letters += len(lines)
        while self._letters - len(self._last[0]) > LAST_PIECES * PIECE:
            length = len(self._last.popleft())
            self._letters -= length
            self._left_out += length

    def empty(self) -> str:
        """Return what waits, and what was left out of it; nothing does any more."""
        mark = f"… {self._left_out} letters left out …\n" if self._left_out else ""
        text = "".join([*self._first, mark, *self._last])
        self._first.clear()
        self._last.clear()
        self._letters, self._left_out = 0, 0
        return text


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
        self._screen = Screen()
        self._key = OpenKey()
        self._waiting = _Waiting()
        self._number, self._filled = 0, 0
        # Who prints waits for the one, not for the other.
        self._lock, self._handing_on = threading.RLock(), threading.RLock()
        listen(self.take)
        self._repeat = Repeat("ato-sql-console", 1.0, self._go_on)
        atexit.register(self.stop)

    def take(self, text: str) -> None:
        """Take what was printed."""
        self._parts.append(text)
        self._letters += len(text)
        if self._letters > MOST_LETTERS:
            try:
                self._see()
            except Exception:  # whoever prints is not to hear of it
                log.exception("what was printed could not be kept")

    def _see(self, last: bool = False) -> None:
        """Let the whole lines wait as they are seen; with `last` what has no end yet, too."""
        with self._lock:
            lines = self._without_key(self._screen.take(self._printed(), last))
            if lines:
                self._waiting.add(lines)

    def _without_key(self, lines: str) -> str:
        """Leave out the lines of a private key whose frame was handed on before them."""
        end = self._key.take(lines)
        is_hidden = end > 0 and self._hide(_FRAME + lines[:end]) != _FRAME + lines[:end]
        return lines[end:] if is_hidden else lines

    def _printed(self) -> str:
        parts = []
        while self._parts:
            parts.append(self._parts.popleft())
        text = "".join(parts)
        self._letters -= len(text)
        return text

    def flush(self, last: bool = False) -> None:
        """Hand on the whole lines that wait; with `last` what has no end yet, too."""
        with self._handing_on:
            self._see(last)
            with self._lock:
                lines = self._waiting.empty()
            if lines:
                self._put(self._pieces(self._hide(lines)))

    def _go_on(self) -> None:
        hear_again()
        self.flush()

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
        leave(self.take)
        self._repeat.stop()
        self.flush(last=True)
