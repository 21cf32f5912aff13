"""Where the literals of a tree stand in its text, and how they are blanked there."""

from __future__ import annotations

import ast
import re
from typing import Any, Iterable

from ato_sql._values.secrets.shapes import REDACTED
from ato_sql._values.secrets.syntax.values import text_of

_ONE = (
    r"""(?:[rbfuRBFUtT]{0,2}(?:'{3}(?:[^\\]|\\[\s\S])*?'{3}|"{3}(?:[^\\]|\\[\s\S])*?"{3}"""
    r"""|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"))"""
)
_LITERAL = re.compile(_ONE)
_NUMBER = re.compile(r"\d\w*")
# What may stand between the parts of one literal.
_BETWEEN = re.compile(r"(?:\s|\\\r?\n|\#[^\n]*\n)*")
_START = re.compile(r"""([rbfuRBFUtT]{0,2})("{3}|'{3}|"|')""")
_PIECES = re.compile(rf"\#[^\n]*|{_ONE}")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Text:
    """A text and the offsets of its lines, which a tree counts from 1 and in bytes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._bytes: dict[int, list[int]] = {}
        self._long: dict[int, int] | None = None

    def span(self, node: Any) -> tuple[int, int] | None:
        """Return where a literal begins and ends; None where it is not found."""
        # Python 3.7 gives a text of many lines the place where its first part ends.
        is_old = node.col_offset < 0
        start = self._long_ones().get(node.lineno) if is_old else self._at(node)
        number = None if start is None else _NUMBER.match(self.text, start)
        if number is not None:
            return number.span()
        if start is None or not _LITERAL.match(self.text, start):
            return None
        if getattr(node, "end_lineno", None) is None:
            return start, _end(self.text, start, text_of(node))
        return start, self._offset(node.end_lineno, node.end_col_offset)

    def _at(self, node: Any) -> int:
        return self._offset(node.lineno, node.col_offset)

    def _offset(self, line: int, column: int) -> int:
        start = self._lines[line - 1]
        if line not in self._bytes:
            end = self._lines[line] if line < len(self._lines) else len(self.text)
            self._bytes[line] = _columns(self.text[start:end])
        columns = self._bytes[line]
        return start + (columns[column] if column < len(columns) else column)

    def _long_ones(self) -> dict[int, int]:
        """Return by the line where it ends where each literal of more than one line begins."""
        if self._long is None:
            self._long, line, at = {}, 1, 0
            for found in _PIECES.finditer(self.text):
                line += self.text.count("\n", at, found.start())
                inside = found.group(0).count("\n")
                at, line = found.end(), line + inside
                if inside:
                    self._long[line] = found.start()
        return self._long


def _end(text: str, start: int, value: str | bytes | None) -> int:
    """Return where a literal of several parts ends, which Python 3.7 does not tell.

    A text in a line of its own may follow, so that its value decides; an f-string has none.
    """
    end, read = start, value[:0] if value is not None else None
    found = _LITERAL.match(text, start)
    while found is not None and (value is None or read != value):
        end = found.end()
        if read is not None:
            read += ast.literal_eval(found.group(0))
        found = _LITERAL.match(text, _BETWEEN.match(text, end).end())  # type: ignore[union-attr]
    return end


def _columns(line: str) -> list[int]:
    """Return by the byte of a line its character; nothing where they are the same."""
    if len(line) == len(line.encode("utf-8", "surrogatepass")):
        return []
    columns: list[int] = []
    for number, character in enumerate(line):
        columns += [number] * len(character.encode("utf-8", "surrogatepass"))
    return [*columns, len(line)]


def blank(text: str, nodes: Iterable[ast.AST]) -> str:
    """Return a text with these literals of it blanked."""
    places = Text(text)
    spans = sorted({span for span in map(places.span, nodes) if span is not None})
    parts, at = [], 0
    for start, end in spans:
        if start < at:
            continue  # within one that is blanked
        parts += [text[at:start], _blanked(text, start)]
        at = end
    return "".join(parts) + text[at:]


def _blanked(text: str, start: int) -> str:
    if text[start].isdigit():
        return f'"{REDACTED}"'
    prefix, quote = _START.match(text, start).groups()  # type: ignore[union-attr]
    kept = "b" if "b" in prefix.lower() else ""
    return f"{kept}{quote}{REDACTED}{quote}"
