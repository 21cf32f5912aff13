"""Lines of functions, classes and type aliases."""

from __future__ import annotations

import _ast

from ato_trace._canonical.blocks import DEEPER, start_line, visit_block
from ato_trace._canonical.functions import visit_arguments
from ato_trace._canonical.operators import visit_keywords
from ato_trace._canonical.visit import bind, visit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ato_trace._canonical.scopes import Scope
    from ato_trace._canonical.visit import Statement

# Decorators that only watch or only tell type checkers something: they change no logic.
_WATCHING = ("trace", "runtime_trace")
_FOR_CHECKERS = ("final", "no_type_check", "overload", "override")
# As programs call ato's objects, for texts whose names stand for nothing.
_USUAL = ("scope", "scope.observe", "scope.manual", "hyperband.main")


def decorator_name(decorator: Any) -> str:
    """The dotted name of what a decorator is or calls; empty where it is no name."""
    node = decorator.func if type(decorator) is _ast.Call else decorator
    names: list[str] = []
    while type(node) is _ast.Attribute:
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if type(node) is _ast.Name else ""


def looks_like_ours(name: str) -> bool:
    """Whether a decorator is one of ato, as far as its dotted name can tell."""
    return name.rpartition(".")[2] in _WATCHING or name in _USUAL


def _counts(decorator: Any, ours: Callable[[str], bool]) -> bool:
    name = decorator_name(decorator)
    return name.rpartition(".")[2] not in _FOR_CHECKERS and not ours(name)


def visit_decorators(node: Any, out: list[str], scope: Scope, tag: str) -> None:
    """Append a line for each decorator that counts."""
    for decorator in node.decorator_list:
        if _counts(decorator, scope.root.ours or looks_like_ours):
            start_line(decorator, out, scope, tag)
            visit(decorator, out, scope)


def _bind_type_parameters(node: Any, scope: Scope) -> None:
    for parameter in getattr(node, "type_params", ()):
        scope.bound.add(parameter.name)


def visit_function(
    node: Any, out: list[str], scope: Scope, indent: str, decorated: str = ""
) -> None:
    """Append the parameters and the body of a function, without its name.

    Its decorators go between the two where `decorated` says how to begin their lines.
    """
    inner = scope.function()
    _bind_type_parameters(node, inner)
    visit_arguments(node.args, out, inner, scope)
    if decorated:
        visit_decorators(node, out, scope, decorated)
    visit_block(node.body, out, inner, indent + DEEPER)
    inner.close()


def visit_class(node: Any, out: list[str], scope: Scope, indent: str, decorated: str = "") -> None:
    """Append the bases and the body of a class, without its name; see `visit_function`."""
    out.append("(bases")
    for base in node.bases:
        visit(base, out, scope)
    visit_keywords(node.keywords, out, scope)
    out.append(")")
    if decorated:
        visit_decorators(node, out, scope, decorated)
    inner = scope.class_body()
    visit_block(node.body, out, inner, indent + DEEPER)
    inner.close()


FUNCTION_TAGS = {_ast.FunctionDef: "def", _ast.AsyncFunctionDef: "async-def"}


def _function(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    visit_decorators(node, out, scope, indent + "decorate")
    start_line(node, out, scope, indent + FUNCTION_TAGS[type(node)])
    bind(node.name, out, scope)
    visit_function(node, out, scope, indent)


def _class(node: Any, out: list[str], scope: Scope, indent: str) -> None:
    visit_decorators(node, out, scope, indent + "decorate")
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
