"""Reading xyz: lines with their indent, then one function per kind of block."""

from __future__ import annotations

import re

from ato_adict._basics.errors import ConfigFileError, NestingError
from ato_adict._files.formats.numbers import MAX_DIGITS
from ato_adict._files.formats.xyz.scalars import marked, number
from ato_adict._files.paths import check_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, NoReturn

_EMPTY: dict[str, Callable[[], Any]] = {
    "[Empty Mapping]": dict,
    "[Empty Sequence]": list,
    "[Empty Tuple]": tuple,
    "[Empty Set]": set,
    "[Empty Frozenset]": frozenset,
}
_MARKS: dict[str, Callable[[Any], Any]] = {
    "[Tuple]": tuple,
    "[Set]": set,
    "[Frozenset]": frozenset,
}
_ITEM = re.compile(r"([0-9]+)\)(?: (.*))?$", re.DOTALL)
_QUOTED_KEY = re.compile(
    r"""((["'])(?:\\.|(?!\2)[^\\])*\2|[bB]"(?:\\.|[^"\\])*"|[bB]'(?:\\.|[^'\\])*'):"""
)
_MARKED = re.compile(r"\[(Date|Datetime|Time)\] (.*)$")


class Line:
    """A line that is neither blank nor a comment: its number from 1, its indent, its text."""

    __slots__ = ("indent", "number", "text")

    def __init__(self, number: int, indent: int, text: str) -> None:
        self.number = number
        self.indent = indent
        self.text = text


