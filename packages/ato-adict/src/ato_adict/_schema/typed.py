"""Does a value fit a type, and what of the type is made from it?"""

from __future__ import annotations

import dataclasses
import os
import re
from datetime import date, time, timedelta
from enum import Enum

from ato_adict._basics.texts import shown
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Keys = tuple[Any, ...]
    Nested = Callable[[Any, Any, Keys], Any]


# Where the classes are that their text restores exactly: Decimal, UUID, IPv4Address, ...
TEXTUAL = frozenset(("decimal", "_decimal", "uuid", "fractions", "ipaddress"))
DURATION = r"(?:(-?\d+) days?, )?(\d+):(\d\d):(\d\d(?:\.\d+)?)"


class MismatchError(Exception):
    """A value that does not fit; caught and noted by the caller."""

    def __init__(self, keys: Keys, text: str) -> None:
        super().__init__(text)
        self.keys = keys
        self.text = text


def describe(value: Any) -> str:
    """Return a value as messages show it: its type and, where short, itself."""
    text = shown(value)
    return f"{type(value).__name__} {text}" if len(text) <= 60 else type(value).__name__


def type_text(kind: Any) -> str:
    """Return a type as it is written in source."""
    if kind is type(None):
        return "None"
    if is_union(kind) and type(None) in arguments(kind) and len(arguments(kind)) == 2:
        [inner] = [option for option in arguments(kind) if option is not type(None)]
        return f"Optional[{type_text(inner)}]"
    is_class = isinstance(kind, type) and not hasattr(kind, "__origin__")
    return kind.__name__ if is_class else str(kind).replace("typing.", "")


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
    below = None
    for option in options:
        try:
            return convert_to(value, option, keys, nested)
        except MismatchError as problem:
            below = below if problem.keys == keys else problem
    if below is not None and len(options_of(kind)) == 1:
        raise below
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
    if dataclasses.is_dataclass(kind) or isinstance(getattr(kind, "model_fields", None), dict):
        return nested(value, kind, keys)
    if kind is float and type(value) is int:
        return float(value)
    if kind in (int, float) and isinstance(value, bool):
        raise MismatchError(keys, _expected(kind, value))
    if isinstance(value, kind):
        return value
    return _made(value, kind, keys)


def _made(value: Any, kind: Any, keys: Keys) -> Any:
    """Make what files cannot hold: enum members, paths, dates, tuples and sets."""
    if issubclass(kind, Enum):
        return _member(value, kind, keys)
    if isinstance(value, str) and issubclass(kind, (date, time)):
        return _moment(value, kind, keys)
    if isinstance(value, str) and issubclass(kind, os.PathLike):
        return kind(value)
    if kind in (tuple, set, frozenset) and isinstance(value, (list, tuple)):
        return kind(value)
    if kind is timedelta and not isinstance(value, bool):
        return _duration(value, keys)
    is_exact = isinstance(value, (str, int)) and not isinstance(value, bool)
    if kind.__module__ in TEXTUAL and is_exact:
        return _called(kind, value, keys)
    if hasattr(kind, "__get_pydantic_core_schema__"):
        from pydantic import TypeAdapter  # type: ignore[import-not-found, unused-ignore]

        return _called(TypeAdapter(kind).validate_python, value, keys)
    raise MismatchError(keys, _expected(kind, value))


def _called(make: Any, value: Any, keys: Keys) -> Any:
    try:
        return make(value)
    except (ValueError, ArithmeticError, TypeError, AttributeError):
        raise MismatchError(keys, _expected(make, value)) from None


def _duration(value: Any, keys: Keys) -> Any:
    """Return a duration in seconds, or as Python writes one: `2 days, 1:30:00`."""
    if isinstance(value, (int, float)):
        return timedelta(seconds=value)
    found = re.fullmatch(DURATION, value) if isinstance(value, str) else None
    if found is None:
        raise MismatchError(keys, _expected(timedelta, value))
    days, hours, minutes, seconds = found.groups()
    return timedelta(int(days or 0), float(seconds), minutes=int(minutes), hours=int(hours))


def _moment(value: str, kind: Any, keys: Keys) -> Any:
    """Return the date or time that an ISO text stands for."""
    # Python 3.11 reads other forms as well.
    if kind is date and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise MismatchError(keys, _expected(kind, value))
    text = value[:-1] + "+00:00" if value.endswith("Z") and kind is not date else value
    try:
        return kind.fromisoformat(text)
    except ValueError:
        raise MismatchError(keys, _expected(kind, value)) from None


def options_of(kind: Any) -> list[Any]:
    """Return the types that a type allows, None aside: itself, or those of a union."""
    kind = _bare(kind)
    if not is_union(kind):
        return [kind]
    return [found for one in arguments(kind) for found in options_of(one) if found is not _NONE]


def accepts_anything(kind: Any) -> bool:
    """Whether any value at all fits a type."""
    return any(
        type_text(option) == "Any" or option is object or type(option).__name__ == "TypeVar"
        for option in options_of(kind)
    )


def mapping_value(kind: Any) -> Any:
    """Return the type of the values of a mapping type, MISSING where it is none."""
    origin = getattr(kind, "__origin__", None) or kind
    if not (isinstance(origin, type) and issubclass(dict, origin)) or origin is object:
        return MISSING
    inner = arguments(kind)
    return inner[1] if len(inner) == 2 else object


def inner_of(kind: Any, index: int) -> Any:
    """Return the type of the item at an index of a list or tuple type, MISSING for no such type."""
    origin = getattr(kind, "__origin__", None) or kind
    if not isinstance(origin, type) or issubclass(origin, (str, bytes)):
        return MISSING
    inner = arguments(kind)
    if issubclass(origin, tuple) and inner and inner[-1] is not ...:
        return inner[index] if -len(inner) <= index < len(inner) else MISSING
    if issubclass(origin, tuple) or issubclass(list, origin):
        return inner[0] if inner else object
    return mapping_value(kind)


_NONE = type(None)


def _member(value: Any, kind: Any, keys: Keys) -> Any:
    """Return the member of an enum by its name or value."""
    if isinstance(value, str) and value in kind.__members__:
        return kind[value]
    try:
        return kind(value)
    except ValueError:
        names = ", ".join(kind.__members__)
        raise MismatchError(keys, f"expected one of {names}, found {describe(value)}") from None
