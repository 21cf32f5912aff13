"""From a function or class to its syntax tree, reading only its own lines of the file."""

from __future__ import annotations

import _ast

from ato_trace._source.edited import line_now
from ato_trace._source.files import Found, parse, read_source, read_timed
from ato_trace._source.lambdas import find_lambda

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Iterator

    from ato_trace._source.files import SourceFile

_DEFINITIONS = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef)
_HEADERS = ("def", "async", "class")
_ATTEMPTS = 12


def find_function(code: CodeType, namespace: dict[str, Any]) -> Found | None:
    """The definition behind a code object, or None where its source cannot be read or is another.

    Args:
        code: Code object of a function made by ``def`` or ``lambda``.
        namespace: The globals of the function.
    """
    name = code.co_filename
    if name.startswith("<frozen "):  # Python keeps some of its library in the executable
        name = namespace.get("__file__") or name
    source = read_source(name, namespace) or read_timed(code)
    if source is None:
        return None
    if code.co_name == "<lambda>":
        return find_lambda(code, source)
    line = line_now(code, source) if source.edited else code.co_firstlineno
    found = None if line is None else find_block(source, line)
    return found if found is not None and _is_source_of(code, found) else None


def find_block(source: SourceFile, line: int) -> Found | None:
    """The definition that starts at a line (that of its first decorator), or None."""
    lines = source.lines
    start = line - 1
    if not 0 <= start < len(lines):
        return None
    for attempt, end in enumerate(_ends(lines, start)):
        if attempt == _ATTEMPTS:
            break
        text = "\n".join(_without_tail(lines[start:end]))
        node = parse_definition(text)
        if node is not None:
            return Found(node, text, *source.place(line))
    return _find_in_tree(source, line)


def _ends(lines: list[str], start: int) -> Iterator[int]:
    """Line numbers before which the definition may end.

    A line as far left as the definition ends it, unless it stands inside brackets or a string;
    then the text up to it does not parse, and the next such line is the candidate.
    """
    first = lines[start].lstrip()
    width = len(lines[start]) - len(first)
    deeper = " " * (width + 1)
    in_header = not first.startswith(_HEADERS)
    for index in range(start + 1, len(lines)):
        if lines[index].startswith(deeper):  # as nearly all lines do
            continue
        margin = lines[index][: width + 1]
        if margin.isspace() or not margin:
            continue
        stripped = margin.lstrip()
        if not stripped or stripped[0] in ")]}#":
            continue
        if in_header:
            in_header = not lines[index].lstrip().startswith(_HEADERS)
        else:
            yield index
    yield len(lines)


def parse_definition(text: str) -> Any:
    """The FunctionDef or ClassDef that is the whole of a text, which may be indented, or None."""
    indented = text[:1].isspace()
    try:
        # A block around it instead of a dedent, which would change strings of several lines.
        body = parse("if 1:\n" + text if indented else text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    node = body[0].body[0] if indented else body[0]
    return node if isinstance(node, _DEFINITIONS) else None


def _without_tail(rows: list[str]) -> list[str]:
    """The rows without the blank lines and comments between the first of them and what follows."""
    width = len(rows[0]) - len(rows[0].lstrip())
    while len(rows) > 1 and (
        not rows[-1].strip()
        or (rows[-1].lstrip()[0] == "#" and len(rows[-1]) - len(rows[-1].lstrip()) <= width)
    ):
        rows.pop()
    return rows


def _find_in_tree(source: SourceFile, line: int) -> Found | None:
    """The definition at a line, from the tree of the whole file."""
    try:
        tree = source.tree()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for _, node in definitions(tree):
        if first_line(node) == line:
            end = getattr(node, "end_lineno", None) or len(source.lines)
            return Found(node, "\n".join(source.lines[line - 1 : end]), *source.place(line))
    return None


def first_line(node: Any) -> int:
    """The line of a definition's first decorator, or of itself."""
    line: int = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return line


def definitions(tree: Any) -> Iterator[tuple[str, Any]]:
    """Every definition in a tree with its qualified name, outer ones first."""
    pending: list[tuple[str, Any]] = [("", tree)]
    while pending:
        prefix, parent = pending.pop()
        for field in ("body", "handlers", "orelse", "finalbody", "cases"):
            children = getattr(parent, field, None)
            if not isinstance(children, list):
                continue
            for node in children:
                if isinstance(node, _DEFINITIONS):
                    name = prefix + node.name
                    yield name, node
                    local = "." if isinstance(node, _ast.ClassDef) else ".<locals>."
                    pending.append((name + local, node))
                else:
                    pending.append((prefix, node))


def _is_source_of(code: CodeType, found: Found) -> bool:
    """Whether the definition found can be the source of the code object.

    This costs nothing and notices code that was not made from the file it names; files that were
    edited while the process runs are compared in full.
    """
    node = found.node
    if getattr(node, "name", None) != code.co_name or node.__class__ is _ast.ClassDef:
        return False
    parameters = _parameters(node.args)
    names = code.co_varnames[: len(parameters)]
    # Private names are stored with the name of their class in front.
    return len(names) == len(parameters) and all(map(str.endswith, names, parameters))


def _parameters(args: Any) -> list[str]:
    parameters = [*getattr(args, "posonlyargs", ()), *args.args, *args.kwonlyargs]
    parameters += [parameter for parameter in (args.vararg, args.kwarg) if parameter is not None]
    return [parameter.arg for parameter in parameters]
