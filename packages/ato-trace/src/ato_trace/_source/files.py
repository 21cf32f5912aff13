"""Source files, read once per change on disk; notebooks and archives through linecache."""

from __future__ import annotations

import _ast
import os
import warnings

from ato_adict import notebooks, surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, NamedTuple

    class Found(NamedTuple):
        """What a search for source code finds: the tree of a definition and where it stands."""

        node: Any
        text: str
        file: str
        line: int

else:
    from collections import namedtuple

    Found = namedtuple("Found", "node text file line")

_KEPT = 16  # files; a sweep over a package goes file by file

_GRACE = 1.0  # seconds, for coarse clocks of file systems

_started: list[float] = []
_cache: dict[str, tuple[tuple[int, int], SourceFile]] = {}


class SourceFile:
    """The lines of one source, and its syntax tree once somebody asks for it.

    Attributes:
        lines: Without line ends.
        edited: The file was saved after this process started.
        codes: What compiling it gives, once somebody has.
        classes: The classes it defines, by qualified name, once somebody has looked for them.
        stored: The attributes that something in it assigns, once somebody has looked for them.
    """

    __slots__ = ("_tree", "classes", "codes", "edited", "lines", "name", "stored")

    def __init__(self, name: str, lines: list[str], edited: bool = False) -> None:
        self.name = name
        self.lines = lines
        self.edited = edited
        self.codes: dict[tuple[str, int], list[CodeType]] | None = None
        self.classes: dict[str, list[Any]] | None = None
        self.stored: set[str] | None = None
        self._tree: Any = None

    def place(self, line: int) -> tuple[str, int]:
        """The file and the line that a line of this source is known by."""
        return self.name, line

    def text(self) -> str:
        """The whole source."""
        return "\n".join(self.lines) + "\n"

    def tree(self) -> Any:
        """The syntax tree of the whole source.

        Raises:
            SyntaxError: The file no longer holds the Python it held when it was imported.
        """
        if self._tree is None:
            self._tree = parse(self.text(), self.name)
        return self._tree


class TimedSource(SourceFile):
    """What `%%time` ran of a cell of a notebook, whose own lines begin above it.

    It may be of another cell with code of the same traits: it is `edited`, to be compared in full.
    """

    __slots__ = ("code",)

    def __init__(self, code: CodeType, text: str) -> None:
        super().__init__(code.co_filename, text.split("\n"), edited=True)
        self.code = code

    def place(self, line: int) -> tuple[str, int]:
        """The cell, and the line in there."""
        return notebooks.cell_line(self.name, line, self.code)


def parse(text: str, name: str = "<source>") -> Any:
    """The syntax tree of a text."""
    return compile_quietly(text, name, _ast.PyCF_ONLY_AST)


def compile_quietly(source: Any, name: str, flags: int = 0) -> Any:
    """Compile a text or tree without warnings about it: Python gave those at import."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, name, "exec", flags, True)


def read_source(name: str, namespace: dict[str, Any] | None = None) -> SourceFile | None:
    """The source that a code object names, or None where there is none.

    Args:
        name: ``co_filename``, which is a path or, in notebooks and consoles, only looks like one.
        namespace: Globals of the code, through which linecache reads modules inside archives.
    """
    try:
        stat = os.stat(name)
    except (OSError, ValueError):
        return _read_virtual(name, namespace)
    state = (stat.st_mtime_ns, stat.st_size)
    known = _cache.get(name)
    if known is not None and known[0] == state:
        return known[1]
    lines = _read_lines(name)
    if lines is None:
        return None
    if len(_cache) >= _KEPT:
        del _cache[next(iter(_cache))]
    source = SourceFile(name, lines, edited=stat.st_mtime > _process_start())
    _cache[name] = (state, source)
    return source


def read_timed(code: CodeType) -> SourceFile | None:
    """The source of code that `%%time` ran in a notebook, which gave it no name to find it by."""
    text = notebooks.timed_text(code)
    return TimedSource(code, text) if text else None


def _process_start() -> float:
    """When this process started, or earlier; a file saved later may differ from what runs.

    Where the system does not tell, an import early in the program stands for it.
    """
    if not _started:
        _started.append(surroundings.process_start() - _GRACE)
    return _started[0]


def _read_virtual(name: str, namespace: dict[str, Any] | None) -> SourceFile | None:
    import linecache

    lines = linecache.getlines(name, namespace)
    return SourceFile(name, [line.rstrip("\r\n") for line in lines]) if lines else None


def _read_lines(name: str) -> list[str] | None:
    try:
        with open(name, "rb") as file:
            data = file.read()
        text = data.decode(_encoding(data))
    except (OSError, UnicodeDecodeError, LookupError, SyntaxError):
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def _encoding(data: bytes) -> str:
    second_line_end = data.find(b"\n", data.find(b"\n") + 1)
    if b"coding" not in data[:second_line_end]:
        return "utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "utf-8"
    import io
    import tokenize

    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
