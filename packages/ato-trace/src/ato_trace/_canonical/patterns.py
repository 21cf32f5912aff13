"""Canonical tokens of the patterns of `match`."""

from __future__ import annotations

from ato_trace._canonical.visit import bind, visit, visit_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ato_trace._canonical.scopes import Scope


def visit_pattern(node: Any, out: list[str], scope: Scope) -> None:
    """Append the tokens of one pattern."""
    _PATTERNS.get(node.__class__.__name__, visit_unknown)(node, out, scope)


def _visit_all(nodes: list[Any], out: list[str], scope: Scope) -> None:
    for node in nodes:
        visit_pattern(node, out, scope)
    out.append(")")


def _capture(name: str | None, out: list[str], scope: Scope) -> None:
    if name is None:
        out.append("_")
    else:
        bind(name, out, scope)


def _value(node: Any, out: list[str], scope: Scope) -> None:
    out.append("value")
    visit(node.value, out, scope)


def _singleton(node: Any, out: list[str], scope: Scope) -> None:
    out.append("is")
    out.append(repr(node.value))


def _sequence(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(sequence")
    _visit_all(node.patterns, out, scope)


def _mapping(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(mapping")
    for key, pattern in zip(node.keys, node.patterns):
        visit(key, out, scope)
        visit_pattern(pattern, out, scope)
    if node.rest is not None:
        out.append("**")
        bind(node.rest, out, scope)
    out.append(")")


def _class(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(instance")
    visit(node.cls, out, scope)
    for pattern in node.patterns:
        visit_pattern(pattern, out, scope)
    for attribute, pattern in zip(node.kwd_attrs, node.kwd_patterns):
        out.append(attribute + "=")
        visit_pattern(pattern, out, scope)
    out.append(")")


def _star(node: Any, out: list[str], scope: Scope) -> None:
    out.append("*")
    _capture(node.name, out, scope)


def _as(node: Any, out: list[str], scope: Scope) -> None:
    if node.pattern is not None:
        out.append("as")
        visit_pattern(node.pattern, out, scope)
    _capture(node.name, out, scope)


def _or(node: Any, out: list[str], scope: Scope) -> None:
    out.append("(either")
    _visit_all(node.patterns, out, scope)


_PATTERNS: dict[str, Callable[[Any, list[str], Scope], None]] = {
    "MatchAs": _as,
    "MatchClass": _class,
    "MatchMapping": _mapping,
    "MatchOr": _or,
    "MatchSequence": _sequence,
    "MatchSingleton": _singleton,
    "MatchStar": _star,
    "MatchValue": _value,
}
