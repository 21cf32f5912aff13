"""Lines of functions, classes and type aliases."""

from __future__ import annotations

import _ast

from ato_trace._blocks import DEEPER, start_line, visit_block
from ato_trace._functions import visit_arguments
from ato_trace._operators import visit_keywords
from ato_trace._visit import bind, visit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._scopes import Scope
    from ato_trace._visit import Statement

# Decorators that only watch: adding them changes no logic.
_WATCHING = ("trace", "runtime_trace")


def _decorators(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    for decorator in node.decorator_list:
        function = decorator.func if type(decorator) is _ast.Call else decorator
        if getattr(function, "attr", None) not in _WATCHING:
            start_line(decorator, out, scope, indent + "decorate")
            visit(decorator, out, scope)


def _bind_type_parameters(node: Any, scope: Scope) -> None:
    for parameter in getattr(node, "type_params", ()):
        scope.bound.add(parameter.name)


def visit_function(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    """Append the parameters and the body of a function, without its name and decorators."""
    inner = scope.function()
    _bind_type_parameters(node, inner)
    visit_arguments(node.args, out, inner, scope)
    visit_block(node.body, out, inner, indent + DEEPER)
    inner.close()


def visit_class(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    """Append the bases and the body of a class, without its name and decorators."""
    out.append("(bases")
    for base in node.bases:
        visit(base, out, scope)
    visit_keywords(node.keywords, out, scope)
    out.append(")")
    inner = scope.class_body()
    visit_block(node.body, out, inner, indent + DEEPER)
    inner.close()


FUNCTION_TAGS = {_ast.FunctionDef: "def", _ast.AsyncFunctionDef: "async-def"}


def _function(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _decorators(node, out, scope, indent)
    start_line(node, out, scope, indent + FUNCTION_TAGS[type(node)])
    bind(node.name, out, scope)
    visit_function(node, out, scope, indent)


def _class(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    _decorators(node, out, scope, indent)
    start_line(node, out, scope, indent + "class")
    bind(node.name, out, scope)
    visit_class(node, out, scope, indent)


def _type_alias(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    start_line(node, out, scope, indent + "type")
    visit(node.name, out, scope)
    inner = scope.function()
    _bind_type_parameters(node, inner)
    visit(node.value, out, inner)
    inner.close()


VISITORS: dict[str, Statement] = {
    "AsyncFunctionDef": _function,
    "ClassDef": _class,
    "FunctionDef": _function,
    "TypeAlias": _type_alias,
}
