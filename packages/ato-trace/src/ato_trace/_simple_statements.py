"""Lines of statements without a block."""

from __future__ import annotations

import _ast

from ato_trace._blocks import start_line
from ato_trace._operators import BINARY
from ato_trace._visit import EXPRESSIONS, visit, visit_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._scopes import Scope
    from ato_trace._visit import Statement

# Constants that stand as a statement of their own (docstrings, `...`) do nothing.
_CONSTANTS = tuple(
    getattr(_ast, name)
    for name in ("Constant", "Str", "Bytes", "Num", "NameConstant", "Ellipsis")
    if hasattr(_ast, name)
)
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


VISITORS: dict[str, Statement] = {
    "AnnAssign": _annotated,
    "Assert": _assert,
    "Assign": _assign,
    "AugAssign": _augmented,
    "Break": _word("break"),
    "Continue": _word("continue"),
    "Delete": _delete,
    "Expr": _expression,
    "Global": _global,
    "Nonlocal": _nonlocal,
    "Pass": _nothing,
    "Raise": _raise,
    "Return": _return,
}
