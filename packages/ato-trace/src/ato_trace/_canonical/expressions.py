"""Tokens of names, access to parts, and containers."""

from __future__ import annotations

import _ast

from ato_trace._canonical.visit import EXPRESSIONS, visit, visit_all, visit_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._canonical.scopes import Scope
    from ato_trace._canonical.visit import Visitor

Load = _ast.Load
Attribute = _ast.Attribute
Name = _ast.Name


def _name(node: Any, out: list[str], scope: Scope) -> None:
    name = node.id
    if type(node.ctx) is not Load:
        scope.bound.add(name)
    scope.refs[name].append(len(out))
    out.append(name)


def _attribute(node: Any, out: list[str], scope: Scope) -> None:
    while type(node) is Attribute:
        out.append("." + node.attr)
        node = node.value
    if type(node) is Name:  # as _name would do; most attributes are those of a name
        scope.refs[node.id].append(len(out))
        out.append(node.id)
    else:
        EXPRESSIONS[type(node)](node, out, scope)


def _subscript(node: Any, out: list[str], scope: Scope) -> None:
    out.append("[]")
    value = node.value
    EXPRESSIONS[type(value)](value, out, scope)
    value = node.slice
    EXPRESSIONS[type(value)](value, out, scope)


def _slice(node: Any, out: list[str], scope: Scope) -> None:
    out.append(":")
    visit_optional(node.lower, out, scope)
    visit_optional(node.upper, out, scope)
    visit_optional(node.step, out, scope)


def _legacy_index(node: Any, out: list[str], scope: Scope) -> None:
    visit(node.value, out, scope)


def _legacy_slices(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(tuple")
    visit_all(node.dims, out, scope)


def _starred(node: Any, out: list[str], scope: Scope) -> None:
    out.append("*")
    visit(node.value, out, scope)


def _named(node: Any, out: list[str], scope: Scope) -> None:
    out.append(":=")
    name = node.target.id
    scope.owner.bound.add(name)
    scope.refs[name].append(len(out))
    out.append(name)
    visit(node.value, out, scope)


def _prefixed(tag: str) -> Visitor:
    def visitor(node: Any, out: list[str], scope: Scope) -> None:
        out.append(tag)
        visit_optional(node.value, out, scope)

    return visitor


def _elements(tag: str) -> Visitor:
    def visitor(node: Any, out: list[str], scope: Scope) -> None:
        out.append(tag)
        visit_all(node.elts, out, scope)

    return visitor


def _dict(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(dict")
    for key, value in zip(node.keys, node.values):
        if key is None:
            out.append("**")
        else:
            EXPRESSIONS[type(key)](key, out, scope)
        EXPRESSIONS[type(value)](value, out, scope)
    out.append(")")


VISITORS: dict[str, Visitor] = {
    "Attribute": _attribute,
    "Await": _prefixed("await"),
    "Dict": _dict,
    "ExtSlice": _legacy_slices,
    "Index": _legacy_index,
    "List": _elements("(list"),
    "Name": _name,
    "NamedExpr": _named,
    "Set": _elements("(set"),
    "Slice": _slice,
    "Starred": _starred,
    "Subscript": _subscript,
    "Tuple": _elements("(tuple"),
    "Yield": _prefixed("yield"),
    "YieldFrom": _prefixed("yield-from"),
}
