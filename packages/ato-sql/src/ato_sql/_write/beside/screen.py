"""What a program prints, as a terminal shows it at its end: no colours, the last state of a bar."""

from __future__ import annotations

import re

from ato_sql._values.values import clean_text

# Letters without an end of a line that wait for one, and lines that a cursor may go back to.
MOST_LETTERS, MOST_LINES = 65_536, 20
_AFTER = (  # an escape: a control sequence, a string such as a title, or a letter
    r"(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[ -/]*[0-OQ-WYZ\\`-~])"
)
_ESCAPES = re.compile(rf"\x1b{_AFTER}")
_MOVE = r"\x1b\[(\d*)(?:;\d*)*([A-HJKf])"
_COLOURS = re.compile(r"\x1b\[[\d;:]*m")
_GOES_BACK = re.compile(rf"\x08|{_MOVE}")
_MOVES = re.compile(rf"([^\n\r\x08\x1b]+|\x1b(?!{_AFTER}))|(\n)|(\r)|(\x08+)|{_MOVE}|\x1b{_AFTER}")
_CLEARS = "\x1b[2K"
_UP = r"\x1b\[1A\x1b\[2K"
# What was drawn between two clearings of as many lines: letters, ends of lines and colours.
_REDRAWN = re.compile(
    rf"\r\x1b\[2K((?:{_UP})*)([^\x1b\r\x08]*(?:\x1b\[[\d;:]*m[^\x1b\r\x08]*)*)"
    rf"(?=\r\x1b\[2K\1(?!{_UP}))"
)
_NO_END = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[ -/]+|[\]PX^_][^\x07\x1b\n]{0,200}\x1b?)?\Z")
_WIDEST = 400  # columns that a cursor passes; how wide the terminal is nobody knows
_FAR = 10**9


