"""What is defined in a notebook, and what a piece of its code names there."""

from __future__ import annotations

import ast
import builtins
import types

from ato_trace._source.free_names import COMPREHENSIONS, FUNCTIONS, inside, made_names
from ato_trace._source.projects import OWN, is_of_ato, owner_of_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Mapping

LITERALS = frozenset(["Constant", "JoinedStr", "Num", "Str"])  # the last two: Python 3.7
_DISPLAYS = (ast.Dict, ast.List, ast.Set)


class Notebook:
    """What is defined in a notebook.

    Attributes:
        space: Its variables.
        functions: The definitions of its functions by name.
    """

    def __init__(self, space: Mapping[str, Any], nodes: Iterable[ast.AST]) -> None:
        self.space = space
        functions = (node for node in nodes if isinstance(node, FUNCTIONS[:2]))
        self.functions: dict[str, Any] = {node.name: node for node in functions}

    def is_entry_definition(self, node: Any) -> bool:
        """Whether a definition makes an entry, and does nothing but that."""
        roots = [self.space.get(root_of(one) or "") for one in node.decorator_list]
        return is_entry(self.space.get(node.name)) and all(
            is_of_ato(package_of(root)) and last_of(one) in (root_of(one), "main")
            for root, one in zip(roots, node.decorator_list)
        )

    def made_in(self, body: Iterable[ast.AST]) -> set[str]:
        """The names in a function that hold only what it made itself, and nobody else has."""
        found: dict[str, bool] = {}
        for part in inside(body):
            value = getattr(part, "value", None) or getattr(part, "context_expr", None)
            for target in _direct_targets(part):
                found[target] = found.get(target, True) and self._is_new(value)
            # A module, and what a loop gives, are not new.
            if isinstance(part, (ast.For, ast.AsyncFor)):
                found.update(dict.fromkeys(made_names(part.target), False))
            elif isinstance(part, (ast.Import, ast.ImportFrom)):
                found.update(dict.fromkeys(made_names(part), False))
        return {name for name, is_made in found.items() if is_made}

    def _is_new(self, node: Any) -> bool:
        """Whether an expression makes an object: a literal, or a call of a library's class."""
        if type(node).__name__ in LITERALS or isinstance(node, (*COMPREHENSIONS, *_DISPLAYS)):
            return True
        if not isinstance(node, ast.Call):
            return False
        root = root_of(node) or ""
        value = self.space.get(root, getattr(builtins, root, None))
        if isinstance(value, types.ModuleType):
            module = self.module_of(getattr(node.func, "value", node.func))
            value = getattr(module, "__dict__", {}).get(last_of(node.func))
        if value is open:
            return True
        return isinstance(value, type) and owner_of_module(value.__module__) != OWN

    def module_of(self, node: ast.AST) -> types.ModuleType | None:
        """The module that `helper` or `package.helper` names."""
        if isinstance(node, ast.Attribute):
            found = getattr(self.module_of(node.value), "__dict__", {}).get(node.attr)
        else:
            found = self.space.get(getattr(node, "id", ""))
        return found if isinstance(found, types.ModuleType) else None


def is_entry(value: Any) -> bool:
    """Whether a value is an entry of a scope or a search."""
    return hasattr(value, "with_args")


def calls_entry(value: Any, name: str) -> bool:
    """Whether to call a value, what is in it, or its method of that name is to call an entry."""
    if isinstance(value, dict):
        return any(map(is_entry, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(is_entry, value))
    return is_entry(value) or is_entry(getattr(type(value), name, None))


def package_of(value: Any) -> str:
    """The package that a value is of."""
    of = value if isinstance(value, type) else type(value)
    return str(of.__module__).split(".")[0]


def _direct_targets(node: ast.AST) -> list[str]:
    """The names that an assignment, or a `with`, binds to just what is given."""
    targets = list(getattr(node, "targets", ())) if isinstance(node, ast.Assign) else []
    targets += [node.target] if isinstance(node, ast.AnnAssign) else []
    targets += [node.optional_vars] if isinstance(node, ast.withitem) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def base_of(node: ast.AST) -> ast.AST:
    """What stands before all attributes, subscripts and calls of an expression."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node


def root_of(node: ast.AST) -> str | None:
    """The name of that, if it has one."""
    base = base_of(node)
    return base.id if isinstance(base, ast.Name) else None


def chain_of(node: ast.AST) -> Iterator[str]:
    """The names of `a.b.c`, from the end on."""
    while isinstance(node, ast.Attribute):
        yield node.attr
        node = node.value
    yield getattr(node, "id", "")


def last_of(node: ast.AST) -> str:
    """The name of an expression `name`, or of the attribute that it ends with."""
    return next(chain_of(node))
