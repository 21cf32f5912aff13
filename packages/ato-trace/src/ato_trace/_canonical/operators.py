"""Tokens of operators, comparisons and calls."""

from __future__ import annotations

import _ast

from ato_trace._canonical.visit import EXPRESSIONS, visit, visit_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._canonical.scopes import Scope
    from ato_trace._canonical.visit import Visitor

BinOp = _ast.BinOp

_BINARY = {
    "Add": "+",
    "Sub": "-",
    "Mult": "*",
    "MatMult": "@",
    "Div": "/",
    "Mod": "%",
    "Pow": "**",
    "LShift": "<<",
    "RShift": ">>",
    "BitOr": "|",
    "BitXor": "^",
    "BitAnd": "&",
    "FloorDiv": "//",
}
_COMPARISONS = {
    "Eq": "==",
    "NotEq": "!=",
    "Lt": "<",
    "LtE": "<=",
    "Gt": ">",
    "GtE": ">=",
    "Is": "is",
    "IsNot": "is-not",
    "In": "in",
    "NotIn": "not-in",
}
_UNARY = {"Invert": "invert", "Not": "not", "UAdd": "plus", "USub": "minus"}

# A binary operator is written "2+", so that no token means two things ("*" also opens a star).
BINARY = {getattr(_ast, name): "2" + text for name, text in _BINARY.items()}
COMPARISONS = {getattr(_ast, name): text for name, text in _COMPARISONS.items()}
UNARY = {getattr(_ast, name): text for name, text in _UNARY.items()}
BOOLEAN = {_ast.And: "(and", _ast.Or: "(or"}


def _binary(node: Any, out: list[str], scope: Scope) -> None:
    # A loop down the left spine: a sum of a thousand terms must not recurse a thousand deep.
    rights = []
    while type(node) is BinOp:
        out.append(BINARY[type(node.op)])
        rights.append(node.right)
        node = node.left
    EXPRESSIONS[type(node)](node, out, scope)
    while rights:
        node = rights.pop()
        EXPRESSIONS[type(node)](node, out, scope)


def _unary(node: Any, out: list[str], scope: Scope) -> None:
    out.append(UNARY[type(node.op)])
    visit(node.operand, out, scope)


def _boolean(node: Any, out: list[str], scope: Scope) -> None:
    out.append(BOOLEAN[type(node.op)])
    visit_all(node.values, out, scope)


def _compare(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(compare")
    visit(node.left, out, scope)
    for operator, right in zip(node.ops, node.comparators):
        out.append(COMPARISONS[type(operator)])
        EXPRESSIONS[type(right)](right, out, scope)
    out.append(")")


def visit_keywords(keywords: list[Any], out: list[str], scope: Scope) -> None:
    """Append keyword arguments; their names are the callee's, so they count."""
    for keyword in keywords:
        out.append("**" if keyword.arg is None else keyword.arg + "=")
        value = keyword.value
        EXPRESSIONS[type(value)](value, out, scope)


def _call(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(call")
    value = node.func
    EXPRESSIONS[type(value)](value, out, scope)
    for value in node.args:
        EXPRESSIONS[type(value)](value, out, scope)
    if node.keywords:
        visit_keywords(node.keywords, out, scope)
    out.append(")")


def _conditional(node: Any, out: list[str], scope: Scope) -> None:
    out.append("?")
    visit(node.test, out, scope)
    visit(node.body, out, scope)
    visit(node.orelse, out, scope)


VISITORS: dict[str, Visitor] = {
    "BinOp": _binary,
    "BoolOp": _boolean,
    "Call": _call,
    "Compare": _compare,
    "IfExp": _conditional,
    "UnaryOp": _unary,
}
