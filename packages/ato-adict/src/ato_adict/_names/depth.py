"""Naming what is wrong with data that cannot be walked to its end."""

from __future__ import annotations

from ato_adict._basics.errors import NestingError
from ato_adict._names.dotted import join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator


def nesting_error(value: Any) -> NestingError:
    """Return the error for a `value` whose walk ran out of stack."""
    try:
        path = _cycle(value)
        shown = join(path or _deepest(value, 5))
    except RecursionError:  # whoever calls has used up all the stack
        return NestingError("nested too deeply")
    if path is not None:
        return NestingError(f"recursive structure: '{shown}' refers back to what contains it")
    return NestingError(f"nested too deeply: '{shown}.…'")


def _cycle(value: Any) -> list[Any] | None:
    """Return the keys that lead from `value` to a container that contains itself, or None."""
    stack = [_children(value)]
    keys: list[Any] = [None]
    on_path = [id(value)]
    above, done = {id(value)}, set()
    while stack:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
            keys.pop()
            done.add(on_path[-1])
            above.discard(on_path.pop())
            continue
        key, child = found
        if id(child) in above:
            return [*keys[1:], key]
        if isinstance(child, (dict, list, tuple)) and id(child) not in done:
            stack.append(_children(child))
            keys.append(key)
            on_path.append(id(child))
            above.add(id(child))
    return None


def _deepest(value: Any, length: int) -> list[Any]:
    """Return the first keys on the way to the deepest container."""
    level: list[tuple[tuple[Any, ...], Any]] = [((), value)]
    seen = set()
    keys: Any = ()
    while level:
        keys = level[0][0]
        below = []
        for path, container in level:
            for key, child in _children(container):
                if isinstance(child, (dict, list, tuple)) and id(child) not in seen:
                    seen.add(id(child))
                    below.append(((*path, key) if len(path) < length else path, child))
        level = below
    return list(keys)


def _children(container: Any) -> Iterator[tuple[Any, Any]]:
    return (
        iter(dict.items(container)) if isinstance(container, dict) else iter(enumerate(container))
    )
