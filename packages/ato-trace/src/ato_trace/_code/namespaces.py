"""Where the names in a piece of code are looked up, and which of them are decorators of ato."""

from __future__ import annotations

import sys
from types import FunctionType, ModuleType

from ato_adict import MISSING
from ato_trace._canonical.definitions import looks_like_ours
from ato_trace._hashing.dispatch import module_of_class
from ato_trace._source.projects import is_of_ato
from ato_trace._source.unloaded import Definition
from ato_trace._source.unwrap import unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Dict

    Namespace = Dict[str, Any]

# Files that decorators name as the place of the methods they generate.
_GENERATED = ("<string>", "<attrs", "<makefun", "<decorator")


def namespaces(obj: Any) -> list[Namespace]:
    """Closure variables, then globals."""
    if isinstance(obj, FunctionType):
        if obj.__closure__ is None:
            return [obj.__globals__]
        return [closure(obj), obj.__globals__]
    if isinstance(obj, type):
        closures = [closure(function) for function in own_functions(obj) if function.__closure__]
        return [*closures, getattr(sys.modules.get(obj.__module__), "__dict__", {})]
    if isinstance(obj, Definition):
        return [obj.module.space()]
    return [vars(obj)] if isinstance(obj, ModuleType) else []


def closure(function: FunctionType) -> Namespace:
    """The values of the closure variables of a function."""
    values = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            values[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    return values


def own_functions(cls: type) -> list[FunctionType]:
    """The functions written in a class body; those that decorators generated are left out."""
    functions = []
    for value in list(vars(cls).values()):
        value = value.fget if isinstance(value, property) else value
        function = unwrap(value) if not isinstance(value, type) else None
        if (
            isinstance(function, FunctionType)
            and function.__qualname__ == cls.__qualname__ + "." + function.__code__.co_name
            and function.__globals__.get("__name__", module_of_class(cls)) == module_of_class(cls)
            and not function.__code__.co_filename.startswith(_GENERATED)
        ):
            functions.append(function)
    return functions


def ato_decorators(spaces: Sequence[Namespace]) -> Callable[[str], bool]:
    """A test of dotted names: do they stand for something of ato, however it is called here?"""

    def ours(name: str) -> bool:
        root, *attributes = name.split(".")
        value = next((space[root] for space in spaces if root in space), MISSING)
        for attribute in attributes:
            try:
                value = getattr(value, attribute, MISSING)
            except Exception:  # objects that make up attributes may raise anything
                value = MISSING
        return looks_like_ours(name) if value is MISSING else _is_of_ato(value)

    return ours


def _is_of_ato(value: Any) -> bool:
    """Whether ato made an object, a bound method's `self` standing for it."""
    owner = getattr(value, "__self__", None) or value
    if isinstance(owner, FunctionType):
        return is_of_ato(owner.__module__ or "")
    kind = owner if isinstance(owner, type) else type(owner)
    return any(is_of_ato(module_of_class(base)) for base in kind.__mro__)
