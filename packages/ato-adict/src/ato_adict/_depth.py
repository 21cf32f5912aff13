"""Naming what is wrong with data that cannot be walked to its end."""

from __future__ import annotations

from ato_adict._dotted import join
from ato_adict._errors import NestingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator


def recursive(keys: tuple[Any, ...]) -> NestingError:
    """Return the error for a container that is its own descendant, reached through `keys`."""
    return NestingError(f"recursive structure: '{join(keys)}' refers back to what contains it")


def nesting_error(value: Any) -> NestingError:
    """Return the error for a `value` whose walk ran out of stack."""
    keys: list[Any] = []
    above: list[int] = []
    stack = [iter([(None, value)])]
    while stack:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
            if above:
                above.pop()
                keys.pop()
            continue
        key, child = found
        if id(child) in above[-100:] or (len(above) > 100 and id(child) in above[:100]):
            return recursive((*keys[1:], key))
        if len(above) >= 5000:
            break
        if isinstance(child, (dict, list, tuple)):
            stack.append(_children(child))
            above.append(id(child))
            keys.append(key)
    name = join(keys[1:6])
    return NestingError(f"nested too deeply to walk: '{name}.…'" if name else "nested too deeply")


def _children(container: Any) -> Iterator[tuple[Any, Any]]:
    return iter(container.items()) if isinstance(container, dict) else enumerate(container)
