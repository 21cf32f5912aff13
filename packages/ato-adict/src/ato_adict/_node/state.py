"""What a node keeps beside its items, and what it may do.

Never in the dict, so never in a dump or a comparison. What it may do is one immutable `Mode` that
the nodes that behave alike share: a node stays small, and the check before a write is one
attribute read.
"""

from __future__ import annotations

from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

    Base = Dict[Any, Any]
else:
    Base = dict

# The exact types of most values of a config: they need no more than a set lookup.
ATOMS = frozenset({int, float, str, bool, type(None), bytes, complex, type, type(...)})


class AUTO:
    """The default of `ADict.auto()`."""

    __slots__ = ()


class Mode:
    """The behaviour of a node; never changed once made, see `derive`.

    Attributes:
        cls: The class of new child nodes.
        frozen: Whether every write is refused.
        immutable: Whether `defrost` is refused.
        strict: Whether reading an unset attribute is an error at once.
        default: A default for missing keys (a factory or a value), AUTO, or MISSING.
        journal: The list that writes are recorded in, or None.
        guarded: Whether a write has to look further before or after it happens.
        child: The mode of new child nodes: the same, without a default.
    """

    __slots__ = (
        "child",
        "cls",
        "default",
        "frozen",
        "guarded",
        "immutable",
        "journal",
        "strict",
    )

    def __init__(
        self,
        cls: type,
        frozen: bool = False,
        immutable: bool = False,
        strict: bool = False,
        default: Any = MISSING,
        journal: list[Any] | None = None,
    ) -> None:
        self.cls = cls
        self.frozen = frozen
        self.immutable = immutable
        self.strict = strict
        self.default = default
        self.journal = journal
        self.guarded = frozen or journal is not None
        self.child: Mode = self if default is MISSING or default is AUTO else self.derive()

    def derive(self, **changes: Any) -> Mode:
        """Return a mode with `changes`; without any, the mode of new children."""
        fields: dict[str, Any] = {
            "frozen": self.frozen,
            "immutable": self.immutable,
            "strict": self.strict,
            "journal": self.journal,
        }
        if changes:
            fields["default"] = self.default
        fields.update(changes)
        return Mode(self.cls, **fields)

    def same_rules(self, other: Mode) -> bool:
        """Whether both agree on everything a parent hands down to a node that joins it."""
        return self.strict == other.strict and self.journal is other.journal


class Slots(Base):
    """A dict with the private state of a node.

    Attributes:
        _ato_mode: What the node may do; set on every node.
        _ato_path: The dotted name it was first reached by; for messages only.
        _ato_hidden: Keys that were read but cannot be promoted to the instance `__dict__`.
        _ato_record: What the call that made the config knows, see `RunRecord`.
        _ato_handed: Whether all of it went elsewhere, see `hand_on`.
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_ato_handed",
        "_ato_hidden",
        "_ato_mode",
        "_ato_path",
        "_ato_record",
    )

    # Set per class: the mode of new nodes, and the names that are attributes of the class.
    _ato_open: Mode
    _ato_reserved: frozenset[str]

    if TYPE_CHECKING:
        _ato_mode: Mode
        _ato_handed: bool
        _ato_path: str
        _ato_hidden: set[Any] | None


# The slots' own setters: they skip `__setattr__`, which is for keys.
set_mode: Callable[[Slots, Mode], None] = Slots.__dict__["_ato_mode"].__set__
set_path: Callable[[Slots, str], None] = Slots.__dict__["_ato_path"].__set__
set_hidden: Callable[[Slots, set[Any]], None] = Slots.__dict__["_ato_hidden"].__set__
_set_handed: Callable[[Slots, bool], None] = Slots.__dict__["_ato_handed"].__set__


def hand_on(node: Slots) -> None:
    """Remember that all values of a node went elsewhere at once, where nobody sees them read.

    A copy, an export and a look at all items do so. It is no read of any of them.
    """
    _set_handed(node, True)


def was_handed_on(config: Slots) -> bool:
    """Whether all values of a config went elsewhere at once: by a copy, an export or `items()`."""
    return config._ato_handed
