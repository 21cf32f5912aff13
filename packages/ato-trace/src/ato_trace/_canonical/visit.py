"""The tables of visitors, and the few functions that all of them need.

A visitor appends the tokens of one node to `out`, in prefix order. Nodes with a fixed number of
children need no brackets; the others open with ``(`` and close with ``)``. Children are visited in
an order of our own, never in that of ``_fields``, which differs between Python versions.
"""

from __future__ import annotations

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ato_trace._canonical.scopes import Scope

    Visitor = Callable[[Any, list[str], Scope], None]
    Statement = Callable[[Any, list[str], Scope, str], None]

# By class of node; `canonical` fills them with what each module of this room knows.
EXPRESSIONS: dict[Any, Visitor] = {}
STATEMENTS: dict[Any, Statement] = {}


def visit(node: Any, out: list[str], scope: Scope) -> None:
    """Append the tokens of one expression."""
    EXPRESSIONS[type(node)](node, out, scope)


def visit_optional(node: Any, out: list[str], scope: Scope) -> None:
    """Append the tokens of an expression, or ``_`` where there is none."""
    if node is None:
        out.append("_")
    else:
        EXPRESSIONS[type(node)](node, out, scope)


def visit_all(nodes: list[Any], out: list[str], scope: Scope) -> None:
    """Append the tokens of several expressions and a closing bracket."""
    for node in nodes:
        EXPRESSIONS[type(node)](node, out, scope)
    out.append(")")


def bind(name: str, out: list[str], scope: Scope) -> None:
    """Append the token of a name that is bound here by something other than a Name node."""
    scope.bound.add(name)
    scope.refs[name].append(len(out))
    out.append(name)


def visit_unknown(node: Any, out: list[str], scope: Scope) -> None:
    """Append a node of a kind that this version of ato does not know, field by field."""
    out.append("(" + type(node).__name__)
    for field in node._fields:
        out.append(field + ":")
        value = getattr(node, field, None)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, _ast.expr):
                visit(item, out, scope)
            elif isinstance(item, _ast.AST):
                visit_unknown(item, out, scope)
            else:
                out.append(ascii(item))
    out.append(")")
