"""Modules of the user's that nothing has imported yet, read without running them.

A function may import as it runs. What it will import counts like what is imported already, but
importing it here would run the user's code at a moment of our choosing.
"""

from __future__ import annotations

import _ast
import sys

from ato_adict import MISSING
from ato_trace._source.files import Found, read_source
from ato_trace._source.projects import OWN, owner_of_file
from ato_trace._source.source import find_block, first_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ato_trace._source.files import SourceFile

_DEFINITIONS = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef)
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class Unloaded:
    """A module of the user's own that is not imported."""

    def __init__(self, name: str, source: SourceFile, is_package: bool) -> None:
        self.name = name
        self.source = source
        self.package = name if is_package else name.rpartition(".")[0]
        self._space: dict[str, Any] | None = None

    def space(self) -> dict[str, Any]:
        """What its names will stand for, as far as its text tells."""
        if self._space is None:
            self._space = {}
            try:
                statements = list(_statements(self.source.tree().body))
            except _UNREADABLE:
                return self._space
            for node in statements:
                self._space.update(self._bound_by(node))
        return self._space

    def _bound_by(self, node: Any) -> dict[str, Any]:
        if isinstance(node, _DEFINITIONS):
            return {node.name: Definition(self, node)}
        if isinstance(node, (_ast.Import, _ast.ImportFrom)):
            return imported_by(node, self.package)
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        names = [target.id for target in targets if isinstance(target, _ast.Name)]
        return {name: self._value(node.value) for name in names}

    def _value(self, node: Any) -> Any:
        import ast

        if isinstance(node, _ast.Name):  # another name for something
            return self.space().get(node.id, NotComputed())
        try:
            return ast.literal_eval(node)
        except (TypeError, *_UNREADABLE):
            return NotComputed()


class Definition:
    """A function or class of a module that is not imported."""

    def __init__(self, module: Unloaded, node: Any) -> None:
        self.module = module
        self.node = node

    def found(self) -> Found:
        """Its tree and text."""
        source = self.module.source
        line = first_line(self.node)
        return find_block(source, line) or Found(self.node, "", source.name, line)


class NotComputed:
    """A value that only running the module can tell."""


class Absent:
    """A library's object whose module is not imported yet."""

    def __init__(self, module: str, name: str = "") -> None:
        self.module = module
        self.name = name


def _statements(body: list[Any]) -> Iterator[Any]:
    for node in body:
        is_assigned = isinstance(node, (_ast.Assign, _ast.AnnAssign)) and node.value is not None
        if is_assigned or isinstance(node, (*_DEFINITIONS, _ast.Import, _ast.ImportFrom)):
            yield node
        elif isinstance(node, (_ast.If, _ast.Try, _ast.With)):
            yield from _statements(node.body)


# -- imports ------------------------------------------------------------------------------------


def imported_by(node: Any, package: str) -> dict[str, Any]:
    """What the names that an import binds stand for; nothing is imported to find out."""
    found = {}
    if isinstance(node, _ast.ImportFrom):
        module = _absolute(node, package)
        for alias in node.names:
            found[alias.asname or alias.name] = member_of(module_named(module), alias.name)
    else:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            found[alias.asname or top] = module_named(alias.name if alias.asname else top)
    return {name: value for name, value in found.items() if value is not MISSING}


def _absolute(node: Any, package: str) -> str:
    if not node.level:
        return str(node.module)
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def module_named(name: str) -> Any:
    """A module: itself where it is loaded, else an `Unloaded`, `Absent`, or MISSING."""
    if name in sys.modules:
        return sys.modules[name]
    spec = _find_spec(name)
    if spec is None:
        return MISSING
    file = spec.origin or ""
    if spec.origin is None or not file.endswith(".py") or owner_of_file(file) != OWN:
        return Absent(name)
    source = read_source(file)
    is_package = spec.submodule_search_locations is not None
    return Absent(name) if source is None else Unloaded(name, source, is_package)


def _find_spec(name: str) -> Any:
    from importlib.machinery import BuiltinImporter, PathFinder

    if name in sys.builtin_module_names:
        return BuiltinImporter.find_spec(name)
    path = None
    full = ""
    for part in name.split("."):
        full = f"{full}.{part}" if full else part
        try:
            spec = PathFinder.find_spec(full, path)
        except (ImportError, OSError, ValueError):
            return None
        if spec is None:
            return None
        path = spec.submodule_search_locations
    return spec


def member_of(module: Any, name: str) -> Any:
    """What a module holds under a name, a submodule among it; MISSING where it holds none."""
    if module is MISSING:
        return MISSING
    if isinstance(module, Absent):
        return Absent(module.module, f"{module.name}.{name}".lstrip("."))
    if isinstance(module, Unloaded):
        value = module.space().get(name, MISSING)
        own = module.name
    else:
        value = getattr(module, name, MISSING)
        own = module.__name__
    return value if value is not MISSING else module_named(f"{own}.{name}")
