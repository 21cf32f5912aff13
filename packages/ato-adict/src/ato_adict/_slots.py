"""What a node keeps beside its items: never in the dict, so never in a dump or a comparison."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

    from ato_adict._mode import Mode

    Base = Dict[Any, Any]
else:
    Base = dict


class Slots(Base):
    """A dict with the private state of a node.

    Attributes:
        _ato_mode: What the node may do; set on every node.
        _ato_path: The dotted name it was first reached by; for messages only.
        _ato_hidden: Keys that were read but cannot be promoted to the instance `__dict__`.
    """

    __slots__ = ("__dict__", "__weakref__", "_ato_hidden", "_ato_mode", "_ato_path")

    # Set per class: the mode of new nodes, and the names that are attributes of the class.
    _ato_open: Mode
    _ato_reserved: frozenset[str]

    if TYPE_CHECKING:
        _ato_mode: Mode
        _ato_path: str
        _ato_hidden: set[Any] | None


# The slots' own setters: they skip `__setattr__`, which is for keys.
set_mode: Callable[[Slots, Mode], None] = Slots.__dict__["_ato_mode"].__set__
set_path: Callable[[Slots, str], None] = Slots.__dict__["_ato_path"].__set__
set_hidden: Callable[[Slots, set[Any]], None] = Slots.__dict__["_ato_hidden"].__set__
