"""Classes: Python does not say where one is defined, so it is looked up by qualified name."""

from __future__ import annotations

import os
import sys
from types import FunctionType

from ato_adict import MISSING
from ato_trace._canonical.canonical import VERSION
from ato_trace._code.codeobject import plain_text
from ato_trace._code.described import Part, describe_found
from ato_trace._code.namespaces import ato_decorators, namespaces, own_functions
from ato_trace._errors import FingerprintError
from ato_trace._source.edited import is_current
from ato_trace._source.files import read_source, read_timed
from ato_trace._source.source import definitions, find_block, first_line
from ato_trace._source.unwrap import unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from ato_trace._source.files import Found, SourceFile

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
    name = found.node.name if not outer or outer.endswith(">") else None
    return describe_found(found, name, ato_decorators(namespaces(cls)))


def find_class(cls: type) -> Found | None:
    """The definition of a class, or None where its source cannot be read."""
    for source in _sources(cls):
        line = _line_of(cls, source)
        found = find_block(source, line) if line else None
        if found is not None:
            return found
    return None


def _sources(cls: type) -> Iterator[SourceFile]:
    module = sys.modules.get(cls.__module__)
    codes = [function.__code__ for function in own_functions(cls)]
    names = [code.co_filename for code in codes]
    names.append(getattr(module, "__file__", None) or "")
    if cls.__module__ == "__main__" and not names[-1]:
        names += _notebook_cells()
    for name in dict.fromkeys(names):
        source = read_source(name, getattr(module, "__dict__", None)) if name else None
        if source is not None:
            yield source
    yield from filter(None, map(read_timed, codes))


def _notebook_cells() -> list[str]:
    """Cells of a notebook, newest first: linecache holds them under names of no file."""
    import linecache

    return [name for name in reversed(list(linecache.cache)) if not os.path.exists(name)]


def _line_of(cls: type, source: SourceFile) -> int | None:
    nodes = _classes_in(source).get(cls.__qualname__)
    if not nodes:
        return None
    if len(nodes) > 1:  # one in `if`, one in `else`: which of them ran?
        nodes = [node for node in nodes if _has_constants_of(cls, node, frozenset())] or nodes
    node = _choose(cls, nodes)
    if source.edited and not _is_current(cls, node, source):
        return None
    return first_line(node)


def _classes_in(source: SourceFile) -> dict[str, list[Any]]:
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
    functions = own_functions(cls)
    return _has_constants_of(cls, node, _attributes_stored(source)) and all(
        is_current(function.__code__, source) for function in functions
    )


def _has_constants_of(cls: type, node: Any, changing: frozenset[str] | set[str]) -> bool:
    """Whether the constants that a class body assigns are those that the class has.

    Those that the program changes itself, containers among them, tell nothing.
    """
    for statement in node.body:
        value = _literal(getattr(statement, "value", None))
        if isinstance(value, (dict, list, set)):
            continue
        for target in getattr(statement, "targets", ()):
            name = getattr(target, "id", "")
            present = vars(cls).get(name, MISSING)
            if name not in changing and type(present) is type(value) and present != value:
                return False
    return True


def _attributes_stored(source: SourceFile) -> set[str]:
    """The attributes that something in a file assigns."""
    import ast

    if source.stored is None:
        attributes = (c for c in ast.walk(source.tree()) if isinstance(c, ast.Attribute))
        source.stored = {a.attr for a in attributes if not isinstance(a.ctx, ast.Load)}
    return source.stored


def _literal(node: Any) -> Any:
    import ast

    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return MISSING


def _choose(cls: type, nodes: list[Any]) -> Any:
    """Of several classes with one name, the one whose functions the class has."""
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
    made = _made_by_call(cls)
    if made is not None:
        return Part(f"{VERSION} {made}", None, cls.__qualname__)
    bases = " ".join(base.__qualname__ for base in cls.__bases__)
    lines = [f"{VERSION} class-object (bases {bases} )"]
    for name in sorted(vars(cls)):
        if name in _BOOKKEEPING:
            continue
        value = vars(cls)[name]
        try:
            lines.append(name + " " + describe(value).canonical)
        except FingerprintError:
            lines.append(name + " " + plain_text(value))
    return Part("\n".join(lines), None, cls.__qualname__, "code-object")


def _made_by_call(cls: type) -> str | None:
    """The form of a named tuple or enumeration that no class statement made."""
    if own_functions(cls):
        return None
    fields = vars(cls).get("_fields")
    if isinstance(fields, tuple) and cls.__bases__ == (tuple,):
        defaults = getattr(cls.__new__, "__defaults__", None) or ()
        return f"namedtuple {plain_text(fields)} {' '.join(map(plain_text, defaults))}".rstrip()
    members: Any = getattr(cls, "__members__", None)
    if members is not None and hasattr(cls, "_member_map_"):
        texts = [f"{name}={plain_text(member.value)}" for name, member in members.items()]
        return f"enum (bases {' '.join(base.__qualname__ for base in cls.__bases__)} ) " + (
            " ".join(texts)
        )
    return None


# -- what a class has beside what its text says ---------------------------------------------------


def added_members(cls: type, node: Any) -> list[tuple[str, Any]]:
    """Members that code outside the class statement gave it, and containers that it may fill.

    A function set after the class statement, a registry in an attribute.
    """
    if node is None:
        return []
    written = _names_bound(node.body)
    mangled = f"_{cls.__name__.lstrip('_')}"
    written |= {mangled + name for name in written if name.startswith("__")}
    found = []
    for name, value in sorted(vars(cls).items()):
        if name in _BOOKKEEPING or (name.startswith("__") and name.endswith("__")):
            continue
        if _is_added(node, written, name, value, cls.__module__):
            found.append((f"{cls.__name__}.{name}", value))
    return found


def _is_added(node: Any, written: set[str], name: str, value: Any, module: str) -> bool:
    """Whether a member says more than the class statement does."""
    function = unwrap(value) if not isinstance(value, type) else value
    if isinstance(function, FunctionType):
        if name.startswith("_") and function.__module__ != module:
            return False  # a library's own
        return name not in written or function.__name__ not in written
    if name.startswith("_"):
        return False
    if isinstance(value, (dict, list, set)):
        return bool(value) or name not in written
    if name in written:
        return _was_replaced(node, name, value)
    return _is_plain(value)


def _is_plain(value: Any) -> bool:
    return isinstance(value, (bool, int, float, complex, str, bytes, tuple, type(None)))


def _was_replaced(node: Any, name: str, value: Any) -> bool:
    """Whether a member is another constant than the one that the class statement assigns."""
    if not _is_plain(value):
        return False
    for statement in node.body:
        for target in getattr(statement, "targets", ()):
            if getattr(target, "id", "") == name:
                literal = _literal(statement.value)
                return literal is not MISSING and literal != value
    return False


def subclasses(cls: type) -> list[type]:
    """The classes made of a class, by name."""
    return sorted(type.__subclasses__(cls), key=lambda c: c.__qualname__)


def attributes_read(node: Any) -> set[str]:
    """All attributes that a tree reads."""
    import ast

    return {child.attr for child in ast.walk(node) if isinstance(child, ast.Attribute)}


def _names_bound(body: list[Any]) -> set[str]:
    import ast

    names = set()
    for statement in body:
        if hasattr(statement, "decorator_list"):
            names.add(statement.name)
            continue
        for child in ast.walk(statement):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
                names.add(child.id)
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.add(child.name)
            elif isinstance(child, ast.alias):
                names.add((child.asname or child.name).partition(".")[0])
    return names
