"""Lines of statements with blocks: branches, loops, `with`, `try`, `match`."""

from __future__ import annotations

import _ast

from ato_trace._blocks import DEEPER, start_line, visit_block
from ato_trace._patterns import visit_pattern
from ato_trace._visit import bind, visit, visit_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._scopes import Scope
    from ato_trace._visit import Statement

If = _ast.If


def _nested(tag: str, body: list[Any], out: list[str], scope: Scope, indent: str) -> None:
    if body:
        start_line(body[0], out, scope, indent + tag)
        visit_block(body, out, scope, indent + DEEPER)


def _if(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    deeper = indent + DEEPER
    tag = "if"
    while True:  # a loop over `elif`: a chain of a thousand must not recurse a thousand deep
        start_line(node, out, scope, indent + tag)
        visit(node.test, out, scope)
        visit_block(node.body, out, scope, deeper)
        orelse = node.orelse
        if len(orelse) != 1 or orelse[0].__class__ is not If:
            break
        node, tag = orelse[0], "elif"
    _nested("else", orelse, out, scope, indent)


def _for(tag: str) -> Statement:
    def visitor(node: Any, out: list[str], scope: Scope, indent: str) -> None:
        start_line(node, out, scope, indent + tag)
        visit(node.target, out, scope)
        visit(node.iter, out, scope)
        visit_block(node.body, out, scope, indent + DEEPER)
        _nested("else", node.orelse, out, scope, indent)

    return visitor


def _while(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    start_line(node, out, scope, indent + "while")
    visit(node.test, out, scope)
    visit_block(node.body, out, scope, indent + DEEPER)
    _nested("else", node.orelse, out, scope, indent)


def _with(tag: str) -> Statement:
    def visitor(node: Any, out: list[str], scope: Scope, indent: str) -> None:
        start_line(node, out, scope, indent + tag)
        for item in node.items:
            visit(item.context_expr, out, scope)
            out.append("as")
            visit_optional(item.optional_vars, out, scope)
        visit_block(node.body, out, scope, indent + DEEPER)

    return visitor


def _try(tag: str) -> Statement:
    def visitor(node: Any, out: list[str], scope: Scope, indent: str) -> None:
        start_line(node, out, scope, indent + tag)
        visit_block(node.body, out, scope, indent + DEEPER)
        for handler in node.handlers:
            _handler(handler, out, scope, indent)
        _nested("else", node.orelse, out, scope, indent)
        _nested("finally", node.finalbody, out, scope, indent)

    return visitor


def _handler(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    start_line(node, out, scope, indent + "except")
    visit_optional(node.type, out, scope)
    if node.name is None:
        visit_block(node.body, out, scope, indent + DEEPER)
        return
    inner = scope.handler(node.name)
    bind(node.name, out, inner)
    visit_block(node.body, out, inner, indent + DEEPER)
    if inner is not scope:
        inner.close()


def _match(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    start_line(node, out, scope, indent + "match")
    visit(node.subject, out, scope)
    deeper = indent + DEEPER
    for case in node.cases:
        start_line(case.pattern, out, scope, deeper + "case")
        visit_pattern(case.pattern, out, scope)
        visit_optional(case.guard, out, scope)
        visit_block(case.body, out, scope, deeper + DEEPER)


VISITORS: dict[str, Statement] = {
    "AsyncFor": _for("async-for"),
    "AsyncWith": _with("async-with"),
    "For": _for("for"),
    "If": _if,
    "Match": _match,
    "Try": _try("try"),
    "TryStar": _try("try-star"),
    "While": _while,
    "With": _with("with"),
}
