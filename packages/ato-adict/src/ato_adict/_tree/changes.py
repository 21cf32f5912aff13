"""Changing many keys at once."""

from __future__ import annotations

from ato_adict._names.depth import nesting_error
from ato_adict._names.dotted import join_path
from ato_adict._node.convert import convert
from ato_adict._node.missing import frozen
from ato_adict._node.state import ATOMS, Slots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

_get = dict.get


def merge(tree: Any, values: Any, replace_mark: str | None = None) -> None:
    """Set every key of `values` in `tree`; a mapping merges into a mapping that is there.

    Everything is converted before anything is set, so that an error changes nothing.

    Args:
        tree: A config or a plain dict.
        values: A mapping, or pairs.
        replace_mark: A key by which a nested mapping says that it replaces what is there; it is
            left out of the result.

    Raises:
        NestingError: For data that contains itself or is nested too deeply.
    """

    def collect(node: Any, mapping: Any, plan: list[Any]) -> None:
        _replaced_below(node, mapping, plan, replace_mark)

    _apply(tree, values, collect)


def fill_absent(node: Any, mapping: Any, recurrent: bool) -> None:
    """Set the keys of `mapping` that are not there yet, in nested mappings too if `recurrent`."""
    _apply(node, mapping, _absent_below if recurrent else _absent)


def _apply(node: Any, mapping: Any, collect: Callable[..., None]) -> None:
    plan: list[tuple[Any, dict[Any, Any]]] = []
    try:
        collect(node, mapping if isinstance(mapping, dict) else dict(mapping), plan)
    except RecursionError:
        raise nesting_error(mapping) from None
    for changed, new in plan:
        getattr(changed, "_ato_store", changed.update)(new)


def _replaced_below(node: Any, mapping: Any, plan: list[Any], mark: str | None) -> None:
    new = {}
    for key, value in mapping.items():
        if type(value) not in ATOMS:
            old = _get(node, key)
            if mark is not None and isinstance(value, dict):
                old, value = _marked(old, value, mark)
            if isinstance(old, dict) and isinstance(value, dict):
                _replaced_below(old, value, plan, mark)
                continue
            if isinstance(node, Slots):
                value = convert(value, node._ato_mode)
        new[key] = value
    _plan(node, new, plan)


def _marked(old: Any, value: dict[Any, Any], mark: str) -> tuple[Any, dict[Any, Any]]:
    """Return what to merge and into what; None where it replaces what is there."""
    replaces = _get(value, mark, False) or not isinstance(old, dict)
    value = {key: child for key, child in value.items() if key != mark}
    if not replaces:
        return old, value
    whole: dict[Any, Any] = {}
    merge(whole, value, mark)  # for the marks below
    return None, whole


def _absent(node: Any, mapping: Any, plan: list[Any]) -> None:
    mode = node._ato_mode
    _plan(node, {k: convert(v, mode) for k, v in mapping.items() if k not in node}, plan)


def _absent_below(node: Any, mapping: Any, plan: list[Any]) -> None:
    for key, value in mapping.items():
        old = _get(node, key)
        if isinstance(old, Slots) and isinstance(value, dict):
            _absent_below(old, value, plan)
    _absent(node, mapping, plan)


def _plan(node: Any, new: dict[Any, Any], plan: list[Any]) -> None:
    if new:
        if isinstance(node, Slots) and node._ato_mode.frozen:
            raise frozen(node, f"set '{join_path(node, next(iter(new)))}'")
        plan.append((node, new))


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
