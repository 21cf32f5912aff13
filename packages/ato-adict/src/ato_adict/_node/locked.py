"""Lists and sets of a frozen tree: they compare and print as usual and refuse every change."""

from __future__ import annotations

from ato_adict._basics.errors import FrozenError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Set

    ListBase = List[Any]
    SetBase = Set[Any]
else:
    ListBase, SetBase = list, set


def _refuse(self: Any, *_: Any, **__: Any) -> Any:
    kind = "list" if isinstance(self, list) else "set"
    raise FrozenError(f"cannot change this {kind}: it is in a frozen config; defrost() the config")


class FrozenList(ListBase):
    """A list in a frozen config."""

    __module__ = "ato_adict"
    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = pop = remove = clear = sort = reverse = _refuse

    def __reduce__(self) -> Any:
        return FrozenList, (list(self),)


class FrozenSet(SetBase):
    """A set in a frozen config."""

    __module__ = "ato_adict"
    __slots__ = ()
    __iand__ = __ior__ = __isub__ = __ixor__ = _refuse
    add = discard = pop = remove = clear = update = _refuse
    difference_update = intersection_update = symmetric_difference_update = _refuse

    def __repr__(self) -> str:
        return repr(set(self))

    def __reduce__(self) -> Any:
        return FrozenSet, (set(self),)


def lock(value: Any) -> Any:
    """Return a list or set that refuses changes; other values as they are."""
    if type(value) is list:
        return FrozenList(map(lock, value))
    if type(value) is tuple:
        return _each(value, lock)
    return FrozenSet(value) if type(value) is set else value


def unlock(value: Any) -> Any:
    """Return the plain list or set again, the inverse of `lock`."""
    if type(value) is FrozenList:
        return list(map(unlock, value))
    if type(value) is tuple:
        return _each(value, unlock)
    return set(value) if type(value) is FrozenSet else value


def _each(items: tuple[Any, ...], change: Callable[[Any], Any]) -> tuple[Any, ...]:
    """Return a tuple of changed items; the tuple itself where none has changed."""
    changed = tuple(map(change, items))
    return items if all(a is b for a, b in zip(changed, items)) else changed
