"""Canonical lines of statements: one line each, indented by the depth of its block."""

from __future__ import annotations

import _ast

from ato_trace._expressions import (
    BINARY,
    EXPRESSIONS,
    bind,
    visit,
    visit_arguments,
    visit_keywords,
    visit_optional,
    visit_unknown,
)
from ato_trace._imports import emit_imports
from ato_trace._patterns import visit_pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List

    from ato_trace._scopes import Scope

    Statement = Callable[[Any, List[str], Scope, str], None]

STATEMENTS: dict[Any, Statement] = {}

Import = _ast.Import
ImportFrom = _ast.ImportFrom
If = _ast.If

# Constants that stand as a statement of their own (docstrings, `...`) do nothing.
_CONSTANTS = tuple(
    getattr(_ast, name)
    for name in ("Constant", "Str", "Bytes", "Num", "NameConstant", "Ellipsis")
    if hasattr(_ast, name)
)
# Decorators that only watch: adding them changes no logic.
_WATCHING = ("trace", "runtime_trace")
# Annotations that change what dataclasses make of a field.
_FIELD_KINDS = ("ClassVar", "InitVar", "KW_ONLY")
_DEEPER = "  "


def visit_block(body: list[Any], out: list[str], scope: Scope, indent: str) -> None:
    """Append the lines of a block, in which neighbouring imports have no order."""
    imports: list[Any] = []
    for node in body:
        kind = type(node)
        if kind is Import or kind is ImportFrom:
            imports.append(node)
            continue
        if imports:
            emit_imports(imports, out, scope, indent)
            imports = []
        STATEMENTS[kind](node, out, scope, indent)
    if imports:
        emit_imports(imports, out, scope, indent)


def _line(node: Any, out: list[str], scope: Scope, text: str) -> None:
    scope.root.lines.append(node.lineno)
    out.append(text)


def _nested(tag: str, body: list[Any], out: list[str], scope: Scope, indent: str) -> None:
    if body:
        _line(body[0], out, scope, indent + tag)
        visit_block(body, out, scope, indent + _DEEPER)


# -- simple statements -------------------------------------------------------------------------


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
        _line(node, out, scope, indent + "assign")
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
    _line(node, out, scope, indent + "field" + (":" + kind if kind in _FIELD_KINDS else ""))
    visit(node.target, out, scope)
    out.append("=")
    visit_optional(node.value, out, scope)


