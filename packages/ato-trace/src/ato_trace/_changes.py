"""`explain_change(old, new)`: which function, which statement, and both sides of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ato_trace._sections import Section


class Change:
    """One difference between two fingerprints.

    Attributes:
        function: The function or class in which it is.
        kind: ``'statement'``, ``'function'`` (used or no longer used), ``'value'`` of a global or
            closure variable, or ``'library'`` version.
        old: The old side: source text, or a value; empty if there was none.
        new: The new side.
        old_line: Line of the old side within the source of the function, counted from 1, or None.
        new_line: Line of the new side.
    """

    __slots__ = ("function", "kind", "new", "new_line", "old", "old_line")

    def __init__(
        self,
        function: str,
        kind: str,
        old: str,
        new: str,
        old_line: int | None = None,
        new_line: int | None = None,
    ) -> None:
        self.function = function
        self.kind = kind
        self.old = old
        self.new = new
        self.old_line = old_line
        self.new_line = new_line

    def __repr__(self) -> str:
        return f"Change({self.function!r}, {self.kind!r}, {self.old!r}, {self.new!r})"


class Explanation:
    """What differs between two fingerprints; false if nothing does, and printable.

    Attributes:
        changes: A list of `Change`.
    """

    def __init__(self, changes: list[Change]) -> None:
        self.changes = changes

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __repr__(self) -> str:
        return f"<Explanation of {len(self.changes)} changes>"

    def __str__(self) -> str:
        return "\n".join(_render(self.changes)) or "the logic is the same"


def explain_change(old: Any, new: Any) -> Explanation:
    """Name what differs between two versions of some code.

    Renamed variables, comments and layout are no differences; with fingerprints made with
    ``follow=True``, changes in the functions used, in values and in library versions are shown
    as well.

    Args:
        old: A `Fingerprint`, a function or class, source text, or a pair ``(canonical, source)``
            as a tracker stores them.
        new: The same of the newer version.

    Returns:
        The changes; ``print`` shows them, old lines after ``-`` and new ones after ``+``.

    Raises:
        ExplainError: One side is a bare digest, which remembers nothing.
    """
    from ato_trace._sections import pair_sections, sections_of

    changes: list[Change] = []
    for before, after in pair_sections(sections_of(old), sections_of(new)):
        changes += _between(before, after)
    return Explanation(changes)


def _between(old: Section | None, new: Section | None) -> Iterator[Change]:
    from ato_trace._statement_diff import differing_statements

    if old is None or new is None:
        yield _whole(old, new)
        return
    name = new.name or old.name
    for old_lines, new_lines in differing_statements(old.lines, new.lines):
        old_line, new_line = old.line_of(old_lines), new.line_of(new_lines)
        yield Change(
            name, "statement", old.text_of(old_lines), new.text_of(new_lines), old_line, new_line
        )
    for key in sorted(set(old.facts) | set(new.facts)):
        before, after = old.facts.get(key, ""), new.facts.get(key, "")
        if before != after:
            kind, _, fact = key.partition(" ")
            yield Change(fact if kind == "library" else f"{name}: {fact}", kind, before, after)


def _whole(old: Section | None, new: Section | None) -> Change:
    """A function that only one side uses."""
    if old is not None:
        return Change(old.name, "function", old.source or old.canonical, "")
    assert new is not None
    return Change(new.name, "function", "", new.source or new.canonical)


# -- as text -----------------------------------------------------------------------------------


def _render(changes: list[Change]) -> Iterator[str]:
    shown = None
    for change in changes:
        if change.kind in ("value", "library"):
            yield f"{change.function} {change.old or '(none)'} -> {change.new or '(none)'}"
            continue
        if change.kind == "function":
            yield f"{change.function}: {'no longer used' if change.old else 'newly used'}"
            continue
        if change.function != shown:
            yield f"{change.function}:"
            shown = change.function
        yield from _render_statement(change)


def _render_statement(change: Change) -> Iterator[str]:
    line = change.new_line or change.old_line
    if line is not None:
        yield f"  line {line}"
    for sign, text in (("-", change.old), ("+", change.new)):
        for row in text.splitlines():
            yield f"  {sign} {row}"
