"""Rows of CSV and of what else has a sign between its cells: heads, rows, cells in quotes."""

from __future__ import annotations

import re
from typing import Mapping, Sequence

from ato_sql._values.secrets.names import is_secret_key
from ato_sql._values.secrets.texts.cells import hide_beside, hide_cells, is_number

_SIGNS = ",;\t|"
_TITLE = re.compile(r"[\w.\-]{1,100}")
# `Secret access key`, as consoles name the columns of what they export.
_SAID = re.compile(r"[\w.\-]{1,60}(?: \(?[\w.\-]{1,60}\)?){0,3}")
_IS_TITLE = re.compile(r"""(["']?)[\w.\-]{0,100}\1""")
_MARK = "\ufeff"  # with which Windows begins a file


class Head:
    """The first line of a table whose cells have a sign between them."""

    def __init__(self, sign: str, width: int, secret: Mapping[int, str], is_sure: bool) -> None:
        """Take what the line tells.

        Args:
            sign: What stands between the cells.
            width: How many cells a row has.
            secret: The names of secrets, by column.
            is_sure: Whether it can be nothing but a head.
        """
        self._sign, self._width, self._secret = sign, width, secret
        self._is_sure = is_sure

    def hide(self, line: str) -> str | None:
        """Return a row with its secrets hidden; None if a line is no row of this table."""
        if not line.strip():
            self._is_sure = False  # what stands below may be a text
            return line
        spans = _cells(line, self._sign)
        if len(spans) != self._width:
            return None
        return hide_cells(line, spans, self._secret, self._is_sure)


def read_head(line: str, extra: Sequence[str]) -> Head | None:
    """Return the head that a line is; None if it is none, or one without secrets."""
    line = line.lstrip(_MARK).rstrip("\r")
    for sign in _SIGNS:
        if sign not in line:
            continue
        cells = line.split(sign)
        titles = [cell.strip().strip("\"'") for cell in cells]
        # An index has no name; what begins with a tab is indented, what ends in a sign is code.
        names = titles[1:] if not titles[0] and (len(titles) > 2 or sign != "\t") else titles
        if not all(map(_SAID.fullmatch, names)):
            continue
        if any(map(is_number, titles)):  # `pass,12` is a row
            return None
        plain = [one.partition("(")[0] for one in titles]  # `token (classic)`
        secret = {n: one for n, one in enumerate(plain) if one and is_secret_key(one, extra)}
        is_sure = sign != "|" and all(map(_IS_TITLE.fullmatch, cells))
        return Head(sign, len(cells), secret, is_sure) if secret else None
    return None


def hide_row(line: str, extra: Sequence[str]) -> str:
    """Return a line without the secrets that stand behind their name: `password,x1,x2`."""
    for sign in _SIGNS:
        name, found, rest = line.partition(sign)
        title = name.lstrip(_MARK).strip().strip("\"'")
        if not found or not _TITLE.fullmatch(title) or not is_secret_key(title, extra):
            continue
        cells = [hide_beside(title, cell) for cell in rest.split(sign)]
        return name + sign + sign.join(cells)
    return line


def is_open(line: str) -> bool:
    """Tell whether a line opens quotes that it does not close, or closes what others opened."""
    return line.count('"') % 2 == 1


def _cells(line: str, sign: str) -> list[tuple[int, int]]:
    spans, start, is_quoted = [], 0, False
    for place, letter in enumerate(line):
        if letter == '"':
            is_quoted = not is_quoted
        elif letter == sign and not is_quoted:
            spans.append((start, place))
            start = place + 1
    return [*spans, (start, len(line))]