def _augmented(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _line(node, out, scope, indent + "assign" + BINARY[type(node.op)][1:])
    visit(node.target, out, scope)
    visit(node.value, out, scope)


def _return(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _line(node, out, scope, indent + "return")
    # A bare return gives None as well.
    if node.value is None:
        out.append("None")
    else:
        visit(node.value, out, scope)


def _delete(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _line(node, out, scope, indent + "del")
    targets = list(reversed(node.targets))
    while targets:  # `del (a, b)` is `del a, b`; formatters rewrite one as the other
        target = targets.pop()
        if type(target) in (_ast.Tuple, _ast.List):
            targets += reversed(target.elts)
        else:
            visit(target, out, scope)


def _raise(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _line(node, out, scope, indent + "raise")
    visit_optional(node.exc, out, scope)
    visit_optional(node.cause, out, scope)


def _assert(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _line(node, out, scope, indent + "assert")
    visit(node.test, out, scope)
    visit_optional(node.msg, out, scope)


def _word(text: str) -> Statement:
    def visitor(node: Any, out: list[str], scope: Scope, indent: str) -> None:
        _line(node, out, scope, indent + text)

    return visitor


def _nothing(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    """`pass` does nothing."""


def _global(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    # Not a line of its own: from here on every use of the name says that it is global.
    scope.owner.declared_global.update(node.names)


def _nonlocal(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    scope.owner.declared_nonlocal.update(node.names)


def _type_alias(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _line(node, out, scope, indent + "type")
    visit(node.name, out, scope)
    inner = scope.function()
    _bind_type_parameters(node, inner)
    visit(node.value, out, inner)
    inner.close()


# -- compound statements -----------------------------------------------------------------------


def _if(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    deeper = indent + _DEEPER
    tag = "if"
    while True:  # a loop over `elif`: a chain of a thousand must not recurse a thousand deep
        _line(node, out, scope, indent + tag)
        visit(node.test, out, scope)
        visit_block(node.body, out, scope, deeper)
        orelse = node.orelse
        if len(orelse) != 1 or orelse[0].__class__ is not If:
            break
        node, tag = orelse[0], "elif"
    _nested("else", orelse, out, scope, indent)


def _for(tag: str) -> Statement:
    def visitor(node: Any, out: list[str], scope: Scope, indent: str) -> None:
        _line(node, out, scope, indent + tag)
        visit(node.target, out, scope)
        visit(node.iter, out, scope)
        visit_block(node.body, out, scope, indent + _DEEPER)
        _nested("else", node.orelse, out, scope, indent)

    return visitor


def _while(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _line(node, out, scope, indent + "while")
    visit(node.test, out, scope)
    visit_block(node.body, out, scope, indent + _DEEPER)
    _nested("else", node.orelse, out, scope, indent)


def _with(tag: str) -> Statement:
    def visitor(node: Any, out: list[str], scope: Scope, indent: str) -> None:
        _line(node, out, scope, indent + tag)
        for item in node.items:
            visit(item.context_expr, out, scope)
            out.append("as")
            visit_optional(item.optional_vars, out, scope)
        visit_block(node.body, out, scope, indent + _DEEPER)

    return visitor


def _try(tag: str) -> Statement:
    def visitor(node: Any, out: list[str], scope: Scope, indent: str) -> None:
        _line(node, out, scope, indent + tag)
        visit_block(node.body, out, scope, indent + _DEEPER)
        for handler in node.handlers:
            _handler(handler, out, scope, indent)
        _nested("else", node.orelse, out, scope, indent)
        _nested("finally", node.finalbody, out, scope, indent)

    return visitor


def _handler(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _line(node, out, scope, indent + "except")
    visit_optional(node.type, out, scope)
    if node.name is None:
        visit_block(node.body, out, scope, indent + _DEEPER)
        return
    inner = scope.handler(node.name)
    bind(node.name, out, inner)
    visit_block(node.body, out, inner, indent + _DEEPER)
    if inner is not scope:
        inner.close()


def _match(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _line(node, out, scope, indent + "match")
    visit(node.subject, out, scope)
    deeper = indent + _DEEPER
    for case in node.cases:
        _line(case.pattern, out, scope, deeper + "case")
        visit_pattern(case.pattern, out, scope)
        visit_optional(case.guard, out, scope)
        visit_block(case.body, out, scope, deeper + _DEEPER)


# -- definitions -------------------------------------------------------------------------------


def _decorators(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    for decorator in node.decorator_list:
        function = decorator.func if type(decorator) is _ast.Call else decorator
        if getattr(function, "attr", None) not in _WATCHING:
            _line(decorator, out, scope, indent + "decorate")
            visit(decorator, out, scope)


def _bind_type_parameters(node: Any, scope: Scope) -> None:
    for parameter in getattr(node, "type_params", ()):
        scope.bound.add(parameter.name)


def visit_function(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    """Append the parameters and the body of a function, without its name and decorators."""
    inner = scope.function()
    _bind_type_parameters(node, inner)
    visit_arguments(node.args, out, inner, scope)
    visit_block(node.body, out, inner, indent + _DEEPER)
    inner.close()


def visit_class(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    """Append the bases and the body of a class, without its name and decorators."""
    out.append("(bases")
    for base in node.bases:
        visit(base, out, scope)
    visit_keywords(node.keywords, out, scope)
    out.append(")")
    inner = scope.class_body()
    visit_block(node.body, out, inner, indent + _DEEPER)
    inner.close()


FUNCTION_TAGS = {_ast.FunctionDef: "def", _ast.AsyncFunctionDef: "async-def"}


def _function(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _decorators(node, out, scope, indent)
    _line(node, out, scope, indent + FUNCTION_TAGS[type(node)])
    bind(node.name, out, scope)
    visit_function(node, out, scope, indent)


def _class(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _decorators(node, out, scope, indent)
    _line(node, out, scope, indent + "class")
    bind(node.name, out, scope)
    visit_class(node, out, scope, indent)


def _unknown(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _line(node, out, scope, indent + "statement")
    visit_unknown(node, out, scope)


def _register() -> None:
    known: dict[str, Statement] = {
        "AnnAssign": _annotated,
        "Assert": _assert,
        "Assign": _assign,
        "AsyncFor": _for("async-for"),
        "AsyncFunctionDef": _function,
        "AsyncWith": _with("async-with"),
        "AugAssign": _augmented,
        "Break": _word("break"),
        "ClassDef": _class,
        "Continue": _word("continue"),
        "Delete": _delete,
        "Expr": _expression,
        "For": _for("for"),
        "FunctionDef": _function,
        "Global": _global,
        "If": _if,
        "Match": _match,
        "Nonlocal": _nonlocal,
        "Pass": _nothing,
        "Raise": _raise,
        "Return": _return,
        "Try": _try("try"),
        "TryStar": _try("try-star"),
        "TypeAlias": _type_alias,
        "While": _while,
        "With": _with("with"),
    }
    for kind in _ast.stmt.__subclasses__():
        STATEMENTS[kind] = known.get(kind.__name__, _unknown)


_register()
