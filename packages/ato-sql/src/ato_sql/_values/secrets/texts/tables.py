"""Blank secrets in tables: drawn with lines, printed in columns, or with signs between cells."""

from __future__ import annotations

import re
from typing import Mapping, Sequence, Union

from ato_sql._values.secrets.names import is_secret_key, says_password
from ato_sql._values.secrets.shapes import NOTHING, REDACTED, is_token, looks_random
from ato_sql._values.secrets.texts import columns, separated
from ato_sql._values.secrets.texts.cells import RULE, hide_below

# A row of a table that is drawn, as Markdown and rich do.
_ROW = re.compile(r"[ \t]{0,4}[|│┃║][^\n]{3,4000}[|│┃║][ \t\r]*")
_BAR = re.compile(r"([|│┃║])")
_DRAWN_MARKS = " \t*`_"
_WORD = re.compile(r"(?<![\w.\-])[^\W\d][\w.\-]{0,99}")
_KEY = re.compile("key", re.IGNORECASE)  # of two words, as in `Secret access key`
_LONGEST = 4000
_MOST_LINES = 50  # of one row, whose cells may hold ends of lines
_Table = Union[separated.Head, columns.Columns, columns.Listed]


def redact_drawn(text: str, extra: Sequence[str] = ()) -> str:
    """Blank secrets in tables that are drawn: behind their name, or below it in the head."""
    if not _BAR.search(text):
        return text
    lines = text.split("\n")
    below: dict[int, str] | None = None  # by column, its title; None before a table
    for number, line in enumerate(lines):
        if RULE.fullmatch(line):
            continue
        is_ruled = RULE.fullmatch("".join(lines[number + 1 : number + 2])) is not None
        is_open = below is not None or is_ruled  # psql draws no lines at the sides
        if not (_ROW.fullmatch(line) or (is_open and _BAR.search(line))):
            below = None
            continue
        cells = _BAR.split(line)
        names = {n: cell.strip(_DRAWN_MARKS) for n, cell in enumerate(cells)}
        secret = {n: name for n, name in names.items() if name and is_secret_key(name, extra)}
        if below is None and is_ruled:
            below = secret
            continue
        below = below or {}
        hidden = [_drawn_cell(n, cell, secret, below) for n, cell in enumerate(cells)]
        lines[number] = "".join(hidden)
    return "\n".join(lines)


def _drawn_cell(n: int, cell: str, secret: Mapping[int, str], below: Mapping[int, str]) -> str:
    value = cell.strip()
    is_behind = any(place < n for place in secret)
    is_next = says_password(secret.get(n - 2, ""))  # between them is a bar
    is_value = (is_behind and is_token(value)) or (is_next and looks_random(value))
    if n in below:
        return hide_below(below[n], cell)
    return cell.replace(value, REDACTED) if is_value and not NOTHING.match(value) else cell


def redact_printed(text: str, extra: Sequence[str] = ()) -> str:
    """Blank what stands below or beside a secret's name in CSV and in printed columns."""
    names = set(_WORD.findall(text)) if "\n" in text else ()
    if not names or not (_KEY.search(text) or any(is_secret_key(n, extra) for n in names)):
        return text
    lines, shown, at = text.split("\n"), [], 0
    table: _Table | None = None
    while at < len(lines):
        end = _end_of_row(lines, at, table)
        line = "\n".join(lines[at:end])
        row = table.hide(line) if table is not None and len(line) <= _LONGEST else None
        if row is None:
            line, end = lines[at], at + 1
            row = _hide_beside(line, extra)
            table = _table_below(lines, at, extra) if row == line else None
        shown.append(row)
        at = end
    return columns.hide_series("\n".join(shown), extra)


def _end_of_row(lines: Sequence[str], at: int, table: _Table | None) -> int:
    """Return where the row that begins there ends; within quotes it goes on in the next line."""
    if not isinstance(table, separated.Head) or not separated.is_open(lines[at]):
        return at + 1
    for end in range(at + 1, min(at + _MOST_LINES, len(lines))):
        if separated.is_open(lines[end]):
            return end + 1
    return at + 1


def _hide_beside(line: str, extra: Sequence[str]) -> str:
    if len(line) > _LONGEST:
        return line
    return columns.hide_row(separated.hide_row(line, extra), extra)


def _table_below(lines: Sequence[str], at: int, extra: Sequence[str]) -> _Table | None:
    if len(lines[at]) > _LONGEST:
        return None
    below = lines[at + 1] if at + 1 < len(lines) else ""
    head = separated.read_head(lines[at], extra)
    return head or columns.read_columns(lines[at], below, extra)
