"""Which of the lambdas of a line? The one whose code is the code that runs."""

from __future__ import annotations

from ato_trace._source.edited import nested_codes, signature
from ato_trace._source.files import Found, compile_quietly, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    from ato_trace._source.files import SourceFile

# Lambdas on the wanted line are compiled as if each stood on a line of its own from here on.
_FAKE_LINE = 10_000_000


def find_lambda(code: CodeType, source: SourceFile) -> Found | None:
    """The syntax tree of a lambda, or None where its source cannot be read or is another."""
    try:
        # Never the cached tree: finding a lambda among several changes line numbers.
        tree = parse(source.text(), source.name)
        node = _choose(code, tree, source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if node is None:
        return None
    text = "\n".join(source.lines[code.co_firstlineno - 1 : _last_line(node)])
    return Found(node, text, *source.place(code.co_firstlineno))


def _last_line(node: Any) -> int:
    import ast

    # Python 3.7 has no end_lineno.
    inside = [getattr(child, "lineno", 0) for child in ast.walk(node.body)]
    inside += [getattr(child, "end_lineno", 0) or 0 for child in ast.walk(node.body)]
    return max(inside)


def _choose(code: CodeType, tree: Any, source: SourceFile) -> Any:
    lambdas = _lambdas_at(tree, code.co_firstlineno)
    if not lambdas:
        return None
    for index, node in enumerate(lambdas):
        node.lineno = _FAKE_LINE + index
        if hasattr(node, "end_lineno"):
            node.end_lineno = node.lineno
            node.end_col_offset = node.col_offset + 1
    wanted = signature(code)
    for other in nested_codes(compile_quietly(tree, source.name)):
        index = other.co_firstlineno - _FAKE_LINE
        if other.co_name == "<lambda>" and index >= 0 and signature(other) == wanted:
            return lambdas[index]
    return None


def _lambdas_at(tree: Any, line: int) -> list[Any]:
    import ast

    return [node for node in ast.walk(tree) if isinstance(node, ast.Lambda) and node.lineno == line]
