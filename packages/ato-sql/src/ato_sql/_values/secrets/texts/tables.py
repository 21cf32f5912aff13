"""Blank secrets in tables: drawn with lines, printed in columns, or with commas between cells."""

from __future__ import annotations

import re
from typing import Callable, Mapping, Optional, Sequence

from ato_sql._values.secrets.names import is_secret_key, may_be_words, says_password
from ato_sql._values.secrets.shapes import NOTHING, REDACTED, is_key, is_token, looks_random

# Returns a row with its secrets hidden; None if a line is no row of the table.
_Rows = Callable[[str], Optional[str]]

# A row of a table that is drawn, as Markdown and rich do, and the line below its head.
_ROW = re.compile(r"[ \t]{0,4}[|│┃║][^\n]{3,4000}[|│┃║][ \t\r]*")
_BAR = re.compile(r"([|│┃║])")
_RULE = re.compile(r"[\s|+:\-=\u2500-\u257f]+")  # the last are lines and their corners
_DRAWN_MARKS = " \t*`_"
# A head of names alone: with commas, as in CSV, or in columns, as a data frame is printed.
_NAME = re.compile(r"[\w.\-]{1,100}")
_WORD = re.compile(r"(?<![\w.\-])[^\W\d][\w.\-]{0,99}")
_NAMES = re.compile(r"""(?:["']?[\w.\-]{1,100}["']?)?(?:([,;\t])["']?[\w.\-]{1,100}["']?)+\r?""")
_NAME_OR_NONE = re.compile(r"(?<![^,;\t])[^,;\t\r]*")
_COLUMNS = re.compile(r"[ ]{0,400}[\w.\-]{1,100}(?:[ ]{1,400}[\w.\-]{1,100})*[ \r]{0,400}")
_GAP = re.compile(r"[ ]{2,400}")
_LONGEST = 4000


def redact_drawn(text: str, extra: Sequence[str] = ()) -> str:
    """Blank secrets in tables that are drawn: behind their name, or below it in the head."""
    if not _BAR.search(text):
        return text
    lines = text.split("\n")
    below: dict[int, str] | None = None  # by column, its title; None before a table
    for number, line in enumerate(lines):
        if _RULE.fullmatch(line):
            continue
        is_ruled = _RULE.fullmatch("".join(lines[number + 1 : number + 2])) is not None
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
        return _cell_below(below[n], cell)
    return cell.replace(value, REDACTED) if is_value and not NOTHING.match(value) else cell


def redact_printed(text: str, extra: Sequence[str] = ()) -> str:
    """Blank what stands below a secret's name in CSV and in columns, as data frames are printed."""
    if "\n" not in text or not any(is_secret_key(n, extra) for n in set(_WORD.findall(text))):
        return text
    lines = text.split("\n")
    hide: _Rows | None = None
    for number, line in enumerate(lines):
        shown = hide(line) if hide is not None and len(line) <= _LONGEST else None
        if shown is None:
            hide = _rows_below(line, extra)
        else:
            lines[number] = shown
    return "\n".join(lines)


def _rows_below(head: str, extra: Sequence[str]) -> _Rows | None:
    """Return what hides secrets in the rows below a line, if that is the head of a table."""
    if len(head) > _LONGEST:
        return None
    separated = _NAMES.fullmatch(head)
    if separated is None and not _COLUMNS.fullmatch(head):
        return None
    names = list((_NAME_OR_NONE if separated else _NAME).finditer(head))
    titles = [one.group().strip("\"'") for one in names]
    secret = {n: title for n, title in enumerate(titles) if is_secret_key(title, extra)}
    if not secret:
        return None
    if separated:
        return _separated(separated.group(1), len(names), secret)
    if head.startswith("  "):  # above the index of a data frame
        return _to_the_right([one.end() for one in names], secret)
    starts = [one.start() for one in names]
    is_wide = len(names) > 1 and len(_GAP.split(head.strip())) == len(names)
    return _to_the_left(starts, secret) if is_wide else None


def _separated(sign: str, width: int, secret: Mapping[int, str]) -> _Rows:
    def hide(line: str) -> str | None:
        spans = _cells(line, sign)
        return _hidden(line, spans, secret) if len(spans) == width else None

    return hide


def _cells(line: str, sign: str) -> list[tuple[int, int]]:
    spans, start, is_quoted = [], 0, False
    for place, letter in enumerate(line):
        if letter == '"':
            is_quoted = not is_quoted
        elif letter == sign and not is_quoted:
            spans.append((start, place))
            start = place + 1
    return [*spans, (start, len(line))]


def _to_the_right(ends: Sequence[int], secret: Mapping[int, str]) -> _Rows:
    """Return what hides secrets where an index comes first and each cell ends below its name."""

    def hide(line: str) -> str | None:
        if line[:1].strip() == "" or not all(_is_end(line, end) for end in ends):
            return None
        starts = [line.find(" "), *ends]
        return _hidden(line, list(zip(starts, ends)), secret)

    return hide


def _to_the_left(starts: Sequence[int], secret: Mapping[int, str]) -> _Rows:
    """Return what hides secrets where each cell begins below its name, two blanks before it."""

    def hide(line: str) -> str | None:
        if not all(_is_start(line, start) for start in starts):
            return None
        return _hidden(line, list(zip(starts, [*starts[1:], len(line)])), secret)

    return hide


def _is_end(line: str, end: int) -> bool:
    return bool(line[end - 1 : end].strip()) and not line[end : end + 1].strip()


def _is_start(line: str, start: int) -> bool:
    return bool(line[start : start + 1].strip()) and not line[max(0, start - 2) : start].strip()


def _hidden(line: str, spans: Sequence[tuple[int, int]], secret: Mapping[int, str]) -> str:
    for n in sorted(secret, reverse=True):  # from behind, so that places stay
        start, end = spans[n]
        line = line[:start] + _cell_below(secret[n], line[start:end]) + line[end:]
    return line


def _cell_below(name: str, cell: str) -> str:
    value = cell.strip().strip("\"'")
    is_value = is_key(value) if may_be_words(name) else not _RULE.fullmatch(value or "-")
    return cell.replace(value, REDACTED) if is_value and not NOTHING.match(value) else cell
