"""What a node may do: one immutable object, shared by the nodes that behave alike.

Sharing keeps a node small and makes the check before a write one attribute read.
"""

from __future__ import annotations

from ato_adict._sentinel import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AUTO = type("AUTO", (), {"__slots__": (), "__doc__": "The default of `ADict.auto()`."})


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
