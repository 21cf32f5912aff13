"""Cells that begin with a magic, such as `%%time`: IPython gives what these run a name of its own.

Loaded where IPython runs, only.
"""

from __future__ import annotations

import functools
import linecache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, FrozenSet, Iterable, Iterator, Tuple

    Body = Tuple[str, int, str]
    Timed = Tuple[int, int, str]
    Traits = Tuple[str, int, int, FrozenSet[str]]

_TIMING = frozenset(("%%time", "%%timeit"))
# Names that say nothing of the cell, and the magics that compile it under them.
TIMED = dict.fromkeys(("<timed exec>", "<timed eval>", "<magic-timeit>"), _TIMING)
TIMED["<string>"] = frozenset(("%%prun",))  # which others use as well
# What a cell defines below these stays defined.
_DEFINING = frozenset(("%%capture", "%%prun", "%%time"))


def cells_as_run(ip: Any, parsed: Iterable[object]) -> list[tuple[str, int]]:
    """Return the Python of each cell below magics that run it, and the lines that stand above."""
    cells = _cells(ip)
    found = [(str(text), 0) for text in parsed]
    for number in range(1, min(len(cells), len(found))):
        for magic, above, body in _bodies(cells[number]):
            if magic not in _DEFINING:
                break
            found[number] = _run_as(ip, body), above
    return found


def timed(ip: Any, code: CodeType) -> Timed | None:
    """Return the cell that had this code timed, how many of its lines stand above, and the Python.

    A function may be called in later cells, which may be timed as well: it is told by its traits.
    """
    cells = _cells(ip)
    is_whole = code.co_name == "<module>" or (code.co_name == "inner" and code.co_firstlineno <= 1)
    if is_whole and code.co_filename == "<string>":
        return None
    # The whole that was timed lasts no longer than its cell.
    first = len(cells) - 1 if is_whole else 1
    for number in range(len(cells) - 1, max(first, 1) - 1, -1):
        for magic, above, body in reversed(list(_bodies(cells[number]))):
            if magic in TIMED.get(code.co_filename, ()):
                text = _run_as(ip, body)
                if is_whole or _traits(code) in _traits_in(text):
                    return number, above, text
    return None


def cell_of_numbered(ip: Any, file: str, number: int) -> tuple[int, int]:
    """Return the cell of code that IPython keeps under a number, and how many lines stand above.

    What `%%capture` runs has the number of the next cell.
    """
    return _cell_with(ip, _text(file), [number, number - 1]) or (number, 0)


def cell_of_text(ip: Any, file: str) -> tuple[int, int] | None:
    """Return the last cell with the text of such a file, and how many lines stand above."""
    return _cell_with(ip, _text(file), range(len(parsed_cells(ip)) - 1, 0, -1))


def _text(file: str) -> str:
    return "".join(linecache.getlines(file)).rstrip()


def _cell_with(ip: Any, text: str, numbers: Iterable[int]) -> tuple[int, int] | None:
    cells, parsed = _cells(ip), parsed_cells(ip)
    for number in numbers if text else ():
        if 0 < number < len(parsed) and str(parsed[number]).rstrip() == text:
            return number, 0
        for _, above, body in _bodies(cells[number]) if 0 < number < len(cells) else ():
            if body.rstrip() == text or _run_as(ip, body).rstrip() == text:
                return number, above
    return None


def _cells(ip: Any) -> list[str]:
    """Return the cells as they were typed; the first is none."""
    return getattr(getattr(ip, "history_manager", None), "input_hist_raw", None) or []


def parsed_cells(ip: Any) -> list[str]:
    """Return the cells as Python; the first is none."""
    found = getattr(ip, "user_ns", {}).get("In")
    return found if isinstance(found, list) else []


def _bodies(cell: str) -> Iterator[Body]:
    """Yield each magic that a cell begins with, the lines down to what it runs, and that text."""
    lines = cell.split("\n")
    above = _after_blank(lines, 0)
    while above < len(lines) and lines[above].startswith("%%"):
        magic = lines[above].split()[0]
        above = _after_blank(lines, above + 1)  # IPython drops blank lines at the top
        yield magic, above, "\n".join(lines[above:])


def _after_blank(lines: list[str], start: int) -> int:
    while start < len(lines) and not lines[start].strip():
        start += 1
    return start


def _run_as(ip: Any, body: str) -> str:
    """Return a text as the Python that IPython makes of it."""
    try:
        return str(ip.input_transformer_manager.transform_cell(body))
    except Exception:  # no Python: it did not run
        return ""


@functools.lru_cache(maxsize=64)
def _traits_in(text: str) -> frozenset[Traits]:
    """Return the traits of each function and class of a text."""
    try:
        codes = [compile(text, "<cell>", "exec", 0, True)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    for code in codes:  # which grows
        codes += [part for part in code.co_consts if isinstance(part, type(code))]
    return frozenset(_traits(code) for code in codes)


def _traits(code: CodeType) -> Traits:
    """Return what tells code from other code; `%%timeit` makes what is global local."""
    names = code.co_names + code.co_varnames + code.co_freevars + code.co_cellvars
    return code.co_name, code.co_firstlineno, code.co_argcount, frozenset(names)
