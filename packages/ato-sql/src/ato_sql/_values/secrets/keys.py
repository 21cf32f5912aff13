"""Private keys that come in parts, the frame of one in one text and its lines in the next."""

from __future__ import annotations

import re

_BEGIN = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
# A line of a key: what is encoded, a header such as `DEK-Info: …`, or none.
_LINE = re.compile(
    r"(?!\Z)[ \t]{0,40}(?:[A-Za-z0-9+/=]{1,200}|[A-Z][A-Za-z\-]{1,30}: [^\n]{0,200})?"
    r"[ \t]{0,40}(?:\n|\Z)"
)
_LONGEST = 65_536  # letters: where no end comes, no more than these are taken for a key


class OpenKey:
    """Remembers over the texts of a stream whether a private key began and did not end."""

    def __init__(self) -> None:
        self._left = 0

    def take(self, lines: str) -> int:
        """Return how many letters at the start are of a key that began before."""
        at = 0
        while at < self._left:
            line = _LINE.match(lines, at)
            if line is None:
                break
            at = line.end()
        self._left = self._left - at if at == len(lines) else 0
        if "PRIVATE KEY" in lines:
            self._look_for_start(lines)
        return at

    def _look_for_start(self, lines: str) -> None:
        for begin in _BEGIN.finditer(lines):
            at = begin.end()
            line = _LINE.match(lines, at)
            while line is not None:
                at = line.end()
                line = _LINE.match(lines, at)
            self._left = _LONGEST if at == len(lines) else 0
