"""Turning nested mappings into nodes, and back.

One function per direction, each a loop over exact types first: most values of a config are
numbers and strings, and need no more than a set lookup.
"""

from __future__ import annotations

from ato_adict._locked import FrozenList, FrozenSet, unlock
from ato_adict._pending import Pending, unset
from ato_adict._slots import Slots, set_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_adict._mode import Mode

ATOMS = frozenset({int, float, str, bool, type(None), bytes, complex, type, type(...)})

_set_item = dict.__setitem__
_update = dict.update


def build(cls: Any, mapping: Any, mode: Mode) -> Any:
    """Return a new node of class `cls` that holds a converted shallow copy of a dict."""
    node = cls.__new__(cls)
    set_mode(node, mode)
    _update(node, mapping)
    for key, value in mapping.items():
        if type(value) not in ATOMS:
            new = convert(value, mode)
            if new is not value:
                _set_item(node, key, new)
    return node


def convert(value: Any, mode: Mode) -> Any:
    """Return `value` with every mapping in it a node; itself where nothing had to change."""
    kind = type(value)
    if kind in ATOMS:
        return value
    if kind is dict:
        child = mode.child
        return build(child.cls, value, child)
    if kind is list or kind is tuple:
        return _convert_sequence(value, mode)
    return _convert_other(value, mode)


def _convert_sequence(value: Any, mode: Mode) -> Any:
    if all_atoms(value):
        return value
    items = [convert(item, mode) for item in value]
    if all(map(_is, items, value)):
        return value
    return items if isinstance(value, list) else remake_tuple(value, items)


def all_atoms(sequence: Any) -> bool:
    """Whether a list or tuple holds nothing that needs a closer look."""
    return ATOMS.issuperset(map(type, sequence))


def _is(a: Any, b: Any) -> bool:
    return a is b


def remake_tuple(value: Any, items: Any) -> Any:
    """Return a tuple of the type of `value` (a namedtuple too) with other `items`."""
    cls = type(value)
    if cls is tuple:
        return tuple(items)
    make = getattr(cls, "_make", None)
    return make(items) if make is not None else cls(items)


def _convert_other(value: Any, mode: Mode) -> Any:
    if isinstance(value, Slots):
        adopt(value, mode)
        return value
    if isinstance(value, dict):
        child = mode.child
        return build(child.cls, value, child)
    if isinstance(value, (FrozenList, FrozenSet)):
        return convert(unlock(value), mode)  # a frozen tree keeps its own; this one may change
    if type(value) is Pending:
        raise unset(value)
    if isinstance(value, tuple):
        return _convert_sequence(value, mode)
    if is_mapping(value):
        child = mode.child
        return build(child.cls, dict(value), child)
    return value


def is_mapping(value: Any) -> bool:
    """Whether `value` is a mapping that is no dict."""
    from collections.abc import Mapping

    return isinstance(value, Mapping)


def adopt(node: Any, mode: Mode) -> None:
    """Make `node`, which becomes a child, follow the rules of its parent.

    A frozen node stays frozen, and a node keeps the default it was made with.
    """
    own = node._ato_mode
    if own is mode.child or own.same_rules(mode) or own.frozen:
        return
    from ato_adict._retune import retune

    retune(node, strict=mode.strict, journal=mode.journal)


def to_plain(node: Any) -> dict[Any, Any]:
    """Return a deep plain-dict copy of the containers of `node`; leaves are shared."""
    plain = dict(node.items())
    for key, value in plain.items():
        if type(value) not in ATOMS:
            plain[key] = plain_value(value)
    return plain


def plain_value(value: Any) -> Any:
    """Return `value` with every node in it a plain dict, its lists and tuples new."""
    kind = type(value)
    if kind in ATOMS:
        return value
    if isinstance(value, dict):
        return to_plain(value)
    if isinstance(value, list):
        if all_atoms(value):
            return list(value)
        return [plain_value(item) for item in value]
    if isinstance(value, tuple):
        return remake_tuple(value, [plain_value(item) for item in value])
    if isinstance(value, set):
        return set(value)
    return value
