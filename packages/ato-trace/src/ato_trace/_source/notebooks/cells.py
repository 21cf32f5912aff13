"""The program that the cells of a notebook make up: of each definition the one that counts now."""

from __future__ import annotations

import ast
import re
import sys

from ato_adict.notebooks import cells_as_run, main_file, notebook_name
from ato_trace._source.free_names import free_names
from ato_trace._source.notebooks.bearing import bearing
from ato_trace._source.notebooks.former import Former, read_later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping, Sequence

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_TIMED = re.compile(r"get_ipython\(\)\.run_line_magic\('time', (.*)\)$")
_HEADER = re.compile(r"# In\[(\d+)\]:(\d+)$")


def notebook_source() -> tuple[str, str]:
    """Return the name and the text of the notebook or IPython prompt that runs; else empty texts.

    A definition or assignment that a later cell makes anew is there once, as it is now, and so is a
    statement that was run again: what was tried before is no part of the program, nor is what only
    looks at results. A comment before each statement says from which cell and line it is. Several
    statements on a line are there if one of them counts.
    """
    main = sys.modules.get("__main__")
    cells = getattr(main, "In", None)
    if main_file() is not None or "IPython" not in sys.modules:
        return "", ""
    if not isinstance(cells, list):
        return "", ""
    texts: dict[Any, str] = {}
    nodes: dict[Any, list[ast.AST]] = {}
    versions: dict[Any, list[tuple[int, range, str, list[ast.AST]]]] = {}
    running: set[Any] = set()
    for number, (cell, above) in enumerate(cells_as_run(cells)):
        running = set()
        for key, line, text, parts in _statements(cell):
            for built in _over(nodes, key):
                del texts[built], nodes[built]
            texts[key] = f"# In[{number}]:{above + line}\n{text}\n"
            nodes[key] = parts
            running.add(key)
            if len(parts) == 1 and isinstance(parts[0], _DEFINITIONS):
                lines = range(above + line, above + line + text.count("\n") + 1)
                versions.setdefault(key, []).append((number, lines, texts[key], parts))
    kept = bearing(nodes, vars(main), running)
    anew = {key: found for key, found in versions.items() if key in kept and len(found) > 1}
    if anew and _put_former(texts, nodes, anew, kept, running, vars(main)):
        kept = bearing(nodes, vars(main), running)
    shown = dict.fromkeys(texts[key] for key in texts if key in kept)
    return notebook_name() or "notebook", "".join(shown)


def _put_former(
    texts: dict[Any, str],
    nodes: dict[Any, list[ast.AST]],
    versions: Mapping[Any, Sequence[tuple[int, range, str, list[ast.AST]]]],
    kept: set[Any],
    running: set[Any],
    space: Mapping[str, Any],
) -> bool:
    """Put a version before in the place of a definition of which only that is used."""
    read = read_later(node for key in kept for node in nodes[key])
    read |= {name for key in running for node in nodes[key] for name in free_names(node)}
    former, is_other = Former(read, space), False
    for key, found in versions.items():
        place = former.place(key[0])
        for number, lines, text, parts in found:
            if place is not None and number == place[0] and place[1] in lines:
                texts[key], nodes[key], is_other = text, parts, True
    return is_other


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
    """Yield for each statement what it is known by, its line, the text there and its nodes."""
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # it did not run, either
        return
    rows = cell.split("\n")
    starts = [_start(node, rows) for node in tree.body]
    lines = [row for row, column in starts if column == 0]  # what shares one begins further on
    for node, start, end in zip(tree.body, starts, [*starts[1:], (len(rows), 0)]):
        own, nodes = _below_magic(_between(rows, start, end), [node])
        first = max(row for row in lines if row <= start[0])
        last = min((row for row in lines if row > start[0]), default=len(rows))
        is_alone = start[1] == 0 and end[1] == 0
        text = own if is_alone else "\n".join(rows[first:last]).rstrip()
        yield (_names(nodes[0]) if len(nodes) == 1 else ()) or own, first + 1, text, nodes


def _start(node: Any, rows: Sequence[str]) -> tuple[int, int]:
    """The row and the column where a statement begins, from 0."""
    if getattr(node, "decorator_list", ()):
        return _first_line(node) - 1, 0  # the column is that of the decorator's name
    row = int(node.lineno) - 1
    before = rows[row].encode("utf-8", "surrogatepass")[: max(node.col_offset, 0)]
    return row, len(before.decode("utf-8", "surrogatepass"))


def _between(rows: Sequence[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """The text from one place to another, without the semicolon that ends a statement."""
    parts = [*rows[start[0] : end[0]], *(row[: end[1]] for row in rows[end[0] : end[0] + 1])]
    if end[0] == start[0]:
        return parts[0][start[1] :].rstrip().rstrip(";").rstrip()
    text = "\n".join([parts[0][start[1] :], *parts[1:]]).rstrip()
    return text.rstrip(";").rstrip() if end[1] else text


def _over(nodes: dict[Any, list[ast.AST]], key: Any) -> list[Any]:
    """The keys of statements such as `w = w + 1` that were for nothing, as `w` is defined anew.

    Where something else was made of `w`, that may be of what it was then.
    """
    names = set() if isinstance(key, str) else set(key)
    found = [one for one in nodes if isinstance(one, str) and _only_makes(nodes[one], names)]
    others = [parts[0] for one, parts in nodes.items() if one not in found] if found else []
    is_used = any(names & _read_now(node) for node in others)
    return [] if is_used else found


def _read_now(node: Any) -> set[str]:
    """The names that a statement reads as it runs; the body of a function runs later."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return free_names(node)
    given = node.args
    parts = [*given.defaults, *filter(None, given.kw_defaults), *node.decorator_list]
    return {name for part in parts for name in free_names(part)}


def _only_makes(nodes: Sequence[Any], names: set[str]) -> bool:
    """Whether a statement assigns to some of these names, and calls nothing that may do more."""
    if len(nodes) != 1 or not isinstance(nodes[0], ast.Assign):
        return False
    made = {getattr(target, "id", "") for target in nodes[0].targets}
    return made <= names and not any(isinstance(part, ast.Call) for part in ast.walk(nodes[0]))


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
    if isinstance(node, _DEFINITIONS):
        return (node.name,)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return _imported(node)
    targets: list[Any] = list(node.targets) if isinstance(node, ast.Assign) else []
    targets += [node.target] if isinstance(node, ast.AnnAssign) and node.value else []
    parts = [part for target in targets for part in _unpacked(target)]
    if not parts or not all(isinstance(part, ast.Name) for part in parts):
        return ()
    names = tuple(part.id for part in parts)
    uses = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    return () if uses & set(names) else names


def _imported(node: ast.Import | ast.ImportFrom) -> tuple[str, ...]:
    """The names of an import; none of `import a.b`, which adds to what `a` is, and of `*`."""
    if any("." in alias.name and not alias.asname for alias in node.names):
        return ()
    names = tuple(alias.asname or alias.name for alias in node.names)
    return () if "*" in names else names


def _unpacked(target: Any) -> Iterator[Any]:
    """The single targets of `a, (b, *c) = ...`."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield from _unpacked(part)
    else:
        yield target.value if isinstance(target, ast.Starred) else target