class Screen:
    """The lines that a program may still change.

    Most programs change none but the last one: of them whole lines are handed on as they come.
    Where a cursor goes up or back or erases the lines around it are followed, as nested bars need
    it. What is written from the start of a line takes its place; what a cursor only passes stays.
    """

    def __init__(self) -> None:
        self._rest = ""  # printed and not looked at: it has no end yet
        self._rows: list[str | None] = []  # None: gone back to, and nothing written there yet
        self._row, self._column, self._highest = 0, 0, 0
        self._is_fresh = True  # what is written takes the place of the line, as a bar is drawn
        self._reach = 0  # so many lines up the cursor went of late, and may go again

    def take(self, text: str, last: bool = False) -> str:
        """Take what was printed; return the lines that stay, with `last` all that there is."""
        text = self._rest + text
        if self._rows or _GOES_BACK.search(text):
            return self._follow(text, last)
        end = len(text) if last else text.rfind("\n") + 1
        lines, self._rest = as_seen(text[:end]), text[end:]
        if len(self._rest) > MOST_LETTERS:  # a progress bar, of which only the last state counts
            self._rest = as_seen(self._rest) + ("\r" if self._rest[-1] == "\r" else "")
        if len(self._rest) > MOST_LETTERS:
            lines, self._rest = lines + self._rest, ""
        return lines

    def _follow(self, text: str, last: bool) -> str:
        self._rows = self._rows or [""]
        text = _without_redrawn(text)
        text = _COLOURS.sub("", text)  # most escapes of a bar, in a fraction of the time
        half = _NO_END.search(text)
        end = half.start() if half and not last else len(text)
        self._rest = text[end:]
        self._highest = _FAR
        # What clears its line draws it anew: it will go up all the lines that it draws now.
        drawn = text.count("\n", 0, end) if _CLEARS in text else 0
        reach, self._reach = max(self._reach, drawn), 0
        do = self._do
        for move in _MOVES.finditer(text, 0, end):
            do(*move.groups())
        # A bar comes in pieces: down, what is drawn, back up.
        settled = self._settled(last, self._reach or reach)
        if not end:
            self._reach = reach
        return settled

    def _do(self, written: str, newline: str, start: str, back: str, many: str, way: str) -> None:
        if written:
            self._write(written)
        elif newline:
            self._go_down()
            self._go_to_start()
        elif start:
            self._go_to_start()
        elif back:
            self._column = max(0, self._column - len(back))
        elif way in ("J", "K"):
            self._erase(int(many[:7] or 0), way)
        elif way:
            self._move(int(many[:7] or 1) or 1, way)

    def _go_to_start(self) -> None:
        self._column, self._is_fresh = 0, True

    def _write(self, text: str) -> None:
        old = "" if self._is_fresh else self._rows[self._row] or ""
        end = self._column + len(text)
        self._rows[self._row] = old[: self._column].ljust(self._column) + text + old[end:]
        self._column, self._is_fresh = end, False

    def _move(self, many: int, way: str) -> None:
        if way in "AF":
            self._go_up(many)
        elif way in "BE":
            self._row = min(self._row + many, len(self._rows) - 1)
        elif way in "CDG":
            self._go_along({"C": self._column + many, "D": self._column - many, "G": many - 1}[way])
        else:  # to a place on the screen, of which nobody knows what it shows
            self._begin_anew()
        if way in "EF":
            self._go_to_start()

    def _go_along(self, column: int) -> None:
        if column <= 0:
            self._go_to_start()
        else:
            self._column = min(column, max(self._column, _WIDEST))
            self._is_fresh = False

    def _erase(self, part: int, way: str) -> None:
        """Erase from the cursor on, up to it (1) or all (2), of the line (K) or the screen (J)."""
        if way == "J" and part:
            if part > 1:  # what a program clears away stays in what is kept
                self._begin_anew()
            return
        row = self._rows[self._row]
        if row is not None:
            after = row[self._column + 1 :].rjust(len(row)).rstrip() if part == 1 else ""
            self._rows[self._row] = row[: self._column] if part == 0 else after
        if way == "J":
            below = self._row + 1
            self._rows[below:] = [None if one is None else "" for one in self._rows[below:]]

    def _begin_anew(self) -> None:
        """Go on below all lines."""
        if self._rows[-1]:
            self._rows.append("")
        self._row = self._highest = len(self._rows) - 1
        self._go_to_start()

    def _go_down(self) -> None:
        self._row += 1
        if self._row == len(self._rows):
            self._rows.append("")

    def _go_up(self, many: int) -> None:
        above = self._row - many
        if len(self._rows) - above > MOST_LINES:  # what is so far up stays, and is printed again
            self._begin_anew()
            return
        self._reach = max(self._reach, many)
        if above < 0:  # to lines that are stored already
            self._rows[:0] = [None] * -above
            above = 0
        self._row = above
        self._highest = min(self._highest, above)

    def _settled(self, last: bool, reach: int) -> str:
        """Return the lines above those that the cursor was on of late, or may go up to."""
        end = max(0, min(self._highest, self._row - reach), len(self._rows) - MOST_LINES)
        letters = self._letters_from(end)
        if letters > MOST_LETTERS:
            end = self._row
            letters = self._letters_from(end)
        if last:
            while len(self._rows) > self._row + 1 and not any(self._rows[-2:]):
                self._rows.pop()  # lines of bars that were erased at their end
        if last or letters > MOST_LETTERS:
            end = len(self._rows)
        rows = [row for row in self._rows[:end] if row is not None]
        del self._rows[:end]
        self._row -= end
        if not self._rows:
            self._row = 0
            self._go_to_start()
        elif len(self._rows) == 1 and (self._is_fresh or self._column == len(self._rows[0] or "")):
            # Only the last line is left: what follows need not be looked at letter by letter.
            self._rest = (self._rows.pop() or "") + ("\r" if self._is_fresh else "") + self._rest
        return clean_text("\n".join(rows) if last else "".join(f"{row}\n" for row in rows))

    def _letters_from(self, row: int) -> int:
        return sum(len(text or "") for text in self._rows[row:])


def _without_redrawn(text: str) -> str:
    """Leave out what was drawn and cleared again, as nobody can tell that it was there.

    That is a drawing between two others that each clear as many lines as it has. One of fewer or
    more lines leaves the cursor elsewhere, and the first may go to lines that are not there yet.
    """
    before = None  # where a drawing ended, and what it cleared

    def kept(drawing: re.Match[str]) -> str:
        nonlocal before
        ups, drawn = drawing.groups()
        is_drawn_again = before == (drawing.start(), ups)
        fits = drawn.count("\n") * len("\x1b[1A\x1b[2K") == len(ups)
        before = (drawing.end(), ups) if fits else None
        return "" if is_drawn_again and fits else drawing.group()

    return _REDRAWN.sub(kept, text)


def as_seen(text: str) -> str:
    """Return lines as they are at their end."""
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return clean_text(text)
