"""Which definition of a notebook counts where objects outlive it: that which they were made by.

A cell that defines a class anew leaves the objects of the class before as they are, and a list of
functions the functions. What is used is then not what the name stands for now.
"""

from __future__ import annotations

import ast
import functools
import re
import types

from ato_adict.notebooks import cell_line
from ato_trace._source.free_names import FUNCTIONS, free_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Mapping

_DEFINED = (type, types.FunctionType)
_CELL = re.compile(r"In\[(\d+)\]$")
_DEPTH = 2
_MOST = 100  # of what a list or an object holds


def read_later(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that statements which ran already look up when what they define is called."""
    inner = (part for node in nodes for part in ast.walk(node) if isinstance(part, FUNCTIONS))
    return {name for function in inner for name in free_names(function)}


class Former:
    """The definitions that objects in use were made by, and names no longer stand for.

    Args:
        read: The names that the run looks up.
        space: The variables of the notebook.
    """

    def __init__(self, read: set[str], space: Mapping[str, Any]) -> None:
        self._read, self._space = read, space
        found: dict[int, Any] = {}
        for name in read:
            for one in _definitions(space.get(name), _DEPTH):
                if one.__module__ == space.get("__name__"):
                    found[id(one)] = one
        self._used = list(found.values())

    def place(self, name: str) -> tuple[int, int] | None:
        """The cell and a line of the definition that counts; None if it is that of the name."""
        now = self._space.get(name)
        used = [one for one in self._used if one.__qualname__ == name]
        is_named = name in self._read or not isinstance(now, _DEFINED)
        if is_named or any(one is now for one in used):
            return None
        return max(filter(None, map(_place, used)), default=None)


def _definitions(value: Any, depth: int) -> Iterator[Any]:
    """The classes and functions that a value is or has, and that what it holds is or has."""
    if isinstance(value, types.ModuleType):
        return
    if isinstance(value, types.FunctionType):
        yield value
        return
    yield from value.__mro__ if isinstance(value, type) else type(value).__mro__
    if depth and not isinstance(value, type):
        for one in _held(value):
            yield from _definitions(one, depth - 1)


def _held(value: Any) -> list[Any]:
    if type(value) is dict:
        return list(value.values())[:_MOST]
    if type(value) in (list, tuple, set, frozenset):
        return list(value)[:_MOST]
    if type(value) is types.MethodType:
        return [value.__self__]
    if type(value) is functools.partial:
        return [value.func, *value.args, *value.keywords.values()]
    try:
        attributes = object.__getattribute__(value, "__dict__")  # asks nothing of the object itself
    except AttributeError:
        return []
    return list(attributes.values())[:_MOST] if type(attributes) is dict else []


def _place(one: Any) -> tuple[int, int] | None:
    """The cell that defines a function, or a method of a class: a class does not tell by itself."""
    functions = [one] if isinstance(one, types.FunctionType) else _methods(one)
    for function in functions:
        code = function.__code__
        name, line = cell_line(code.co_filename, code.co_firstlineno, code)
        found = _CELL.search(name)
        if found:
            return int(found.group(1)), line
    return None


def _methods(one: type) -> Iterator[types.FunctionType]:
    for value in list(vars(one).values()):
        function: Any = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        function = function.fget if isinstance(function, property) else function
        is_plain = isinstance(function, types.FunctionType)
        if is_plain and function.__qualname__.startswith(one.__qualname__ + "."):
            yield function
