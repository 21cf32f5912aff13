"""Turning nested mappings into nodes, and back: a loop over exact types, most of them atoms."""

from __future__ import annotations

from ato_adict import _names
from ato_adict._basics.errors import ConversionError
from ato_adict._basics.texts import kind_name
from ato_adict._node.locked import FrozenList, FrozenSet, unlock
from ato_adict._node.modes import retune
from ato_adict._node.pending import Pending, unset
from ato_adict._node.state import ATOMS, Slots, set_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_adict._node.state import Mode

_set_item = dict.__setitem__
_update = dict.update
_are_atoms = ATOMS.issuperset


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
    return _are_atoms(map(type, sequence))


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
    try:
        is_node = isinstance(value, Slots)
    except Exception as error:  # nothing could be told of it from here on
        kind = kind_name(value)
        problem = f"an object of type {kind} is no value: its __class__ fails"
        raise ConversionError(f"{problem} ({type(error).__name__})") from None
    if is_node:
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

    try:
        return isinstance(value, Mapping)
    except Exception:  # what it says of its class is none, or fails
        return False


def adopt(node: Any, mode: Mode) -> None:
    """Make `node`, which becomes a child, follow the rules of its parent.

    A frozen node stays frozen, and a node keeps the default it was made with.
    """
    own = node._ato_mode
    if own is mode.child or own.same_rules(mode) or own.frozen:
        return
    retune(node, strict=mode.strict, journal=mode.journal)


def plain_dict(node: Any) -> dict[Any, Any]:
    """Return a deep plain-dict copy of the containers of `node`; leaves are shared."""
    plain = dict(dict.items(node))
    for key, value in plain.items():
        if type(value) not in ATOMS:
            plain[key] = plain_value(value)
    return plain


def plain_value(value: Any) -> Any:
    """Return `value` with every node in it a plain dict, its lists, tuples and sets new."""
    kind = type(value)
    if kind in ATOMS:
        return value
    if isinstance(value, dict):
        return plain_dict(value)
    if isinstance(value, list):
        if all_atoms(value):
            return list(value)
        return [plain_value(item) for item in value]
    if isinstance(value, tuple):
        return remake_tuple(value, [plain_value(item) for item in value])
    if isinstance(value, set):
        return set(value)
    return value


def to_plain(value: Any) -> Any:
    """Return a copy of any value whose containers are new plain ones, at any depth.

    Configs and dicts become dicts, and lists, tuples and sets are copied; everything else is
    shared. Not a read.

    Raises:
        NestingError: For data that contains itself or is nested too deeply.
    """
    try:
        return plain_value(value)
    except RecursionError:
        raise _names.nesting_error(value) from None
