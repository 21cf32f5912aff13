"""Places in a config that a typed key leads to, through configs and lists; nothing is a read."""

from __future__ import annotations

from ato_adict import MISSING
from ato_scope._command.keys import is_number
from ato_scope._errors import TokenError

_MOST_LEVELS = 200

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_adict import ADict
    from ato_scope._command.keys import Key, Keys


def resolve(config: ADict, keys: Keys) -> Keys:
    """Return keys as the config has them: `layers.0` and a key that is a number by its digits."""
    found: list[Key] = []
    node: Any = config
    for key in keys:
        if isinstance(key, str) and is_number(key) and not _has(node, key):
            is_index = isinstance(node, (list, tuple)) or _has(node, int(key))
            key = int(key) if is_index else key
        found.append(key)
        node = _child(node, key)
    return tuple(found)


def exists(config: ADict, keys: Keys) -> bool:
    """Whether the config has a value at a place."""
    return value_at(config, keys, MISSING) is not MISSING


def value_at(config: ADict, keys: Keys, default: Any) -> Any:
    """Return the value at a place."""
    node: Any = config
    for key in keys:
        node = _child(node, key)
    return default if node is MISSING else node


def holder(config: ADict, keys: Keys) -> Keys:
    """Return the keys down to the first list: with it, histories record what is in it."""
    node: Any = config
    for depth, key in enumerate(keys):
        if isinstance(node, (list, tuple)):
            return keys[:depth]
        node = _child(node, key)
    return keys


def names_in(node: Any) -> list[str]:
    """Return the keys of a config that are texts; none of anything else."""
    return [k for k in dict.keys(node) if isinstance(k, str)] if isinstance(node, dict) else []


def put(config: ADict, keys: Keys, value: Any) -> None:
    """Set the value at a place, creating the levels that are missing.

    A list is replaced by a changed copy, since it may be one of the program's own.

    Raises:
        TokenError: A level in between is no config and no list, a list has no such item, or there
            are too many levels.
    """
    if len(keys) > _MOST_LEVELS:
        raise TokenError(f"has {len(keys)} levels; a key has {_MOST_LEVELS} at most")
    _put(config, keys, 0, value)


def _put(node: Any, keys: Keys, depth: int, value: Any) -> Any:
    """Return what stands at a level once the value is set below it."""
    if depth == len(keys):
        return value
    key = keys[depth]
    if isinstance(node, dict):
        child = dict.get(node, key, MISSING)
        if child is MISSING and depth < len(keys) - 1:
            if not isinstance(keys[depth + 1], str):
                raise TokenError(f"{_shown(keys[: depth + 1])} is not set")
            node[key] = {}
            child = dict.__getitem__(node, key)
        new = _put(child, keys, depth + 1, value)
        if new is not child:
            node[key] = new
        return node
    if isinstance(node, (list, tuple)):
        index = _index(node, keys, depth)
        items = list(node)
        items[index] = _put(items[index], keys, depth + 1, value)
        return _like(node, items)
    where, kind = _shown(keys[:depth]), type(node).__name__
    raise TokenError(f"cannot set {_shown(keys)}: {where} is {kind}, not a mapping")


def delete(config: ADict, keys: Keys) -> None:
    """Remove what is at a place; an item of a list too."""
    node = value_at(config, keys[:-1], MISSING)
    if isinstance(node, dict):
        del node[keys[-1]]
        return
    items = list(node)
    del items[_index(node, keys, len(keys) - 1)]
    put(config, keys[:-1], _like(node, items))


def _like(sequence: Any, items: list[Any]) -> Any:
    make = getattr(type(sequence), "_make", None)  # a namedtuple
    if make is not None and len(items) == len(sequence):
        return make(items)
    return tuple(items) if isinstance(sequence, tuple) else items


def _index(node: Any, keys: Keys, depth: int) -> int:
    key = keys[depth]
    if not isinstance(key, int):
        raise TokenError(f"{_shown(keys[:depth])} is {type(node).__name__}; write [0] for an item")
    if not -len(node) <= key < len(node):
        raise TokenError(
            f"{_shown(keys[:depth])} has {len(node)} items; for one more write"
            f" {'.'.join(map(str, keys[:depth]))}+=[...]"
        )
    return key


def _shown(keys: Keys) -> str:
    name = ""
    for key in keys:
        name += f"[{key}]" if isinstance(key, int) else f".{key}" if name else key
    return repr(name)


def _has(node: Any, key: Any) -> bool:
    return isinstance(node, dict) and dict.__contains__(node, key)


def _child(node: Any, key: Any) -> Any:
    if isinstance(node, dict):
        return dict.get(node, key, MISSING)
    if isinstance(node, (list, tuple)) and isinstance(key, int):
        return node[key] if -len(node) <= key < len(node) else MISSING
    return MISSING
