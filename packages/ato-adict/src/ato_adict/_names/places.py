"""The values of a tree by their dotted names. Nothing here but `lookup` counts as a read."""

from __future__ import annotations

from ato_adict._basics.errors import ConversionError, MissingKeyError, did_you_mean
from ato_adict._basics.texts import kind_name, one_line
from ato_adict._names.depth import nesting_error
from ato_adict._names.dotted import below, join, join_path, split
from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Mapping

    IsLeaf = Callable[[Any], bool]


def lookup(tree: Any, name: str, default: Any = MISSING) -> Any:
    """Return the value at the dotted `name`, reading each level; `default` where it is not set."""
    keys = split(name)
    value = tree
    for depth, key in enumerate(keys):
        if not isinstance(value, dict) or key not in value:
            if default is not MISSING:
                return default
            raise _no_such_name(value, keys, depth)
        value = value[key]
    return value


def _no_such_name(value: Any, keys: tuple[Any, ...], depth: int) -> MissingKeyError:
    wanted, reached = join(keys), join(keys[:depth])
    if not isinstance(value, dict):
        return MissingKeyError(
            f"no key '{wanted}': '{reached}' is {type(value).__name__}, not a mapping"
        )
    known = {key: join((*keys[:depth], key)) for key in value if isinstance(key, str)}
    hint = did_you_mean(keys[depth], known)
    for key, full in known.items():
        hint = hint.replace(f"'{key}'", f"'{full}'") if depth else hint
    return MissingKeyError(f"no key '{join(keys[: depth + 1])}' in this config{hint}")


def contains(tree: Any, name: str) -> bool:
    """Whether the dotted `name` is set; not a read."""
    value = tree
    for key in split(name):
        if not isinstance(value, dict) or key not in value:
            return False
        value = dict.__getitem__(value, key)
    return True


def set_by_name(tree: dict[Any, Any], name: str, value: Any) -> None:
    """Set the value at a dotted name of a config or dict, creating the levels that are missing.

    Raises:
        ConversionError: If a level in between is no mapping.
    """
    set_at(tree, split(name), value)


def set_at(tree: Any, keys: tuple[Any, ...], value: Any) -> None:
    """Set the value at the place that `keys` lead to, creating the levels that are missing."""
    node = tree
    for depth, key in enumerate(keys[:-1]):
        child = dict.get(node, key, MISSING)
        if child is MISSING:
            node[key] = {}
            child = dict.__getitem__(node, key)
        if not isinstance(child, dict):
            name, reached = (join_path(tree, *part) for part in (keys, keys[: depth + 1]))
            raise ConversionError(
                f"cannot set '{one_line(name)}': '{one_line(reached)}' "
                f"is {kind_name(child)}, not a mapping"
            )
        node = child
    node[keys[-1]] = value


def flatten(tree: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a plain dict of dotted name to leaf, in order; an empty mapping is a leaf."""
    return _flat(tree, "", None)


def leaves(
    tree: Mapping[Any, Any], prefix: str = "", is_leaf: IsLeaf | None = None
) -> Iterator[tuple[str, Any]]:
    """Return an iterator over the dotted name and the value of each leaf, in order.

    An empty mapping is a leaf. Listing the leaves of a config does not count as reading them.

    Args:
        tree: A config or another mapping.
        prefix: The dotted name of the tree itself, where it stands below something.
        is_leaf: Whether a nested dict counts as one value: `lambda value: "__type__" in value`.

    Raises:
        NestingError: For data that contains itself or is nested too deeply.
    """
    return iter(_flat(tree, prefix, is_leaf).items())


def _flat(tree: Mapping[Any, Any], prefix: str, is_leaf: IsLeaf | None) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    try:
        _add_leaves(tree, prefix, is_leaf, flat)
    except RecursionError:
        raise nesting_error(tree) from None
    return flat


def _add_leaves(
    tree: Mapping[Any, Any], prefix: str, is_leaf: IsLeaf | None, flat: dict[str, Any]
) -> None:
    dotted = prefix + "." if prefix else ""
    for key, value in dict.items(tree) if isinstance(tree, dict) else tree.items():
        # Most keys are plain names; asking once per key keeps a thousand leaves below a ms.
        plain = type(key) is str and key.isidentifier()
        name = dotted + key if plain else below(prefix, key)
        if isinstance(value, dict) and value and not (is_leaf and is_leaf(value)):
            _add_leaves(value, name, is_leaf, flat)
        else:
            flat[name] = value
