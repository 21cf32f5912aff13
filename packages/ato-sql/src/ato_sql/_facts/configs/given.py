"""What a run's own config may be given as: any object that holds values by name."""

from __future__ import annotations

import numbers
import os
import sys
import types
from enum import Enum
from typing import Any, Iterable, Mapping

from ato_sql._errors import MetricError
from ato_sql._values.secrets.redact import redact
from ato_sql._values.values import naming, short

_DEEPEST = 100
_DEFINED = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)


def run_config(config: Any) -> Any:
    """Return a run's own config; what a parser of arguments or another object holds, by name.

    A list is the value of the key `config`: every run's config is a mapping. A mapping stays as it
    is, and what stands in it is stored as `to_json` says.

    Raises:
        MetricError: it is a number or a text, which says nothing by its own, a class, an object
            that holds nothing, or fails where it is read.
    """
    if isinstance(config, (str, bytes, os.PathLike, numbers.Number)):
        raise MetricError(f"a run's config must be a mapping, not {short(redact(config))}")
    if isinstance(config, type):
        fix = f"; make one: {config.__name__}()"
        raise MetricError(f"a run's config must be a mapping, not a class{fix}")
    if config is None or isinstance(config, Mapping):
        return config
    is_known = _names_in(config) is not None
    if isinstance(config, (list, tuple, set, frozenset)) and not is_known:
        return {"config": config}
    with naming("a run's config"):
        held = _by_name(config, ()) if is_known else _held(config, ())
    if not held and not is_known:
        found = f"an object of {type(config).__qualname__!r} that holds no values"
        raise MetricError(f"a run's config must be a mapping, not {found}")
    return held


def _held(value: Any, inside: tuple[int, ...]) -> dict[Any, Any]:
    """Return what an object of any class holds: by its keys, or by the names of its attributes."""
    inside = (*inside, id(value))
    if callable(getattr(value, "keys", None)) and hasattr(value, "__getitem__"):
        return {key: _within(value, part, inside) for key, part in dict(value).items()}
    return {name: _within(value, getattr(value, name), inside) for name in _attributes(value)}


def _within(whole: Any, part: Any, inside: tuple[int, ...]) -> Any:
    """Return a part of an object, and what it holds if its class was written beside the other."""
    try:
        kind = part if isinstance(part, type) else type(part)
        is_end = len(inside) > _DEEPEST or id(part) in inside or _names_in(part) is not None
        if is_end or kind.__module__ != _module_of(whole) or issubclass(kind, (Enum, Mapping)):
            return _by_name(part, inside)
        return _held(part, inside) or part
    except Exception:  # its code is another's: it is stored as any object is
        return part


def _module_of(value: Any) -> str:
    if isinstance(value, types.ModuleType):
        return value.__name__
    return (value if isinstance(value, type) else type(value)).__module__


def _attributes(value: Any) -> list[str]:
    """Return the attributes that an object or its classes were given; no methods, nothing hidden.

    A module is a config as well, without what it imports and defines.
    """
    if isinstance(value, types.ModuleType):
        names = [name for name, one in vars(value).items() if not isinstance(one, _DEFINED)]
        return [name for name in names if name[:1] != "_"]
    found: dict[str, None] = {}
    kind = value if isinstance(value, type) else type(value)
    for one in reversed(kind.__mro__[:-1]):
        slots = vars(one).get("__slots__", ())
        found.update(dict.fromkeys([slots] if isinstance(slots, str) else slots))
        found.update((name, None) for name, it in vars(one).items() if not hasattr(it, "__get__"))
    if kind is not value:
        found.update(dict.fromkeys(getattr(value, "__dict__", ())))
    return [name for name in found if name[:1] != "_" and hasattr(value, name)]


def _by_name(value: Any, inside: tuple[int, ...]) -> Any:
    """Return an object that has values by name as a mapping, and so those in it."""
    # One that is deeper, or in itself, is stored as any object is.
    if len(inside) > _DEEPEST or id(value) in inside:
        return value
    inside = (*inside, id(value))
    if type(value) is list:
        return [_by_name(item, inside) for item in value]
    if type(value) is dict:
        return {key: _by_name(item, inside) for key, item in value.items()}
    names = _names_in(value)
    if names is None:
        return value
    return {name: _by_name(getattr(value, name), inside) for name in names if hasattr(value, name)}


def _names_in(value: Any) -> Iterable[str] | None:
    """Return what the values in an object are called, None where it is of no known kind."""
    if isinstance(value, (type, Mapping)):  # some mappings are dataclasses as well
        return None
    kind = type(value)
    # Of what nobody has imported yet, nobody has an instance.
    argparse = sys.modules.get("argparse")
    spaces = (types.SimpleNamespace, *([argparse.Namespace] if argparse else []))
    if isinstance(value, spaces):
        return [name for name in vars(value) if not name.startswith("__")]
    if hasattr(kind, "__dataclass_fields__"):
        import dataclasses

        return [field.name for field in dataclasses.fields(value)]
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return list(kind._fields)
    if hasattr(kind, "__attrs_attrs__"):
        return [field.name for field in kind.__attrs_attrs__]
    if "pydantic" in sys.modules and isinstance(value, sys.modules["pydantic"].BaseModel):
        fields: Iterable[str] = getattr(kind, "model_fields", None) or kind.__fields__
        return list(fields)
    return None
