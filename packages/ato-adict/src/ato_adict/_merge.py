"""Changing many keys at once."""

from __future__ import annotations

from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

_get = dict.get


def merge(node: Any, mapping: Any) -> None:
    """Set every key of `mapping`; a mapping merges into a mapping that is there."""
    new = node._ato_convert(dict(mapping))
    _merge(node, new)


def _merge(node: Any, new: Any) -> None:
    replaced = {}
    for key, value in new.items():
        old = _get(node, key)
        if isinstance(old, dict) and isinstance(value, dict):
            _merge(old, value)
        else:
            replaced[key] = value
    if replaced:
        node._ato_fill(replaced)


def fill_absent(node: Any, mapping: Any, recurrent: bool) -> None:
    """Set the keys of `mapping` that are not there yet, in nested mappings too if `recurrent`."""
    _fill_absent(node, node._ato_convert(dict(mapping)), recurrent)


def _fill_absent(node: Any, new: Any, recurrent: bool) -> None:
    absent = {}
    for key, value in new.items():
        old = _get(node, key, MISSING)
        if old is MISSING:
            absent[key] = value
        elif recurrent and isinstance(old, dict) and isinstance(value, dict):
            _fill_absent(old, value, recurrent)
    if absent:
        node._ato_fill(absent)


def rename(node: Any, old_keys: Sequence[Any], new_keys: Sequence[Any]) -> None:
    """Rename keys pairwise, keeping values and order."""
    if len(old_keys) != len(new_keys):
        raise ValueError(f"replace_keys: {len(old_keys)} old keys but {len(new_keys)} new ones")
    names = dict(zip(old_keys, new_keys))
    for key in names:
        if key not in node:
            node[key]  # raises the error that names the key
    items = [(names.get(key, key), value) for key, value in node.items()]
    if len(dict(items)) < len(items):
        raise ValueError(f"replace_keys: a new name is already taken: {list(new_keys)}")
    node.clear()
    node._ato_fill(items)
