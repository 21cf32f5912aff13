"""What was read of a config, and what was not."""

from __future__ import annotations

from ato_adict._names.dotted import join
from ato_adict._node.state import Slots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator


def accessed(node: Slots) -> set[Any]:
    """Return the keys of this node that were read."""
    return set(node.__dict__) | (node._ato_hidden or set())


def minimal(node: Slots) -> dict[Any, Any]:
    """Return the keys that were read, nested, in insertion order.

    A nested config that was read while none of its keys were counts whole: it may have been
    iterated over or passed on, which leaves no record.
    """
    read = accessed(node)
    return {key: _minimal_value(value) for key, value in dict.items(node) if key in read}


def _minimal_value(value: Any) -> Any:
    return (minimal(value) or value) if isinstance(value, Slots) else value


def unused(node: Slots) -> list[str]:
    """Return the dotted names of what was never read, in order; a whole branch is one name."""
    return [join(keys) for keys in _unused(node, ())]


def _unused(node: Slots, above: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    read = accessed(node)
    for key, value in dict.items(node):
        if key not in read:
            yield (*above, key)
        elif isinstance(value, Slots) and accessed(value):
            yield from _unused(value, (*above, key))
