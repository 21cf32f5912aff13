"""Does a value fit a type, and what of the type is made from it?"""

from __future__ import annotations

import dataclasses
import os
from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Keys = tuple[Any, ...]
    Nested = Callable[[Any, Any, Keys], Any]


class MismatchError(Exception):
    """A value that does not fit; caught and noted by the caller."""

    def __init__(self, keys: Keys, text: str) -> None:
        super().__init__(text)
        self.keys = keys
        self.text = text


def describe(value: Any) -> str:
    """Return a value as messages show it: its type and, where short, itself."""
    text = repr(value)
    return f"{type(value).__name__} {text}" if len(text) <= 60 else type(value).__name__


def type_text(kind: Any) -> str:
    """Return a type as it is written in source."""
    if kind is type(None):
        return "None"
    return kind.__name__ if type(kind) is type else str(kind).replace("typing.", "")


def arguments(kind: Any) -> tuple[Any, ...]:
    """Return the parameters of a generic type; none where they were left open."""
    found = getattr(kind, "__args__", None) or ()
    return tuple(a for a in found if type(a).__name__ != "TypeVar")


def is_union(kind: Any) -> bool:
    """Whether a type is a Union, an Optional or `X | Y`."""
    origin = getattr(kind, "__origin__", None)
    return str(origin) == "typing.Union" or type(kind).__name__ == "UnionType"


def may_be_none(kind: Any) -> bool:
    """Whether None fits a type."""
    if is_union(kind):
        return any(may_be_none(option) for option in arguments(kind))
    return kind is None or kind is type(None) or type_text(kind) == "Any"


def convert_to(value: Any, kind: Any, keys: Keys, nested: Nested) -> Any:
    """Return `value` as `kind`.

    Raises:
        MismatchError: If it does not fit.
    """
    kind = _bare(kind)
    if type_text(kind) == "Any" or kind is object or type(kind).__name__ == "TypeVar":
        return value
    if is_union(kind):
        return _one_of(value, kind, keys, nested)
    origin = getattr(kind, "__origin__", None)
    if str(origin).endswith("Literal") or type(kind).__name__ == "_Literal":
        return _literal(value, kind, keys)
    if origin is not None:
        return _generic(value, origin, kind, keys, nested)
    return _plain(value, kind, keys, nested)


def _bare(kind: Any) -> Any:
    """Return what stands behind Annotated, NewType, Final and None."""
    while True:
        if hasattr(kind, "__supertype__"):
            kind = kind.__supertype__
        elif hasattr(kind, "__metadata__"):
            kind = kind.__origin__
        elif str(getattr(kind, "__origin__", "")).endswith(("Final", "ClassVar")):
            kind = kind.__args__[0]
        else:
            return type(None) if kind is None else kind


def _one_of(value: Any, kind: Any, keys: Keys, nested: Nested) -> Any:
    """Convert to the first option that fits; one of the value's own type goes first."""
    options = list(arguments(kind))
    options.sort(key=lambda option: _bare(option) is not type(value))
    for option in options:
        try:
            return convert_to(value, option, keys, nested)
        except MismatchError as problem:
            last = problem
    if len([option for option in options if option is not type(None)]) == 1 and value is not None:
        raise last if last.keys != keys else MismatchError(keys, _expected(kind, value))
    raise MismatchError(keys, _expected(kind, value))


def _expected(kind: Any, value: Any) -> str:
    return f"expected {type_text(kind)}, found {describe(value)}"


def _literal(value: Any, kind: Any, keys: Keys) -> Any:
    for choice in arguments(kind) or getattr(kind, "__values__", ()):
        if type(choice) is type(value) and choice == value:
            return value
    raise MismatchError(keys, _expected(kind, value))


def _generic(value: Any, origin: Any, kind: Any, keys: Keys, nested: Nested) -> Any:
    if not isinstance(origin, type):
        return value
    inner = arguments(kind)
    if issubclass(origin, tuple):
        return _tuple(value, inner, kind, keys, nested)
    if isinstance(value, dict) and issubclass(dict, origin):
        return _mapping(value, inner, keys, nested)
    if isinstance(value, (list, tuple, set, frozenset)):
        if any(issubclass(made, origin) for made in (list, tuple, set, frozenset)):
            items = _items(value, inner[0] if inner else None, keys, nested)
            return _container(origin, value)(items)
    elif isinstance(value, origin) and not isinstance(value, (str, bytes)):
        return value
    raise MismatchError(keys, _expected(kind, value))


def _container(origin: Any, value: Any) -> Any:
    """Return the type to make: that of the value where it fits, else one that does."""
    for made in (type(value), list, set, frozenset):
        if made in (list, tuple, set, frozenset) and issubclass(made, origin):
            return made
    return list


def _items(values: Any, kind: Any, keys: Keys, nested: Nested) -> list[Any]:
    if kind is None:
        return list(values)
    return [convert_to(item, kind, (*keys, i), nested) for i, item in enumerate(values)]


def _mapping(value: Any, inner: Any, keys: Keys, nested: Nested) -> Any:
    if len(inner) != 2:
        return value
    return {
        convert_to(key, inner[0], (*keys, key), nested): convert_to(
            child, inner[1], (*keys, key), nested
        )
        for key, child in value.items()
    }


def _tuple(value: Any, inner: Any, kind: Any, keys: Keys, nested: Nested) -> Any:
    if not isinstance(value, (list, tuple)):
        raise MismatchError(keys, _expected(kind, value))
    if not inner or inner[-1] is ...:
        return tuple(_items(value, inner[0] if inner else None, keys, nested))
    if len(inner) != len(value):
        raise MismatchError(keys, f"expected {len(inner)} values, found {len(value)}")
    pairs = enumerate(zip(value, inner))
    return tuple([convert_to(item, each, (*keys, i), nested) for i, (item, each) in pairs])


def _plain(value: Any, kind: Any, keys: Keys, nested: Nested) -> Any:
    """Convert to a class without parameters."""
    if not isinstance(kind, type):
        return value
    if dataclasses.is_dataclass(kind):
        return nested(value, kind, keys)
    if kind is float and type(value) is int:
        return float(value)
    if kind in (int, float) and isinstance(value, bool):
        raise MismatchError(keys, _expected(kind, value))
    if isinstance(value, kind):
        return value
    return _made(value, kind, keys)


def _made(value: Any, kind: Any, keys: Keys) -> Any:
    """Make what files cannot hold: enum members, paths, tuples and sets."""
    if issubclass(kind, Enum):
        return _member(value, kind, keys)
    if isinstance(value, str) and issubclass(kind, os.PathLike):
        return kind(value)
    if kind in (tuple, set, frozenset) and isinstance(value, (list, tuple)):
        return kind(value)
    raise MismatchError(keys, _expected(kind, value))


def _member(value: Any, kind: Any, keys: Keys) -> Any:
    """Return the member of an enum by its name or value."""
    if isinstance(value, str) and value in kind.__members__:
        return kind[value]
    try:
        return kind(value)
    except ValueError:
        names = ", ".join(kind.__members__)
        raise MismatchError(keys, f"expected one of {names}, found {describe(value)}") from None
