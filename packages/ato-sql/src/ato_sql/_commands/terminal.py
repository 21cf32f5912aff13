"""Tables on a terminal, through rich where it is there, and plain ones where piped."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from typing import Any, Sequence

from ato_sql._values.shown import text_of
from ato_sql._values.values import plain


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows under their columns; numbers to the right."""
    texts = [[text_of(cell) for cell in row] for row in rows]
    right = [bool(rows) and all(_is_number(row[i]) for row in rows) for i in range(len(columns))]
    if not (sys.stdout.isatty() and _print_rich(columns, texts, right)):
        _print_plain(columns, texts, right)


def _print_rich(
    columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]
) -> bool:
    try:
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ImportError:
        return False
    table = Table(box=box.SIMPLE_HEAD)
    for column, is_right in zip(columns, right):
        table.add_column(Text(column), justify="right" if is_right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(no_color="NO_COLOR" in os.environ).print(table)
    return True


def _print_plain(
    columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]
) -> None:
    lines = [list(map(_written, line)) for line in (columns, *rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(columns))]
    for line in lines:
        cells = [_pad(cell, w, r) for cell, w, r in zip(line, widths, right)]
        print("  ".join(cells).rstrip())


def _written(text: str) -> str:
    """Return a text as the output takes it: what its encoding lacks is escaped, and so longer."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _pad(cell: str, width: int, right: bool) -> str:
    blanks = " " * (width - _width(cell))
    return blanks + cell if right else cell + blanks


def _width(text: str) -> int:
    """Columns on a terminal, wide characters counting twice."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _is_number(cell: Any) -> bool:
    return cell is None or (isinstance(cell, (int, float)) and not isinstance(cell, bool))


def lines_of(text: str, keep_tabs: bool = False) -> str:
    """Return a text of several lines that cannot steer the terminal.

    Args:
        text: the lines.
        keep_tabs: whether tabs, by which programs read columns, stay; else they are blanks.
    """
    if keep_tabs:
        return "\n".join("\t".join(map(text_of, line.split("\t"))) for line in text.splitlines())
    return "\n".join(text_of(line.expandtabs()) for line in text.splitlines())


def print_json(value: Any) -> None:
    """Print JSON; NaN and ±inf, which it does not have, as `"nan"`, `"inf"` and `"-inf"`."""
    print(json.dumps(plain(value), ensure_ascii=not _is_unicode()))


def _is_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
