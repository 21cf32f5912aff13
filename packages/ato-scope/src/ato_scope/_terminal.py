"""Text for a terminal: its width, bold where it can, aligned columns; plain when piped."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

NO_LIMIT = 10_000


def is_terminal() -> bool:
    """Whether standard output is shown to a person."""
    try:
        return sys.stdout.isatty()
    except (AttributeError, ValueError):
        return False


def width() -> int:
    """Return the columns of the terminal; practically no limit when piped."""
    if not is_terminal():
        return NO_LIMIT
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and len(columns) < 10 and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def bold(text: str) -> str:
    """Return `text` in bold, where the terminal shows it and the user has not set NO_COLOR."""
    if is_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
        return f"\033[1m{text}\033[0m"
    return text


def clip(text: str, room: int) -> str:
    """Return `text` cut to `room` columns."""
    return text if len(text) <= room else text[: max(0, room - 3)] + "..."


def columns(rows: Sequence[Sequence[str]], indent: str = "  ", cap: int = 36) -> list[str]:
    """Return lines of aligned columns; the last one is wrapped to the width of the terminal.

    Args:
        rows: Cells, the same number in each row.
        indent: What each line starts with.
        cap: The most columns any but the last cell may take when shown in a terminal.
    """
    if not rows:
        return []
    limit = cap if is_terminal() else NO_LIMIT
    rows = [[clip(cell, limit) for cell in row[:-1]] + [row[-1]] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    lines: list[str] = []
    for row in rows:
        start = indent + "".join(cell.ljust(w + 2) for cell, w in zip(row, widths))
        lines += _wrapped(start, row[-1])
    return lines


def _wrapped(start: str, text: str) -> list[str]:
    room = max(20, width() - len(start))
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return [(start if n == 0 else " " * len(start)) + line for n, line in enumerate(lines)]


def drop_output() -> None:
    """Send what is still printed nowhere: `train.py manual | head` closed the pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
