"""One difference between two outputs; where arrays, tables and the like differ, and where most."""

from __future__ import annotations

import math
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Walk = Callable[[Any, Any, str, float, float], Iterator["Leaf"]]


class Leaf:
    """One difference.

    Attributes:
        outside: It is out of tolerance.
        difference: How far apart the numbers are, or None for what is no number.
    """

    __slots__ = ("difference", "outside", "path", "reason", "relative")

    def __init__(
        self,
        path: str,
        outside: bool,
        reason: str,
        difference: float | None = None,
        relative: float | None = None,
    ) -> None:
        self.path = path
        self.outside = outside
        self.reason = reason
        self.difference = difference
        self.relative = relative

    def rank(self) -> tuple[bool, float]:
        """Differences out of tolerance before others, large before small."""
        return self.outside, math.inf if self.difference is None else self.difference


def array_leaves(
    old: Any, new: Any, path: str, rtol: float, atol: float, walk: Walk
) -> Iterator[Leaf]:
    """The differences between two values at least one of which is an array or the like.

    `walk` gives the differences between two values of any kind.
    """
    before, after = _plain(old), _plain(new)
    if isinstance(before, dict) and isinstance(after, dict):
        yield from walk(before, after, path, rtol, atol)
    elif isinstance(before, dict) or isinstance(after, dict) or _family(old) != _family(new):
        yield Leaf(path, True, f"{type(old).__name__} became {type(new).__name__}")
    elif before.shape != after.shape:
        yield Leaf(path, True, f"shape {before.shape} became {after.shape}")
    else:
        yield from _same_shape(before, after, path, rtol, atol, walk)
        if old.dtype != new.dtype:
            yield Leaf(path, False, f"dtype {old.dtype} became {new.dtype}", 0.0, 0.0)


def _family(value: Any) -> str:
    return type(value).__module__.partition(".")[0]


def _plain(value: Any) -> Any:
    """A NumPy array, or a dict of what a table or sparse matrix is made of."""
    np = sys.modules["numpy"]
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = value.to_dense() if value.layout != sys.modules["torch"].strided else value
        return (value.double() if value.is_floating_point() else value).numpy()
    if hasattr(value, "iloc"):
        return _table(value)
    if hasattr(value, "tocoo"):
        return _sparse(value)
    return np.asarray(value)


def _table(table: Any) -> dict[Any, Any]:
    parts: dict[Any, Any] = {"index": table.index.to_numpy()}
    if not hasattr(table, "columns"):
        return {**parts, "values": table.to_numpy()}
    for position, name in enumerate(table.columns):
        key = name if name not in parts else f"{name} ({position})"
        parts[key] = table.iloc[:, position].to_numpy()
    return parts


def _sparse(matrix: Any) -> dict[str, Any]:
    np = sys.modules["numpy"]
    matrix = matrix.tocoo(copy=True)
    matrix.sum_duplicates()
    order = np.lexsort((matrix.col, matrix.row))
    parts = {"row": matrix.row, "col": matrix.col, "data": matrix.data}
    return {"shape": tuple(matrix.shape), **{name: part[order] for name, part in parts.items()}}


def _same_shape(
    old: Any, new: Any, path: str, rtol: float, atol: float, walk: Walk
) -> Iterator[Leaf]:
    kinds = old.dtype.kind + new.dtype.kind
    if "O" in kinds:
        for index, (before, after) in enumerate(zip(old.ravel(), new.ravel())):
            yield from walk(before, after, path + _place(index, old.shape), rtol, atol)
    elif all(kind in "fciub" for kind in kinds):
        worst = _worst_number(old, new, path, rtol, atol)
        if worst is not None:
            yield worst
    else:
        yield from _inexact(old, new, path)


def _inexact(old: Any, new: Any, path: str) -> Iterator[Leaf]:
    """Strings, dates and records: equal or not."""
    np = sys.modules["numpy"]
    if old.dtype.kind != new.dtype.kind:
        yield Leaf(path, True, f"dtype {old.dtype} became {new.dtype}")
        return
    different = np.flatnonzero((old != new) & ((old == old) | (new == new)))
    if different.size:
        at = int(different[0])
        reason = f"{old.reshape(-1)[at]!r} became {new.reshape(-1)[at]!r}"
        yield Leaf(path + _place(at, old.shape), True, reason)


def _worst_number(old: Any, new: Any, path: str, rtol: float, atol: float) -> Leaf | None:
    np = sys.modules["numpy"]
    with np.errstate(all="ignore"):
        same = (old == new) | ((old != old) & (new != new))
        if same.all():
            return None
        before, after = _wide(old), _wide(new)
        differences = np.where(same, 0.0, np.abs(after - before))
        # A NaN or infinity on one side only is as far away as can be.
        differences = np.where(np.isnan(differences), np.inf, differences)
        outside = differences > atol + rtol * np.abs(before)
        outside |= ~same & ~np.isfinite(differences)
    candidates = np.where(outside, differences, -1.0) if outside.any() else differences
    at = int(np.argmax(candidates))
    difference, size = float(differences.flat[at]), float(abs(before.flat[at]))
    reason = f"{old.flat[at]!s} became {new.flat[at]!s}"
    place = path + _place(at, old.shape)
    relative = difference / size if size else float("inf")
    return Leaf(place, bool(outside.any()), reason, difference, relative)


def _wide(array: Any) -> Any:
    kind = array.dtype.kind
    return array.astype("c16") if kind == "c" else array.astype("f8") if kind != "f" else array


def _place(index: int, shape: tuple[int, ...]) -> str:
    if not shape:
        return ""
    np = sys.modules["numpy"]
    return "[" + ", ".join(str(int(i)) for i in np.unravel_index(index, shape)) + "]"
