"""Classes: Python does not say where one is defined, so it is looked up by qualified name."""

from __future__ import annotations

import os
import sys
from types import FunctionType

from ato_trace._errors import FingerprintError
from ato_trace._part import Part, describe_found
from ato_trace._unwrap import unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from ato_trace._files import SourceFile
    from ato_trace._found import Found


def describe_class(cls: type, describe: Callable[[Any], Part]) -> Part:
    """The canonical form of a class, from its source or else from its members.

    Args:
        cls: The class.
        describe: Gives the canonical form of a member.

    Raises:
        FingerprintError: The class is implemented in C.
    """
    found = find_class(cls)
    if found is None:
        return _describe_members(cls, describe)
    outer = cls.__qualname__.rpartition(".")[0]
    return describe_found(found, found.node.name if not outer or outer.endswith(">") else None)


def find_class(cls: type) -> Found | None:
    """The definition of a class, or None where its source cannot be read."""
    from ato_trace._source import find_block

    for source in _sources(cls):
        line = _line_of(cls, source)
        found = find_block(source, line) if line else None
        if found is not None:
            return found
    return None


def _sources(cls: type) -> Iterator[SourceFile]:
    from ato_trace._files import read_source

    module = sys.modules.get(cls.__module__)
    names = [function.__code__.co_filename for function in own_functions(cls)]
    names.append(getattr(module, "__file__", None) or "")
    if cls.__module__ == "__main__" and not names[-1]:
        names += _notebook_cells()
    for name in dict.fromkeys(names):
        source = read_source(name, getattr(module, "__dict__", None)) if name else None
        if source is not None:
            yield source


def _notebook_cells() -> list[str]:
    """Cells of a notebook, newest first: linecache holds them under names of no file."""
    import linecache

    return [name for name in reversed(list(linecache.cache)) if not os.path.exists(name)]


def own_functions(cls: type) -> list[FunctionType]:
    """The functions defined in a class body."""
    functions = []
    for value in list(vars(cls).values()):
        value = value.fget if isinstance(value, property) else value
        function = unwrap(value) if not isinstance(value, type) else None
        if isinstance(function, FunctionType) and function.__qualname__ == (
            cls.__qualname__ + "." + function.__code__.co_name
        ):
            functions.append(function)
    return functions


def _line_of(cls: type, source: SourceFile) -> int | None:
    from ato_trace._source import first_line

    nodes = _classes_in(source).get(cls.__qualname__)
    if not nodes:
        return None
    if len(nodes) > 1:  # one in `if`, one in `else`: which of them ran?
        nodes = [node for node in nodes if _has_constants_of(cls, node)] or nodes
    node = _choose(cls, nodes)
    if source.edited and not _is_current(cls, node, source):
        return None
    return first_line(node)


def _classes_in(source: SourceFile) -> dict[str, list[Any]]:
    from ato_trace._source import definitions

    if source.classes is None:
        source.classes = {}
        try:
            tree = source.tree()
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return source.classes
        for name, node in definitions(tree):
            if hasattr(node, "bases"):
                source.classes.setdefault(name, []).append(node)
    return source.classes


def _is_current(cls: type, node: Any, source: SourceFile) -> bool:
    """Whether an edited file still defines the class as it is: its functions and constants."""
    from ato_trace._stale import is_current

    functions = own_functions(cls)
    return _has_constants_of(cls, node) and all(
        is_current(function.__code__, source) for function in functions
    )


def _has_constants_of(cls: type, node: Any) -> bool:
    """Whether the constants that a class body assigns are those that the class has."""
    for statement in node.body:
        value = _literal(getattr(statement, "value", None))
        for target in getattr(statement, "targets", ()):
            present = vars(cls).get(getattr(target, "id", ""), _NOTHING)
            if type(present) is type(value) and present != value:
                return False
    return True


_NOTHING = object()


def _literal(node: Any) -> Any:
    import ast

    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return _NOTHING


def _choose(cls: type, nodes: list[Any]) -> Any:
    """Of several classes with one name, the one whose functions the class has."""
    from ato_trace._source import first_line

    wanted = {function.__code__.co_firstlineno for function in own_functions(cls)}
    wanted.add(getattr(cls, "__firstlineno__", 0))
    for node in nodes:
        lines = {first_line(child) for child in node.body if hasattr(child, "decorator_list")}
        if wanted & (lines | {first_line(node)}):
            return node
    return max(nodes, key=first_line)


def _describe_members(cls: type, describe: Callable[[Any], Part]) -> Part:
    if not cls.__flags__ & _HEAP_TYPE:
        raise FingerprintError(f"{cls.__module__}.{cls.__qualname__} is implemented in C")
    lines = [
        "1 class-object (bases " + " ".join(base.__qualname__ for base in cls.__bases__) + " )"
    ]
    for name in sorted(vars(cls)):
        if name in _BOOKKEEPING:
            continue
        value = vars(cls)[name]
        try:
            lines.append(name + " " + describe(value).canonical)
        except FingerprintError:
            lines.append(name + " " + _value_text(value))
    return Part("\n".join(lines), None, cls.__qualname__, "code-object")


_HEAP_TYPE = 1 << 9  # made by a class statement, not in C
_BOOKKEEPING = {
    "__annotations__",
    "__classcell__",
    "__dict__",
    "__doc__",
    "__firstlineno__",
    "__module__",
    "__qualname__",
    "__static_attributes__",
    "__weakref__",
}


def _value_text(value: Any) -> str:
    from ato_trace._codeobject import constant_text

    if isinstance(value, (int, float, complex, str, bytes, tuple, frozenset, type(None))):
        return constant_text(value)
    return type(value).__qualname__
