"""Changing the mode of a whole tree: strict, frozen, recorded."""

from __future__ import annotations

from ato_adict._convert import ATOMS
from ato_adict._errors import FrozenError
from ato_adict._locked import lock, unlock
from ato_adict._slots import Slots, set_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

    from ato_adict._mode import Mode


def nodes(root: Any) -> Iterator[Any]:
    """Yield each node of a tree once, parents first, also those in lists and tuples."""
    seen = set()
    stack = [root]
    while stack:
        value = stack.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            if isinstance(value, Slots):
                yield value
            stack.extend(v for v in value.values() if type(v) not in ATOMS)
        elif isinstance(value, (list, tuple)):
            stack.extend(v for v in value if type(v) not in ATOMS)


def retune(root: Any, **changes: Any) -> None:
    """Give each node of a tree its mode with `changes`."""
    renewed: dict[int, Mode] = {}
    for node in nodes(root):
        mode = node._ato_mode
        new = renewed.get(id(mode))
        if new is None:
            new = renewed[id(mode)] = mode.derive(**changes)
            renewed[id(new)] = new
        set_mode(node, new)


def freeze(root: Any, immutable: bool = False) -> None:
    """Refuse writes to the whole tree from now on, its lists and sets too."""
    for node in list(nodes(root)):
        _replace_values(node, lock)
    changes = {"immutable": True} if immutable else {}
    retune(root, frozen=True, **changes)


def defrost(root: Any) -> None:
    """Allow writes to the whole tree again."""
    if any(node._ato_mode.immutable for node in nodes(root)):
        raise FrozenError("cannot defrost: this config is immutable; change a clone()")
    for node in list(nodes(root)):
        _replace_values(node, unlock)
    retune(root, frozen=False)


def _replace_values(node: Any, change: Callable[[Any], Any]) -> None:
    for key, value in node.items():
        if type(value) not in ATOMS:
            new = change(value)
            if new is not value:
                dict.__setitem__(node, key, new)
                node._ato_refresh(key)


def thaw(root: Any) -> None:
    """Make a copy of a frozen tree writable, immutable or not."""
    retune(root, immutable=False)
    defrost(root)
