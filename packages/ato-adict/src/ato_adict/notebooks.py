"""Notebooks and IPython prompts: which cell runs, where its code stands, and what it shows.

For the packages of the suite. Outside of a notebook nothing is imported and nothing is shown.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Iterable, Iterator, Sequence

__all__ = [
    "shell",
    "is_kernel",
    "notebook_name",
    "shell_name",
    "code_place",
    "cell_line",
    "timed_text",
    "cells_as_run",
    "typed_cells",
    "cell_name",
    "traceback_text",
    "running_cell",
    "main_file",
    "own_arguments",
    "show_line",
    "html_table",
    "html_text",
]

_NUMBERED = "<ipython-input-"
_CELL = "padding: 0.15em 0.8em; text-align: {}; vertical-align: top; white-space: pre-wrap"
MOST_ROWS = 200


def shell() -> Any:
    """Return the IPython shell whose cells run, None where there is none."""
    get = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get() if get is not None else None


def is_kernel() -> bool:
    """Whether cells of a notebook run here, as against lines at a prompt."""
    return hasattr(shell(), "kernel")


def notebook_name() -> str | None:
    """Return the file name of the notebook, where the program that shows it tells."""
    main = sys.modules.get("__main__")
    named = getattr(main, "__vsc_ipynb_file__", None) or os.environ.get("JPY_SESSION_NAME")
    name = os.path.basename(str(named)) if named and is_kernel() else ""
    return name if name.endswith(".ipynb") else None


def shell_name() -> str:
    """Return what the IPython shell is called in a command: `analysis.ipynb`, or `ipython`."""
    return notebook_name() or ("notebook" if is_kernel() else "ipython")


def code_place(file: str) -> str:
    """Return how a place in code is named: `In[3]` for a cell, else the file itself.

    With the name of the notebook where that is known: `analysis.ipynb In[3]`.
    """
    return cell_line(file, 1)[0]


def cell_line(file: str, line: int, code: CodeType | None = None) -> tuple[str, int]:
    """Return how the place of a line in code is named: `("In[3]", 2)` in a cell, else as given.

    Args:
        file: What the code object names, its `co_filename`.
        line: The line in there. Of what a magic such as `%%capture` runs, it becomes that of the
            cell.
        code: The code object: only it tells which cell `%%time` and `%%timeit` have run.
    """
    found = _cell_of(file, code) if "IPython" in sys.modules else None
    return (file, line) if found is None else (cell_name(found[0]), found[1] + line)


def timed_text(code: CodeType) -> str | None:
    """Return the Python of which `%%time` and `%%timeit` made this code: Python keeps it nowhere.

    None where they did not.
    """
    ip = shell()
    if ip is None:
        return None
    from ato_adict._basics import magics

    found = magics.timed(ip, code) if code.co_filename in magics.TIMED else None
    return found and found[2]


def cells_as_run(parsed: Sequence[object]) -> list[tuple[str, int]]:
    """Return, of each cell by its number, its Python, and how many of its lines stand above that.

    Args:
        parsed: The cells as IPython keeps them, in `In`. What a magic such as `%%time` runs is a
            text in there; here it is the Python of that text.
    """
    ip = shell()
    if ip is None:
        return [(str(text), 0) for text in parsed]
    from ato_adict._basics import magics

    return magics.cells_as_run(ip, parsed)


def typed_cells() -> list[str]:
    """Return the cells until now, as Python, that which runs the last; the first is none."""
    ip = shell()
    if ip is None:
        return []
    from ato_adict._basics import magics

    return [str(text) for text in magics.parsed_cells(ip)]


def cell_name(number: int) -> str:
    """Return how a cell is named as a place: `In[3]`, of a notebook that is known with its name."""
    name = notebook_name()
    return f"{name} In[{number}]" if name else f"In[{number}]"


def traceback_text(error: BaseException) -> str:
    """Return the traceback of an exception as Python shows it, with cells by their names."""
    import traceback  # most programs end well

    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    if "IPython" not in sys.modules:
        return text
    places = {(code.co_filename, line, code.co_name): code for code, line in _frames(error)}
    for (file, line, function), code in places.items():
        name, shown = cell_line(file, line, code)
        if name != file:
            former = f'File "{file}", line {line}, in {function}\n'
            text = text.replace(former, f'File "{name}", line {shown}, in {function}\n')
    return text


def running_cell() -> list[str] | None:
    """Return the notebook and the cell that run, as a command: `["analysis.ipynb", "In[3]"]`.

    None where it is no cell that runs, but a file.
    """
    ip = shell()
    if ip is None or main_file() is not None:
        return None
    # The cell is kept there before it runs; when the count goes up depends on the version.
    return [shell_name(), f"In[{len(ip.user_ns.get('In', ())) - 1}]"]


def main_file() -> str | None:
    """Return what `__main__` has for its file; None where it is no file that runs, but a cell."""
    main = sys.modules.get("__main__")
    file: str | None = getattr(main, "__file__", None)
    ip = shell()
    if not file or ip is None or main is not getattr(ip, "user_module", None):
        return file
    # `%run -i train.py` leaves the notebook its file for good; its arguments end with it.
    program = os.path.basename(sys.argv[0]) if sys.argv else ""
    return file if program == os.path.basename(file) else None


def own_arguments() -> list[str]:
    """Return `sys.argv` without what a kernel was started with: who runs a cell has typed none."""
    arguments = [str(argument) for argument in sys.argv]
    is_kernels = arguments[1:2] == ["-f"] and "".join(arguments[2:3]).endswith(".json")
    return arguments[:1] if is_kernels and is_kernel() else arguments


def show_line(text: str, shown: Any = None) -> Any:
    """Show a line below the cell that runs, in place of what was `shown` there before.

    Returns:
        What the next call needs as `shown`; None where this is no notebook.
    """
    if not is_kernel():
        return None
    data = {"text/plain": text}
    if shown is None:
        from IPython import display  # type: ignore[import-not-found, unused-ignore]

        show: Any = display.display
        return show(data, raw=True, display_id=True)
    shown.update(data, raw=True)
    return shown


def html_table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> str:
    """Return a table of texts, each escaped; of very many rows the first and the last ones."""
    listed = list(rows)
    left_out = len(listed) - MOST_ROWS
    if left_out > 0:
        gap = [f"… {left_out} more"] + [""] * (len(columns) - 1)
        listed = [*listed[: MOST_ROWS // 2], gap, *listed[-MOST_ROWS // 2 :]]
    is_right = [bool(listed) and all(_is_numeric(row[i]) for row in listed) for i in _each(columns)]
    styles = [_CELL.format("right" if right else "left") for right in is_right]
    head = "".join([f'<th style="{s}">{html_text(c)}</th>' for c, s in zip(columns, styles)])
    body = "".join(
        [
            "<tr>"
            + "".join([f'<td style="{s}">{html_text(c)}</td>' for c, s in zip(row, styles)])
            + "</tr>"
            for row in listed
        ]
    )
    caption = f"<div><b>{html_text(title)}</b></div>" if title else ""
    return f"{caption}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_text(text: object) -> str:
    """Return a text escaped for HTML, as content and in attributes."""
    from html import escape

    return escape(str(text))


def _each(columns: Sequence[str]) -> range:
    return range(len(columns))


def _is_numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text in ("", "-")
    return True


def _frames(error: BaseException) -> Iterator[tuple[CodeType, int]]:
    """Yield the code and the line of each place in a traceback, and in those it goes back to."""
    found: list[BaseException | None] = [error]
    known: set[int] = set()
    for one in found:  # which grows
        if one is None or id(one) in known:
            continue
        known.add(id(one))
        found += [one.__cause__, one.__context__, *_grouped(one)]
        trace = one.__traceback__
        while trace is not None:
            yield trace.tb_frame.f_code, trace.tb_lineno
            trace = trace.tb_next


def _grouped(error: BaseException) -> Sequence[BaseException]:
    """Return the exceptions of a group."""
    parts = getattr(error, "exceptions", ())
    return [one for one in parts if isinstance(one, BaseException)] if type(parts) is tuple else []


def _cell_of(file: str, code: CodeType | None) -> tuple[int, int] | None:
    """Return the cell that code is from, and how many of its lines stand above what was run."""
    from ato_adict._basics import magics

    ip = shell()
    if file in magics.TIMED:
        found = None if ip is None or code is None else magics.timed(ip, code)
        return found and found[:2]
    number = _cell_number(ip, file)
    if ip is None:
        return None if number is None else (number, 0)
    if number is not None:
        return magics.cell_of_numbered(ip, file, number)
    # IPython 7 keeps no numbers.
    return None if _has_numbers(ip) or os.path.exists(file) else magics.cell_of_text(ip, file)


def _cell_number(ip: Any, file: str) -> int | None:
    if file.startswith(_NUMBERED):
        number = file[len(_NUMBERED) :].partition("-")[0]
        return int(number) if number.isdigit() else None
    # ipykernel gives the code of a cell the name of a file that is not there.
    known = ip.compile._filename_map.get(file) if _has_numbers(ip) else None
    return known if isinstance(known, int) else None


def _has_numbers(ip: Any) -> bool:
    return getattr(getattr(ip, "compile", None), "_filename_map", None) is not None
