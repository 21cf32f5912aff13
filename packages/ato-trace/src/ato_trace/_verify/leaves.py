"""Walking two outputs side by side, down to the leaves that differ."""

from __future__ import annotations

import math
import sys

from ato_adict.surroundings import shown
from ato_trace._hashing.outputs import hash_value
from ato_trace._verify.array_leaves import Leaf, array_leaves

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def leaves(old: Any, new: Any, path: str, rtol: float, atol: float) -> Iterator[Leaf]:
    """Everything that differs between two values."""
    if _is_number(old) and _is_number(new):
        yield from _numbers(old, new, path, rtol, atol)
    elif _is_array(old) or _is_array(new):
        yield from array_leaves(old, new, path, rtol, atol, leaves)
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _children(
            dict(dict.items(old)), dict(dict.items(new)), path, "[{!r}]", rtol, atol
        )
    elif isinstance(old, (list, tuple)) and type(old) is type(new):
        yield from _sequences(old, new, path, rtol, atol)
    elif _fields(old) and type(old).__qualname__ == type(new).__qualname__:
        yield from _children(_fields(old), _fields(new), path, ".{}", rtol, atol)
    else:
        yield from _others(old, new, path)


def _is_number(value: Any) -> bool:
    if isinstance(value, (bool, int, float, complex)):
        return True
    np = sys.modules.get("numpy")
    return np is not None and isinstance(value, (np.number, np.bool_)) and value.dtype.kind != "m"


def _is_array(value: Any) -> bool:
    """Arrays, tensors, tables, sparse matrices: what has a shape of its own."""
    return (hasattr(value, "shape") and hasattr(value, "dtype")) or hasattr(value, "iloc")


def _fields(value: Any) -> dict[str, Any]:
    names = getattr(type(value), "__dataclass_fields__", None)
    if names is None:
        names = [field.name for field in getattr(type(value), "__attrs_attrs__", ())]
    return {name: getattr(value, name) for name in names}


def _numbers(old: Any, new: Any, path: str, rtol: float, atol: float) -> Iterator[Leaf]:
    same_type = isinstance(old, bool) == isinstance(new, bool)
    if old == new or (old != old and new != new):
        if not same_type or isinstance(old, int) != isinstance(new, int):
            yield Leaf(path, False, f"{type(old).__name__} became {type(new).__name__}", 0.0, 0.0)
        return
    difference = float(abs(new - old))
    if difference != difference:  # a NaN on one side is as far away as can be
        difference = math.inf
    size = float(abs(old))
    relative = difference / size if size else math.inf
    outside = difference == math.inf or difference > atol + rtol * size
    yield Leaf(path, outside, f"{old!r} became {new!r}", difference, relative)


def _sequences(old: Any, new: Any, path: str, rtol: float, atol: float) -> Iterator[Leaf]:
    if len(old) != len(new):
        yield Leaf(path, True, f"{len(old)} items became {len(new)}")
        return
    for index, (before, after) in enumerate(zip(old, new)):
        yield from leaves(before, after, f"{path}[{index}]", rtol, atol)


def _children(
    old: dict[Any, Any], new: dict[Any, Any], path: str, form: str, rtol: float, atol: float
) -> Iterator[Leaf]:
    for key, before in old.items():
        if key in new:
            yield from leaves(before, new[key], path + form.format(key), rtol, atol)
        else:
            yield Leaf(path + form.format(key), True, "is gone")
    for key in new:
        if key not in old:
            yield Leaf(path + form.format(key), True, "is new")


def _others(old: Any, new: Any, path: str) -> Iterator[Leaf]:
    if hash_value(old, None, path) != hash_value(new, None, path):
        if type(old) is type(new):
            yield Leaf(path, True, f"{_short(old)} became {_short(new)}")
        else:
            yield Leaf(path, True, f"{type(old).__name__} became {type(new).__name__}")


def _short(value: Any) -> str:
    text = shown(value)
    return text if len(text) <= 60 else text[:57] + "..."
