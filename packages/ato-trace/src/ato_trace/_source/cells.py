"""The program that the cells of a notebook make up: of each definition the one that counts now."""

from __future__ import annotations

import ast
import re
import sys

from ato_adict.notebooks import cells_as_run, main_file, notebook_name
from ato_trace._source.effects import bearing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

_TIMED = re.compile(r"get_ipython\(\)\.run_line_magic\('time', (.*)\)$")
_HEADER = re.compile(r"# In\[(\d+)\]:(\d+)$")


def notebook_source() -> tuple[str, str]:
    """Return the name and the text of the notebook or IPython prompt that runs; else empty texts.

    A definition or assignment that a later cell makes anew is there once, as it is now, and so is a
    statement that was run again: what was tried before is no part of the program, nor is what only
    looks at results. A comment before each statement says from which cell and line it is.
    """
    main = sys.modules.get("__main__")
    cells = getattr(main, "In", None)
    if main_file() is not None or "IPython" not in sys.modules:
        return "", ""
    if not isinstance(cells, list):
        return "", ""
    texts: dict[Any, str] = {}
    nodes: dict[Any, list[ast.AST]] = {}
    for number, (cell, above) in enumerate(cells_as_run(cells)):
        for key, line, text, parts in _statements(cell):
            texts[key] = f"# In[{number}]:{above + line}\n{text}\n"
            nodes[key] = parts
    kept = bearing(nodes, vars(main))
    return notebook_name() or "notebook", "".join(texts[key] for key in texts if key in kept)


def place_in_cells(text: str, line: int | None) -> str:
    """Return the place of a line of such a text as `In[3]:2`; empty where it is another text."""
    if line is None or not text.startswith("# In["):
        return ""
    rows = text.split("\n")
    for above in range(min(line, len(rows)) - 1, -1, -1):
        header = _HEADER.match(rows[above])
        if header:
            return f"In[{header.group(1)}]:{int(header.group(2)) + line - above - 2}"
    return ""


def _statements(cell: str) -> Iterator[tuple[Any, int, str, list[ast.AST]]]:
    """Yield for each statement what it is known by, its first line, its text and its nodes."""
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # it did not run, either
        return
    rows = cell.split("\n")
    on_line: dict[int, list[Any]] = {}  # statements that share a line are one
    for node in tree.body:
        on_line.setdefault(_first_line(node), []).append(node)
    starts = list(on_line)
    for start, end in zip(starts, [*starts[1:], len(rows) + 1]):
        nodes = on_line[start]
        text = "\n".join(rows[start - 1 : end - 1]).rstrip()
        text, nodes = _below_magic(text, nodes)
        yield (_names(nodes[0]) if len(nodes) == 1 else ()) or text, start, text, nodes


def _below_magic(text: str, nodes: list[Any]) -> tuple[str, list[Any]]:
    """Return what a line `%time rate = 2` runs, which IPython gave as text; else what is given."""
    timed = _TIMED.match(text)
    if timed is None:
        return text, nodes
    try:
        inside = str(ast.literal_eval(timed.group(1)))
        return inside, list(ast.parse(inside).body)
    except (SyntaxError, ValueError):  # it did not run
        return text, nodes


def _first_line(node: Any) -> int:
    decorators = getattr(node, "decorator_list", ())
    return min(int(one.lineno) for one in (node, *decorators))


def _names(node: Any) -> tuple[str, ...]:
    """The names that a statement defines whatever they were before; none where it does more."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return (node.name,)
    if not isinstance(node, ast.Assign) or not all(isinstance(t, ast.Name) for t in node.targets):
        return ()
    names = tuple(target.id for target in node.targets if isinstance(target, ast.Name))
    uses = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    return () if uses & set(names) else names
