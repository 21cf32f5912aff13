"""What one section says beside its code: which names lead where, and values."""

from __future__ import annotations

from ato_trace._code.following.states import CHANGED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ato_trace._code.following.states import Changes

PARAMETERS = "parameters"


class Fact:
    """One line.

    Attributes:
        name: What it is about.
        line: The line of the canonical form.
        keys: Variables and objects that it depends on; it does not count once one of them turns
            out to be a state.
    """

    __slots__ = ("keys", "line", "name")

    def __init__(self, name: str, line: str, keys: tuple[Any, ...]) -> None:
        self.name = name
        self.line = line
        self.keys = keys

    def state_in(self, changes: Changes) -> str | None:
        """Why it does not count, or None."""
        for key in self.keys:
            if key == PARAMETERS and changes.learning:
                return "parameters that the code that is followed trains"
            if key in changes.objects or key in changes.places:
                return CHANGED
        return None


class Facts:
    """The lines of one section, in the order in which they are found."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.items: list[Fact] = []
        self._lines: set[str] = set()

    def uses(self, name: str, number: int | None) -> None:
        """A name that leads to a section, or (None) to the code that uses it itself."""
        self._append(name, "uses @" if number is None else f"uses {name} -> {number}", ())

    def value(self, name: str, text: str, keys: tuple[Any, ...] = ()) -> None:
        """A name that has a value."""
        self._append(name, f"value {name} = {text}", keys)

    def _append(self, name: str, line: str, keys: tuple[Any, ...]) -> None:
        if line not in self._lines:
            self._lines.add(line)
            self.items.append(Fact(name, line, keys))
