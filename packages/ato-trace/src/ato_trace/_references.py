"""What the free names of a piece of code stand for when it runs."""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ato_trace._part import Part

_MISSING = object()


def references(obj: Any, part: Part) -> list[tuple[str, Any]]:
    """The objects that a function or class refers to, by the dotted names it uses, sorted.

    Names that are not defined (yet), and builtins, are left out.
    """
    found: dict[str, Any] = {}
    spaces = _namespaces(obj)
    for chain in _chains(obj, part):
        name, value = _resolve(chain, spaces)
        if value is not _MISSING:
            found[name] = value
    return sorted(found.items())


def _namespaces(obj: Any) -> list[Mapping[str, Any]]:
    """Where names are looked up: closure variables, then globals."""
    if isinstance(obj, FunctionType):
        return [_closure(obj), obj.__globals__]
    if isinstance(obj, type):
        from ato_trace._classes import own_functions

        closures = [_closure(function) for function in own_functions(obj)]
        return [*closures, getattr(sys.modules.get(obj.__module__), "__dict__", {})]
    return [vars(obj)] if isinstance(obj, ModuleType) else []


def _closure(function: FunctionType) -> dict[str, Any]:
    values = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            values[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    return values


def _chains(obj: Any, part: Part) -> Iterator[tuple[str, ...]]:
    if part.node is None:
        for name in _names_of_code(obj):
            yield (name,)
        return
    receiver = _receiver(obj, part)
    for chain in _dotted(part.node):
        if chain[0] in part.names or (chain[0] == receiver and len(chain) > 1):
            yield chain


def _names_of_code(obj: Any) -> Iterator[str]:
    from ato_trace._classes import own_functions
    from ato_trace._stale import nested_codes

    functions = own_functions(obj) if isinstance(obj, type) else [obj]
    for function in functions:
        if isinstance(function, FunctionType):
            for code in [function.__code__, *nested_codes(function.__code__)]:
                yield from code.co_names
                yield from code.co_freevars


def _dotted(node: Any) -> Iterator[tuple[str, ...]]:
    """Every name in a tree with the attributes read from it: ('np', 'linalg', 'norm')."""
    import ast

    skipped = set()
    for child in ast.walk(node):
        if isinstance(child, (ast.Attribute, ast.Name)) and child not in skipped:
            names: list[str] = []
            while isinstance(child, ast.Attribute):
                names.append(child.attr)
                child = child.value
                skipped.add(child)
            if isinstance(child, ast.Name):
                yield (child.id, *reversed(names))


def _receiver(obj: Any, part: Part) -> str | None:
    """The name of `self` or `cls` in a method."""
    if not isinstance(obj, FunctionType) or _class_of(obj) is None or not obj.__code__.co_argcount:
        return None
    return obj.__code__.co_varnames[0]


def _class_of(function: FunctionType) -> type | None:
    """The class whose method a function is."""
    outer = function.__qualname__.rpartition(".")[0]
    value: Any = None
    for index, name in enumerate(outer.split(".") if outer else ()):
        value = function.__globals__.get(name) if index == 0 else getattr(value, name, None)
    return value if isinstance(value, type) else None


def _resolve(chain: tuple[str, ...], spaces: list[Mapping[str, Any]]) -> tuple[str, Any]:
    """Follow attributes through modules, and stop at the first thing that is none."""
    value: Any = next((space[chain[0]] for space in spaces if chain[0] in space), _MISSING)
    used = 1
    while isinstance(value, ModuleType) and used < len(chain):
        value = getattr(value, chain[used], _MISSING)
        used += 1
    return ".".join(chain[:used]), value


def members_used(obj: Any, part: Part) -> list[tuple[str, Any]]:
    """What a method reads from `self` or `cls`, as far as its class defines it."""
    import inspect

    owner = _class_of(obj) if isinstance(obj, FunctionType) else None
    receiver = _receiver(obj, part)
    if owner is None or receiver is None or part.node is None:
        return []
    found = {}
    for chain in _dotted(part.node):
        if chain[0] == receiver and len(chain) > 1:
            value = inspect.getattr_static(owner, chain[1], _MISSING)
            if value is not _MISSING:
                found["self." + chain[1]] = value
    return sorted(found.items())
