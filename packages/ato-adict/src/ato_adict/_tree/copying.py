"""Deep copies and pickles of a tree."""

from __future__ import annotations

from copy import deepcopy as copy_leaf
from copyreg import __newobj__  # type: ignore[attr-defined]
from functools import lru_cache

from ato_adict._names.depth import nesting_error
from ato_adict._node.convert import all_atoms, convert
from ato_adict._node.locked import lock, unlock
from ato_adict._node.modes import freeze
from ato_adict._node.state import ATOMS, AUTO, Slots, set_mode
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_adict._node.state import Mode

_FLAGS = ("strict", "frozen", "immutable")


def deepcopy(node: Any, memo: dict[int, Any]) -> Any:
    """Return a deep copy: as frozen and strict as the original, nothing read, no journal."""
    modes: dict[int, Mode] = {}

    def copy_node(old: Any) -> Any:
        cls: Any = type(old)
        new = cls.__new__(cls)
        memo[id(old)] = new
        mode = old._ato_mode
        if mode.journal is not None:
            mode = modes.setdefault(id(mode), mode.derive(journal=None))
        set_mode(new, mode)
        dict.update(new, dict.items(old))
        for key, value in dict.items(old):
            if type(value) not in ATOMS:
                dict.__setitem__(new, key, copy_value(value))
        return new

    def copy_value(value: Any) -> Any:
        if id(value) in memo:
            return memo[id(value)]
        if type(value) is list and all_atoms(value):
            new = memo[id(value)] = value[:]
            return new
        return copy_node(value) if isinstance(value, Slots) else copy_leaf(value, memo)

    try:
        return copy_node(node)
    except RecursionError:
        raise nesting_error(node) from None


def reduce(node: Any) -> tuple[Any, ...]:
    """Return what pickle stores of one node: its class, its items, and how it behaves.

    Each node is an object of its own in a pickle, so shared ones stay shared and circles closed.
    The class is the only name of ours in it.
    """
    mode = node._ato_mode
    items = dict(dict.items(node))
    if mode.frozen:
        items = {key: unlock(value) for key, value in items.items()}
    flags = tuple([name for name in _FLAGS if getattr(mode, name)])
    state: tuple[Any, ...] = (items, flags)
    if mode.default is AUTO:
        state = (items, (*flags, "auto"))
    elif mode.default is not MISSING:
        state = (items, flags, mode.default)
    return __newobj__, (type(node),), state


def restore(node: Any, state: Any) -> None:
    """Give a new node the state that `reduce`, or ato 2.2.1, stored.

    What the items hold may still be empty, where it refers back to this node.
    """
    if isinstance(state, dict):
        _restore_2_2_1(node, state)
        return
    items, flags = state[:2]
    cls: Any = type(node)
    mode = _mode(cls, flags)
    set_mode(node, mode.derive(default=state[2]) if len(state) > 2 else mode)
    if mode.frozen:
        items = {key: lock(value) for key, value in items.items()}
    dict.update(node, items)


@lru_cache(maxsize=32)
def _mode(cls: Any, flags: tuple[str, ...]) -> Mode:
    """Return one mode for all nodes that behave alike."""
    mode: Mode = cls._ato_open
    changes: dict[str, Any] = dict.fromkeys(flags, True)
    if changes.pop("auto", False):
        changes["default"] = AUTO
    return mode.derive(**changes) if changes else mode


def _restore_2_2_1(node: Any, state: dict[str, Any]) -> None:
    """Take over what ADict of ato 2.2.1 kept; it froze the root and with it what is below."""
    mode = type(node)._ato_open
    if state.get("_is_default_defined"):
        mode = mode.derive(default=state.get("_default"))
    set_mode(node, mode)
    for key, value in state.get("_data", {}).items():
        dict.__setitem__(node, key, convert(value, mode))
    if state.get("_frozen"):
        freeze(node)
