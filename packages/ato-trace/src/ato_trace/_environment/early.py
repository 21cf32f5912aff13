"""Files that were read where nobody could notice it, as far as sources tell.

Those are what modules and the cells of a notebook read before ato was imported, and what a script
reads in a process of its own: the files that exist and are named where something is read.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import stat

from ato_adict.notebooks import cell_name
from ato_adict.surroundings import absolute, working_folder
from ato_trace._environment.files.readers import shown_file
from ato_trace._environment.modules import own_sources
from ato_trace._source.projects import is_of_ato

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

_READS = re.compile(r"(open|load\w*|(im)?read\w*|parse\w*|from_?file|genfromtxt|\w+File)$")
_MAY_READ = re.compile(r"\b(open|load|imread|read|parse|from_?file|genfromtxt|\w+File)\w*\s*\(")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SAVES = re.compile(r"(save\w*|to_\w+|write\w*|dump\w*|mkdir|makedirs|remove|unlink)$")
_LONGEST = 300
_LONGEST_SCRIPT = 1 << 20
_LONGEST_CELL = 1 << 20  # in lines


def early_reads(loaded: set[str]) -> Iterator[tuple[str, str]]:
    """Yield path and reader of the files that were read before.

    Args:
        loaded: The modules that were loaded, or were being loaded, when ato was.
    """
    for name, file, text in own_sources():
        if name in loaded and _MAY_READ.search(text):
            tree = _parsed(text)
            for path, line in _named_in(tree, list(_at_import(tree)), os.path.dirname(file)):
                yield path, f"{name} ({shown_file(file)}:{line})"


def cell_reads(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield path and reader of the files that cells read, or ran, before ato was imported.

    Args:
        cells: Their Python, by their numbers; the last one imports ato.
    """
    whole = _parsed("")
    for number, text in enumerate(cells):
        tree = _parsed(text)
        ast.increment_lineno(tree, number * _LONGEST_CELL)  # which tells of a line its cell
        whole.body += tree.body
    nodes = list(_at_import(whole))
    for path, line in _named_in(whole, nodes, working_folder()):
        yield path, _reader_in_cell(line)
    for script, line in _run_by(nodes):
        if line < (len(cells) - 1) * _LONGEST_CELL:  # the last one may be what imports ato
            yield script, _reader_in_cell(line)
            yield from script_reads(script)


def _reader_in_cell(line: int) -> str:
    number, line = divmod(line, _LONGEST_CELL)
    return f"<module> ({cell_name(number)}:{line})"


def _run_by(nodes: list[Any]) -> Iterator[tuple[str, int]]:
    """The scripts that `%run` runs, and the lines where."""
    calls: list[Any] = [node for top in nodes for node in ast.walk(top)]
    for call in calls:
        if _called(call) != "run_line_magic" or len(call.args) < 2:
            continue
        magic, given = (_joined(one) for one in call.args[:2])
        try:
            words = [word for word in shlex.split(given) if not word.startswith("-")]
        except ValueError:
            continue
        for name in words[:1] if magic == "run" else ():
            path = absolute(name if name.endswith((".py", ".ipy")) else f"{name}.py")
            if os.path.isfile(path):
                yield path, call.lineno


def script_reads(script: str) -> Iterator[tuple[str, str]]:
    """Yield path and reader of the files that a script names."""
    try:
        with open(script, encoding="utf-8") as file:
            text = file.read(_LONGEST_SCRIPT)
    except (OSError, UnicodeDecodeError):
        return
    if _MAY_READ.search(text):
        tree = _parsed(text)
        for path, line in _named_in(tree, tree.body, os.path.dirname(script)):
            yield path, f"<module> ({shown_file(script)}:{line})"


def _parsed(text: str) -> Any:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ast.parse("")


def _named_in(tree: Any, nodes: list[Any], folder: str) -> Iterator[tuple[str, int]]:
    functions = {node.name: node for node in tree.body if isinstance(node, _DEFINITIONS)}
    calls = {_called(node) for top in nodes for node in ast.walk(top)}
    used = [functions[name] for name in sorted(calls & functions.keys())]
    calls |= {_called(node) for top in used for node in ast.walk(top)}
    if not any(_READS.match(name) for name in calls):
        return
    for top in [*nodes, *used]:
        for text, line in _paths(top):
            for base in dict.fromkeys((working_folder(), folder)):
                path = absolute(os.path.join(base, text))
                if _is_data(path):
                    yield path, line


def _at_import(tree: Any) -> Iterator[Any]:
    """The statements that run as a module is imported, until it imports ato."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and is_of_ato(node.module or ""):
            return
        if isinstance(node, ast.Import) and any(is_of_ato(one.name) for one in node.names):
            return
        if not isinstance(node, _DEFINITIONS):
            yield node


def _called(node: Any) -> str:
    function = getattr(node, "func", None)
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _paths(node: Any) -> Iterator[tuple[str, int]]:
    """Texts that may be paths, joined where they are: ``HERE / "data" / "x.csv"``."""
    if _writes(node):
        return
    text = _joined(node)
    if text and len(text) <= _LONGEST and "\n" not in text and "\0" not in text:
        yield text, node.lineno
        return
    for child in ast.iter_child_nodes(node):
        yield from _paths(child)


def _writes(node: Any) -> bool:
    """Whether a node is a call that writes: of ``open``, or of something called ``save``."""
    if _SAVES.match(_called(node)):
        return True
    if _called(node) != "open":
        return False
    modes = [*node.args[1:2], *(k.value for k in node.keywords if k.arg == "mode")]
    return any(re.search("[wax]", str(getattr(mode, "value", ""))) for mode in modes)


def _joined(node: Any) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return "/".join(filter(None, (_joined(node.left), _joined(node.right))))
    if isinstance(node, ast.Call) and _called(node) in ("join", "Path", "joinpath"):
        return "/".join(filter(None, map(_joined, node.args)))
    return ""


def _is_data(path: str) -> bool:
    """Whether there is a file that is no source."""
    try:
        found = os.stat(path)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and not path.endswith((".py", ".pyc"))
