"""Changing the mode of a whole tree: strict, frozen, recorded."""

from __future__ import annotations

from ato_adict._basics.errors import FrozenError
from ato_adict._node.locked import FrozenList, FrozenSet, lock, unlock
from ato_adict._node.state import ATOMS, Slots, set_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

    from ato_adict._node.state import Mode


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
            stack.extend(v for v in dict.values(value) if type(v) not in ATOMS)
        elif isinstance(value, (list, tuple)):
            base: Any = list if isinstance(value, list) else tuple  # it may be walked otherwise
            stack.extend(v for v in base.__iter__(value) if type(v) not in ATOMS)


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
    """Refuse writes to the whole tree from now on, its lists and sets too.

    What was put into a list after it was set, `config.layers.append({"width": 3})`, becomes part
    of the tree first.
    """
    for node in nodes(root):  # a node's values are visited after it, so new nodes are too
        _replace_values(node, _locking(node))
    changes = {"immutable": True} if immutable else {}
    retune(root, frozen=True, **changes)


def _locking(node: Any) -> Callable[[Any], Any]:
    def locked(value: Any) -> Any:
        is_locked = type(value) is FrozenList or type(value) is FrozenSet
        return value if is_locked else lock(node._ato_convert(value))

    return locked


def defrost(root: Any) -> None:
    """Allow writes to the whole tree again."""
    if any(node._ato_mode.immutable for node in nodes(root)):
        raise FrozenError("cannot defrost: this config is immutable; change a clone()")
    for node in list(nodes(root)):
        _replace_values(node, unlock)
    retune(root, frozen=False)


def _replace_values(node: Any, change: Callable[[Any], Any]) -> None:
    for key, value in dict.items(node):
        if type(value) not in ATOMS:
            new = change(value)
            if new is not value:
                dict.__setitem__(node, key, new)
                node._ato_refresh(key)


def thaw(root: Any) -> None:
    """Make a copy of a frozen tree writable, immutable or not."""
    retune(root, immutable=False)
    defrost(root)


def record_writes(config: Slots, journal: list[Any] | None) -> None:
    """Append each write anywhere in the tree of `config` to `journal` from now on.

    A write appends `(node, key, value)`, a deletion `(node, key, MISSING)`, in order. New child
    nodes inherit the journal; copies do not. While nothing records, a write costs nothing more.

    Args:
        config: The root of the tree.
        journal: The list to append to, or None to stop.
    """
    retune(config, journal=journal)
