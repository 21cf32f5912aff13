"""Lines of statements: the simple ones, then those with a block."""

from __future__ import annotations

import _ast

from ato_trace._canonical.blocks import DEEPER, start_line, visit_block
from ato_trace._canonical.operators import BINARY
from ato_trace._canonical.patterns import visit_pattern
from ato_trace._canonical.visit import EXPRESSIONS, bind, visit, visit_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._canonical.scopes import Scope
    from ato_trace._canonical.visit import Statement

# Constants that stand as a statement of their own (docstrings, `...`) do nothing.
_CONSTANTS = tuple(
    getattr(_ast, name)
    for name in ("Constant", "Str", "Bytes", "Num", "NameConstant", "Ellipsis")
    if hasattr(_ast, name)
)
If = _ast.If
# Annotations that change what dataclasses make of a field.
_FIELD_KINDS = ("ClassVar", "InitVar", "KW_ONLY")


def _expression(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    value = node.value
    if type(value) in _CONSTANTS:
        return
    scope.root.lines.append(node.lineno)
    out.append(indent + "expr")
    EXPRESSIONS[type(value)](value, out, scope)


def _assign(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    scope.root.lines.append(node.lineno)
    out.append(indent + "assign")
    for target in node.targets:
        EXPRESSIONS[type(target)](target, out, scope)
    out.append("=")
    value = node.value
    EXPRESSIONS[type(value)](value, out, scope)


def _annotated(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    if scope.kind == "class":
        _field(node, out, scope, indent)
    elif node.value is not None:
        start_line(node, out, scope, indent + "assign")
        visit(node.target, out, scope)
        out.append("=")
        visit(node.value, out, scope)
    elif type(node.target) is _ast.Name:
        scope.bound.add(node.target.id)


def _field(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    """An annotated name in a class body: dataclasses and their kin make a field of it."""
    annotation = node.annotation
    if type(annotation) is _ast.Subscript:
        annotation = annotation.value
    kind = getattr(annotation, "attr", getattr(annotation, "id", ""))
    start_line(node, out, scope, indent + "field" + (":" + kind if kind in _FIELD_KINDS else ""))
    visit(node.target, out, scope)
    out.append("=")
    visit_optional(node.value, out, scope)


def _augmented(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    start_line(node, out, scope, indent + "assign" + BINARY[type(node.op)][1:])
    visit(node.target, out, scope)
    visit(node.value, out, scope)


def _return(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    start_line(node, out, scope, indent + "return")
    # A bare return gives None as well.
    if node.value is None:
        out.append("None")
    else:
        visit(node.value, out, scope)


def _delete(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    start_line(node, out, scope, indent + "del")
    targets = list(reversed(node.targets))
    while targets:  # `del (a, b)` is `del a, b`; formatters rewrite one as the other
        target = targets.pop()
        if type(target) in (_ast.Tuple, _ast.List):
            targets += reversed(target.elts)
        else:
            visit(target, out, scope)


def _raise(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    start_line(node, out, scope, indent + "raise")
    visit_optional(node.exc, out, scope)
    visit_optional(node.cause, out, scope)


def _assert(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    start_line(node, out, scope, indent + "assert")
    visit(node.test, out, scope)
    visit_optional(node.msg, out, scope)


def _word(text: str) -> Statement:
    def visitor(node: Any, out: list[str], scope: Scope, indent: str) -> None:
        start_line(node, out, scope, indent + text)

    return visitor


def _nothing(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    """`pass` does nothing."""


def _global(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    # Not a line of its own: from here on every use of the name says that it is global.
    scope.owner.declared_global.update(node.names)


def _nonlocal(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    scope.owner.declared_nonlocal.update(node.names)


# -- with blocks --------------------------------------------------------------------------------


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
    "AnnAssign": _annotated,
    "Assert": _assert,
    "Assign": _assign,
    "AsyncFor": _for("async-for"),
    "AsyncWith": _with("async-with"),
    "AugAssign": _augmented,
    "Break": _word("break"),
    "Continue": _word("continue"),
    "Delete": _delete,
    "Expr": _expression,
    "For": _for("for"),
    "Global": _global,
    "If": _if,
    "Match": _match,
    "Nonlocal": _nonlocal,
    "Pass": _nothing,
    "Raise": _raise,
    "Return": _return,
    "Try": _try("try"),
    "TryStar": _try("try-star"),
    "While": _while,
    "With": _with("with"),
}
