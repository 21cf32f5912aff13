"""Find the lazy blocks in the tree of a view, and put function definitions in their place."""

from __future__ import annotations

import ast
import sys

from ato_scope._errors import LazyError
from ato_scope._lazy.source import place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

BODY = "<lazy>"
DEFER = "__ato_defer__"
CAPTURE = "__ato_capture__"
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
LOOPS = (ast.For, ast.AsyncFor, ast.While)


class Splitter(ast.NodeTransformer):
    """Replaces the lazy blocks of one function.

    Attributes:
        bodies: The definition that each block became, by its name.
        calls: The call that hands each of them over.
        inlined: Whether a block was kept in place.
    """

    def __init__(self, function: Any, is_lazy: Callable[[Any], bool], inline: bool) -> None:
        self.function = function
        self.is_lazy = is_lazy
        self.inline = inline
        self.inlined = False
        self.bodies: dict[str, ast.FunctionDef] = {}
        self.calls: dict[str, ast.Call] = {}
        self.declared: list[ast.stmt] = []
        self.imports: dict[str, Any] = {}

    def split(self, definition: ast.FunctionDef) -> ast.FunctionDef:
        self.declared = [
            node
            for node in own_nodes(definition.body)
            if isinstance(node, (ast.Global, ast.Nonlocal))
        ]
        self.imports = _imports(definition.body)
        definition.body = [s for node in definition.body for s in self._statements(node)]
        return definition

    def _statements(self, node: ast.stmt) -> list[ast.stmt]:
        result = self.visit(node)
        return result if isinstance(result, list) else [result]

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, SCOPES):
            return node
        return self._with(node) if isinstance(node, ast.With) else self.generic_visit(node)

    def _with(self, node: ast.With) -> Any:
        marks = [self._is_mark(item.context_expr) for item in node.items]
        if not any(marks):
            return self.generic_visit(node)
        item = node.items[0]
        if _has_keyword(item.context_expr, "priority"):
            raise self._refused(
                node, "priority= is that of a view: make one with lazy=True, priority=..."
            )
        if len(marks) > 1 or item.optional_vars is not None or _has_arguments(item.context_expr):
            raise self._refused(node, "write it exactly as 'with Scope.lazy():'")
        self._check_body(node.body)
        was_inline, self.inline = self.inline, True
        body = [s for statement in node.body for s in self._statements(statement)]
        self.inline = was_inline
        if self.inline:
            self.inlined = True
            test = ast.copy_location(_constant(True), node)
            return ast.copy_location(ast.If(test=test, body=body, orelse=[]), node)
        return self._deferred(node, body)

    def _is_mark(self, node: ast.expr) -> bool:
        """Whether an expression is a call of the `lazy` of a scope."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return False
        if node.func.attr != "lazy":
            return False
        owner = _resolve(node.func.value, self.function, self.imports)
        return owner is not None and self.is_lazy(getattr(owner, "lazy", None))

    def _deferred(self, node: ast.With, body: list[ast.stmt]) -> list[ast.stmt]:
        name = f"{BODY[:-1]} {len(self.bodies) + 1}>" if self.bodies else BODY
        source = f"def x():\n pass\n{DEFER}(x, {CAPTURE}())"
        definition, statement = ast.parse(source).body
        assert isinstance(definition, ast.FunctionDef)
        assert isinstance(statement, ast.Expr)
        call = statement.value
        assert isinstance(call, ast.Call)
        definition.name = name
        assert isinstance(call.args[0], ast.Name)
        call.args[0].id = name
        relocate([definition, statement], node)
        definition.body = [*self._declarations(body), *body]
        self.bodies[name] = definition
        self.calls[name] = call
        return [definition, statement]

    def _declarations(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Repeat in a body the global and nonlocal declarations of the view that concern it."""
        used = {n.id for s in body for n in ast.walk(s) if isinstance(n, ast.Name)}
        found: list[ast.stmt] = []
        for node in self.declared:
            names = [name for name in node.names if name in used]  # type: ignore[attr-defined]
            if names:
                found.append(ast.copy_location(type(node)(names=names), body[0]))  # type: ignore
        return found

    def _check_body(self, body: list[ast.stmt]) -> None:
        for node in own_nodes(body):
            if isinstance(node, ast.Return):
                raise self._refused(node, "'return' cannot leave a block that runs later")
            if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await)):
                raise self._refused(node, "'yield' cannot stand in a block that runs later")
        for node in _leaving(body):
            word = type(node).__name__.lower()
            raise self._refused(node, f"'{word}' cannot leave a block that runs later")

    def _refused(self, node: Any, problem: str) -> LazyError:
        return LazyError(f"{place_of(self.function, node.lineno)}: {problem}")


def _constant(value: bool) -> ast.expr:
    return ast.parse(str(value), mode="eval").body


def _has_arguments(node: ast.expr) -> bool:
    """Whether a call has arguments; `with_compile` of ato 2.x changes nothing."""
    if not isinstance(node, ast.Call):
        return False
    return bool(node.args) or any(keyword.arg != "with_compile" for keyword in node.keywords)


def _has_keyword(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and any(keyword.arg == name for keyword in node.keywords)


def relocate(nodes: list[ast.AST], place: ast.stmt) -> None:
    """Give made-up nodes the line of the statement they stand for."""
    for root in nodes:
        for node in ast.walk(root):
            if hasattr(node, "lineno"):
                ast.copy_location(node, place)


def _resolve(node: ast.expr, function: Any, imports: dict[str, Any]) -> Any:
    """Return the object that a dotted name in a function means, None where it is not known yet."""
    if isinstance(node, ast.Attribute):
        return getattr(_resolve(node.value, function, imports), node.attr, None)
    if not isinstance(node, ast.Name):
        return None
    if node.id in imports:
        return imports[node.id]
    if node.id in function.__code__.co_freevars:
        cell = function.__closure__[function.__code__.co_freevars.index(node.id)]
        try:
            return cell.cell_contents
        except ValueError:
            return None
    return function.__globals__.get(node.id)


def _imports(body: list[ast.stmt]) -> dict[str, Any]:
    """Return what a function imports into its own names, as far as that is loaded already."""
    found: dict[str, Any] = {}
    for node in own_nodes(body):
        if isinstance(node, ast.ImportFrom) and not node.level:
            module = sys.modules.get(node.module or "")
            for alias in node.names:
                found[alias.asname or alias.name] = getattr(module, alias.name, None)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.name if alias.asname else alias.name.partition(".")[0]
                found[alias.asname or name] = sys.modules.get(name)
    return found


def own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes of a body that belong to its own function."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, SCOPES):
            stack.extend(ast.iter_child_nodes(node))


def _leaving(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the break and continue statements that belong to a loop around the body."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Break, ast.Continue)):
            yield node
        elif isinstance(node, LOOPS):
            stack.extend(node.orelse)
        elif not isinstance(node, SCOPES):
            stack.extend(ast.iter_child_nodes(node))