class Reader:
    """The lines of a text and how far they are read."""

    def __init__(self, text: str, path: str | None) -> None:
        self.path = path
        self.position = 0
        check_text(text)
        self.lines: list[Line] = []
        for number_, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
            body = raw.lstrip(" ")
            if body and not body.startswith("#"):
                self.lines.append(Line(number_, len(raw) - len(body), body))

    def fail(self, problem: str, line: Line, column: int = 0) -> NoReturn:
        """Raise the error for a line; `column` counts from the start of its text."""
        where = max(line.indent, 0) + column + 1
        raise ConfigFileError(problem, self.path, line.number, where) from None

    def peek(self) -> Line | None:
        """Return the next line without taking it."""
        return self.lines[self.position] if self.position < len(self.lines) else None

    def block(self, indent: int) -> Any:
        """Read the items that stand at `indent`."""
        first = self.lines[self.position]
        if first.text.startswith("|"):
            return self.text_block(indent)
        if _ITEM.match(first.text):
            return self.items(indent)
        return self.mapping(indent)

    def at(self, indent: int) -> Line | None:
        """Take the next line of a block at `indent`; None where the block ends."""
        line = self.peek()
        if line is None or line.indent < indent:
            return None
        if line.indent > indent:
            self.fail("this line is indented more than the lines above it", line)
        if line.text.startswith("\t"):
            self.fail("indent with spaces, not with tabs", line)
        self.position += 1
        return line

    def text_block(self, indent: int) -> str:
        """Read lines that begin with a bar."""
        parts = []
        line = self.at(indent)
        while line is not None:
            if not line.text.startswith("|"):
                self.fail("expected another line of text that begins with '|'", line)
            parts.append(line.text[2:])
            line = self.at(indent)
        return "\n".join(parts)

    def items(self, indent: int) -> list[Any]:
        """Read numbered items."""
        values: list[Any] = []
        line = self.at(indent)
        while line is not None:
            match = _ITEM.match(line.text)
            if match is None:
                self.fail(f"expected item {len(values)}, written '{len(values)}) …'", line)
            if (match.group(1).lstrip("0") or "0") != str(len(values)):
                self.fail(f"expected item {len(values)}, found item {_cut(match.group(1))}", line)
            values.append(self.value(match.group(2) or "", line, match.start(2)))
            line = self.at(indent)
        return values

    def mapping(self, indent: int) -> dict[Any, Any]:
        """Read keys with their values."""
        values: dict[Any, Any] = {}
        line = self.at(indent)
        while line is not None:
            key, text, column = self.key(line)
            if key in values:
                self.fail(f"the key {key!r} appears twice in one mapping", line)
            values[key] = self.value(text, line, column)
            line = self.at(indent)
        return values

    def key(self, line: Line) -> tuple[Any, str, int]:
        """Split a line into key, text behind the colon and the column of that text."""
        quoted = _QUOTED_KEY.match(line.text)
        if quoted:
            end = quoted.end() - 1
            key = self.literal(quoted.group(1), line, 0)
        else:
            end = line.text.find(":")
            if end < 0:
                self.fail("expected 'key: value'", line)
            key = self.number(line.text[:end].strip(" "), line, 0)
        rest = line.text[end + 1 :]
        if rest and not rest.startswith(" "):
            self.fail("expected a space behind the colon", line, end + 1)
        return key, rest[1:], end + 2

    def value(self, text: str, line: Line, column: int) -> Any:
        """Return the value behind a key or number: on the line, or in the block below it."""
        text = text.strip(" ")
        below = self.peek()
        has_block = below is not None and below.indent > line.indent
        if below is not None and has_block and (not text or text in _MARKS):
            block = self.block(below.indent)
            return self.marked_block(text, block, line) if text else block
        if text in _MARKS:
            self.fail(f"nothing stands below {text}; write [Empty {text[1:]}", line, column)
        return self.scalar(text, line, column)

    def marked_block(self, mark: str, block: Any, line: Line) -> Any:
        """Return a block as the container that its mark names."""
        if not isinstance(block, list):
            self.fail(f"numbered items must stand below {mark}", line)
        try:
            return _MARKS[mark](block)
        except TypeError:
            self.fail(f"an item below {mark} cannot be in a set", line)

    def scalar(self, text: str, line: Line, column: int) -> Any:
        """Return the value that a text on one line stands for."""
        if text in _EMPTY:
            return _EMPTY[text]()
        if text[:1] in ('"', "'") or text[:2] in ("b'", 'b"', "B'", 'B"'):
            return self.literal(text, line, column)
        match = _MARKED.match(text)
        if match:
            try:
                return marked(match.group(1), match.group(2))
            except ValueError:
                self.fail(f"not a {match.group(1).lower()}: {_cut(match.group(2))}", line, column)
        return self.number(text, line, column)

    def number(self, text: str, line: Line, column: int) -> Any:
        """Return the number, flag, None or text that a bare text stands for."""
        try:
            return number(text)
        except ValueError:
            head = _cut(line.text[:column].strip(" "))
            behind = f" behind '{head}'" if head else ""
            self.fail(f"an integer of more than {MAX_DIGITS} digits{behind}", line, column)

    def literal(self, text: str, line: Line, column: int) -> Any:
        """Return a quoted string or bytes."""
        from ast import literal_eval

        try:
            value = literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            value = None
        if not isinstance(value, (str, bytes)):
            self.fail("a quoted text that does not end, or more behind its end", line, column)
        return value


def read_xyz(text: str, path: str | None = None) -> Any:
    """Return the data of an xyz text."""
    reader = Reader(text, path)
    first = reader.peek()
    if first is not None and first.text.startswith("key_prefix -> "):
        reader.fail(
            "written by ato 2.x with format_dict=, which is not read; dump it without", first
        )
    if first is None:
        raise ConfigFileError("is empty; an empty config is written [Empty Mapping]", path)
    try:
        data = _read_root(reader, first)
    except RecursionError:
        raise NestingError(f"{path}: nested too deeply" if path else "nested too deeply") from None
    rest = reader.peek()
    if rest is not None:
        reader.fail("this line is indented less than the first one", rest)
    return data


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "..."


def _read_root(reader: Reader, first: Line) -> Any:
    """Read a block, or the single value that the text consists of."""
    is_block = first.text.startswith("|") or _ITEM.match(first.text)
    if not is_block and not _has_key(first.text):
        reader.position += 1
        value = reader.value(first.text, Line(first.number, -1, first.text), 0)
        if reader.peek() is not None:
            reader.fail("expected 'key: value'", first)
        return value
    return reader.block(first.indent)


def _has_key(text: str) -> bool:
    if text[:1] in ('"', "'") or text[:2] in ("b'", 'b"'):
        return _QUOTED_KEY.match(text) is not None
    return ":" in text and not text.startswith("[")
