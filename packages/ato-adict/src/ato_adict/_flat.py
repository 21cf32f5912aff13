"""A tree as one level of dotted names."""

from __future__ import annotations

from ato_adict._depth import nesting_error
from ato_adict._dotted import below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping


def flatten(tree: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a plain dict of dotted name to leaf, in order; an empty mapping is a leaf.

    Not a read.
    """
    flat: dict[str, Any] = {}
    try:
        _flatten(tree, "", flat)
    except RecursionError:
        raise nesting_error(tree) from None
    return flat


def _flatten(tree: Mapping[Any, Any], prefix: str, flat: dict[str, Any]) -> None:
    dotted = prefix + "." if prefix else ""
    for key, value in tree.items():
        # Most keys are plain names; asking once per key keeps a thousand leaves below a ms.
        plain = type(key) is str and key.isidentifier()
        name = dotted + key if plain else below(prefix, key)
        if isinstance(value, dict) and value:
            _flatten(value, name, flat)
        else:
            flat[name] = value
