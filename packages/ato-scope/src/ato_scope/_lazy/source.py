"""The source of a view, as the syntax tree of its definition."""

from __future__ import annotations

import ast
import linecache

from ato_adict.notebooks import timed_text
from ato_scope._errors import LazyError
from ato_scope._program import place_in, shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ADVICE = "; make it a view of its own with lazy=True"


def definition_of(function: Any) -> ast.FunctionDef:
    """Return a fresh syntax tree of the definition of `function`, without its decorators."""
    code = function.__code__
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, function.__globals__)
    text = "".join(lines) or timed_text(code)
    if not text:
        raise LazyError(place_of(function) + ": the source cannot be read" + ADVICE)
    try:
        tree = ast.parse(text)
    except SyntaxError:
        tree = ast.Module(body=[], type_ignores=[])
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first == code.co_firstlineno:
                node.decorator_list = []
                return node
    raise LazyError(place_of(function) + ": the source has changed since it was read" + ADVICE)


def place_of(function: Any, line: int | None = None) -> str:
    """Return how messages name a block, or the view it is in."""
    code = function.__code__
    place = shorten(place_in(code, line))
    return f"with Scope.lazy() in view {code.co_name!r} ({place})"
