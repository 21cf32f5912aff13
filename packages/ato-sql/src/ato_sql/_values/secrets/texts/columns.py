"""Columns of printed tables, as data frames and programs print them: with blanks in between."""

from __future__ import annotations

import re
from typing import Mapping, NamedTuple, Sequence

from ato_sql._values.secrets.names import is_secret_key
from ato_sql._values.secrets.texts.cells import RULE, hide_below, hide_beside, hide_cells

_NAME = re.compile(r"[\w.\-]{1,100}")
_FIRST = re.compile(r"0[ ]{2}")  # the first row of an index
_NAMES = re.compile(r"[ ]{0,400}[\w.\-]{1,100}(?:[ ]{1,400}[\w.\-]{1,100})*[ \r\\]{0,400}")
_GAP = re.compile(r"[ ]{2,400}")
_ROW = re.compile(r"([ ]{0,8}([\w.\-]{1,100})[ ]{2,400})([^\s|][^|]{0,3900})")
# What pandas prints below a column: `Name: password, dtype: object`.
_SERIES = re.compile(
    r"(?:Freq: [\w\-]{1,20}, )?Name: ([^\n,]{1,100}), (?:Length: \d{1,12}, )?dtype: \w"
)
_ITEM = re.compile(r"(\S[^\n]{0,400}?[ ]{2,400})(\S(?:[^\n ]|[ ](?! )){0,400})\r?")


class Title(NamedTuple):
    """The name of a column, and where it stands."""

    name: str
    start: int
    end: int


class Columns:
    """The columns of a printed table below its head.

    Each row is asked whether its cells end below their names, as pandas prints them, or begin
    there, as most others do.
    """

    def __init__(self, titles: Sequence[Title], secret: Mapping[int, str], is_sure: bool) -> None:
        self._titles, self._secret, self._is_sure = titles, secret, is_sure
        self._is_sparse = False  # whether a row may leave out what it shares with the one above

    def hide(self, line: str) -> str | None:
        """Return a row with its secrets hidden; None if a line is no row of this table."""
        if self._names_index(line):
            self._is_sparse = True
            return line
        spans = self._spans(line)
        if spans is None:
            return None
        return hide_cells(line, spans, self._secret, self._is_sure)

    def _names_index(self, line: str) -> bool:
        """Tell whether a line only names what the rows begin with: `user        `."""
        end = len(line.rstrip())
        return 0 < end <= self._titles[0].start and line[:1].strip() != "" and len(line) > end

    def _spans(self, line: str) -> list[tuple[int, int]] | None:
        ends = [one.end for one in self._titles]
        is_full = bool(line[:1].strip()) or self._is_sparse or self._titles[0].start < 2
        if is_full and not line[ends[-1] :].strip() and all(_is_end(line, end) for end in ends):
            gap = line.rfind("  ", 0, ends[0])
            first = gap if gap >= 0 else line.find(" ", 0, ends[0])
            return list(zip([max(first, 0), *ends], ends))
        starts = [one.start for one in self._titles]
        if all(_is_start(line, start) for start in starts):
            return list(zip(starts, [*starts[1:], len(line)]))
        return None


class Listed:
    """What stands below one name and the line drawn below it, a word a line."""

    def __init__(self, name: str) -> None:
        self._name = name

    def hide(self, line: str) -> str | None:
        """Return a line with its secret hidden; None if it is none of this list."""
        words = line.split()
        return hide_beside(self._name, line) if len(words) == 1 else None


def read_columns(line: str, below: str, extra: Sequence[str]) -> Columns | Listed | None:
    """Return the columns whose head a line is; None if it is none, or one without secrets.

    Args:
        line: The line.
        below: The next one.
        extra: More names of secrets.
    """
    if not _NAMES.fullmatch(line):
        return None
    titles = [Title(one.group(), *one.span()) for one in _NAME.finditer(line)]
    secret = {n: one.name for n, one in enumerate(titles) if is_secret_key(one.name, extra)}
    if not secret:
        return None
    is_framed = line.startswith("  ")  # above the index of a data frame
    if len(titles) == 1 and not is_framed:
        return Listed(titles[0].name) if below.strip() and RULE.fullmatch(below) else None
    is_wide = len(titles) > 1 and len(_GAP.split(line.strip())) == len(titles)
    is_sure = is_wide or (is_framed and (len(titles) > 1 or _FIRST.match(below) is not None))
    return Columns(titles, secret, is_sure)


def hide_row(line: str, extra: Sequence[str]) -> str:
    """Return a line without the secrets that stand in columns behind their name."""
    found = _ROW.fullmatch(line)
    if found is None or not is_secret_key(found.group(2), extra):
        return line
    cells = re.split(r"([ ]{2,400})", found.group(3))
    return found.group(1) + "".join(hide_beside(found.group(2), cell) for cell in cells)


def hide_series(text: str, extra: Sequence[str]) -> str:
    """Return a text without what stands above `Name: password, dtype: object`, as pandas prints."""
    if ", dtype: " not in text:
        return text
    lines, first = text.split("\n"), 0
    for number, line in enumerate(lines):
        found = _SERIES.match(line)
        if found is None:
            continue
        for above in range(number - 1, first - 1, -1):
            item = _ITEM.fullmatch(lines[above])
            if item is None or not is_secret_key(found.group(1), extra):
                break
            lines[above] = item.group(1) + hide_below(found.group(1), item.group(2))
        first = number + 1
    return "\n".join(lines)


def _is_end(line: str, end: int) -> bool:
    return bool(line[end - 1 : end].strip()) and not line[end : end + 1].strip()


def _is_start(line: str, start: int) -> bool:
    return bool(line[start : start + 1].strip()) and not line[max(0, start - 2) : start].strip()
