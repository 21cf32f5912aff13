"""Which names code takes from around it, and which it makes itself."""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def free_names(node: ast.AST) -> set[str]:
    """The names that a piece of code reads and that no function in it makes itself."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    if isinstance(node, FUNCTIONS):
        arguments = node.args
        around = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
        around += getattr(node, "decorator_list", [])
        return _all_free(around) | (_all_free(body_of(node)) - local_names(node))
    if isinstance(node, COMPREHENSIONS):
        return _all_free(ast.iter_child_nodes(node)) - made_names(node)
    return _all_free(ast.iter_child_nodes(node))


def made_names(node: ast.AST) -> set[str]:
    """The names that a statement makes; of a comprehension those that it counts by."""
    if isinstance(node, COMPREHENSIONS):
        return {name for one in node.generators for name in _stored([one.target])}
    return set(_stored([node]))


def body_of(function: Any) -> list[ast.AST]:
    """The statements of a function; the expression of a lambda."""
    return [function.body] if isinstance(function, ast.Lambda) else function.body


def parameters(function: Any) -> set[str]:
    """The names of a function's parameters."""
    given = function.args
    every = [*given.args, *given.kwonlyargs, *getattr(given, "posonlyargs", [])]
    return {one.arg for one in (*every, given.vararg, given.kwarg) if one is not None}


def local_names(function: Any) -> set[str]:
    """The names that a function makes for itself, its parameters among them."""
    body = body_of(function)
    shared = {
        name
        for part in inside(body)
        if isinstance(part, (ast.Global, ast.Nonlocal))
        for name in part.names
    }
    return (parameters(function) | set(_stored(body))) - shared


def _all_free(nodes: Iterable[ast.AST]) -> set[str]:
    return {name for node in nodes for name in free_names(node)}


def _stored(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for part in inside(nodes):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield part.name
        elif isinstance(part, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name).split(".")[0] for alias in part.names)
        elif isinstance(part, ast.ExceptHandler) and part.name:
            yield part.name


def inside(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All parts of some code, less what is inside of functions and classes defined there."""
    for node in nodes:
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield from inside(ast.iter_child_nodes(node))
