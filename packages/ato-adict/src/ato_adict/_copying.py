"""Deep copies and pickles of a tree."""

from __future__ import annotations

from ato_adict._convert import ATOMS, all_atoms, build
from ato_adict._depth import nesting_error
from ato_adict._sentinel import MISSING
from ato_adict._slots import Slots, set_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_adict._mode import Mode


def deepcopy(node: Any, memo: dict[int, Any]) -> Any:
    """Return a deep copy: as frozen and strict as the original, nothing read, no journal."""
    from copy import deepcopy as copy_leaf

    modes: dict[int, Mode] = {}

    def copy_node(old: Any) -> Any:
        cls: Any = type(old)
        new = cls.__new__(cls)
        memo[id(old)] = new
        mode = old._ato_mode
        if mode.journal is not None:
            mode = modes.setdefault(id(mode), mode.derive(journal=None))
        set_mode(new, mode)
        dict.update(new, old.items())
        for key, value in old.items():
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
    """Return what pickle stores: plain dicts where the whole tree behaves alike."""
    mode = node._ato_mode
    flags = {name: True for name in ("strict", "frozen", "immutable") if getattr(mode, name)}
    if mode.default is not MISSING:
        flags["default"] = mode.default
    try:
        plain = _plain(node, mode)
    except RecursionError:
        raise nesting_error(node) from None
    return revive, (type(node), plain, flags)


def _plain(node: Any, mode: Mode) -> dict[Any, Any]:
    """Return `node` as a dict; below, nodes that behave like it are dicts, others stay nodes."""
    plain = dict(node.items())
    for key, value in plain.items():
        if isinstance(value, Slots) and type(value) is mode.cls and value._ato_mode is mode.child:
            plain[key] = _plain(value, mode.child)
    return plain


def revive(cls: Any, plain: dict[Any, Any], flags: dict[str, Any]) -> Any:
    """Rebuild a node from what `reduce` stored."""
    mode = cls._ato_open.derive(**flags) if flags else cls._ato_open
    return build(cls, plain, mode)
