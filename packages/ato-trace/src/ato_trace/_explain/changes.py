"""`explain_change(old, new)`: which function, which statement, and both sides of it."""

from __future__ import annotations

import os

from ato_adict.surroundings import from_here
from ato_trace._explain.sections import pair_sections, recorded
from ato_trace._explain.statement_diff import differing_statements
from ato_trace._explain.values import differences

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ato_trace._explain.sections import Recorded, Section


class Change:
    """One difference between two fingerprints.

    Attributes:
        function: The function or class in which it is.
        kind: ``'statement'``, ``'function'`` (used or no longer used), ``'value'`` of a global or
            closure variable (what a name in a registry leads to is one as well), ``'library'``
            version, or ``'form'`` where the two were recorded in ways that cannot be compared.
        old: The old side: source text, or a value; empty if there was none.
        new: The new side.
        old_line: Line of the old side within the source of the function, counted from 1, or None.
        new_line: Line of the new side.
        old_place: ``file:line`` at which the function stood, or empty.
        new_place: ``file:line`` at which it stands.
    """

    __module__ = "ato_trace"
    __slots__ = (
        "function",
        "kind",
        "new",
        "new_line",
        "new_place",
        "old",
        "old_line",
        "old_place",
    )

    function: str
    kind: str
    old: str
    new: str
    old_line: int | None
    new_line: int | None
    old_place: str
    new_place: str

    def __init__(
        self,
        function: str,
        kind: str,
        old: str,
        new: str,
        old_line: int | None = None,
        new_line: int | None = None,
        old_place: str = "",
        new_place: str = "",
    ) -> None:
        self.function = function
        self.kind = kind
        self.old = old
        self.new = new
        self.old_line = old_line
        self.new_line = new_line
        self.old_place = old_place
        self.new_place = new_place

    def __repr__(self) -> str:
        return f"Change({self.function!r}, {self.kind!r}, {self.old!r}, {self.new!r})"


class Explanation:
    """What differs between two fingerprints; false if nothing does, and printable.

    Attributes:
        changes: A list of `Change`.
        skipped: Pairs ``(name, reason)`` of what ``follow=True`` did not follow on either side.
    """

    __module__ = "ato_trace"

    changes: list[Change]
    skipped: tuple[tuple[str, str], ...]

    def __init__(self, changes: list[Change], skipped: tuple[tuple[str, str], ...] = ()) -> None:
        self.changes = changes
        self.skipped = skipped

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __repr__(self) -> str:
        return f"<Explanation of {len(self.changes)} changes>"

    def __str__(self) -> str:
        return "\n".join(_render(self.changes)) or "the logic is the same"

    def verbose(self) -> str:
        """The changes, and below them what was not followed, with the reasons."""
        return "\n".join(
            [str(self), *(f"not followed: {name} ({reason})" for name, reason in self.skipped)]
        )


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
    before, after = recorded(old), recorded(new)
    skipped = tuple(sorted({*before.skipped, *after.skipped}))
    unlike = _unlike(before, after)
    if unlike is not None:
        return Explanation([unlike], skipped)
    changes: list[Change] = []
    for one, other in pair_sections(before.sections, after.sections):
        changes += _between(one, other)
        if one is not None and other is not None:
            changes += _led_elsewhere(one, other, before, after)
    return Explanation(_without_repeats(changes), skipped)


def _unlike(old: Recorded, new: Recorded) -> Change | None:
    """Why two records cannot be compared, or None."""
    name = new.sections[0].name or old.sections[0].name
    if old.form != new.form:
        return Change(name, "form", f"form {old.form}", f"form {new.form}")
    if old.kind != new.kind:
        words = {"source": "the source", "code-object": "the byte code"}
        return Change(name, "form", words[old.kind], words[new.kind])
    heads = [side.sections[0].lines[:1] for side in (old, new)]
    if (
        old.kind == "code-object"
        and heads[0] != heads[1]
        and all("python" in str(h) for h in heads)
    ):
        one, other = ("byte code of " + head[0].rpartition(" ")[2] for head in heads)
        return Change(name, "form", one, other)
    return None


def _between(old: Section | None, new: Section | None) -> Iterator[Change]:
    if old is None or new is None:
        yield _whole(old, new)
        return
    name = new.name or old.name
    for old_lines, new_lines in differing_statements(old.lines, new.lines):
        yield _statement(old, new, old_lines, new_lines)
    for key in sorted(set(old.facts) | set(new.facts)):
        if key.partition(" ")[2] not in {**old.uses, **new.uses}:
            yield from _fact(name, key, old.facts.get(key, ""), new.facts.get(key, ""))


def _statement(old: Section, new: Section, old_lines: range, new_lines: range) -> Change:
    (old_name, old_first), (new_name, new_first) = old.place_of(old_lines), new.place_of(new_lines)
    old_line, new_line = old.line_of(old_lines), new.line_of(new_lines)
    return Change(
        new_name if new_lines else old_name,
        "statement",
        old.text_of(old_lines),
        new.text_of(new_lines),
        old_line and old_line - old_first + 1,
        new_line and new_line - new_first + 1,
        _place(old, old_first),
        _place(new, new_first),
    )


def _without_repeats(changes: list[Change]) -> list[Change]:
    """Each change once: a method may be followed by itself and within its class."""
    found: dict[tuple[str, ...], Change] = {}
    for change in changes:
        texts = ("\n".join(map(str.strip, t.split("\n"))) for t in (change.old, change.new))
        found.setdefault((change.function, change.kind, str(change.new_line), *texts), change)
    return list(found.values())


def _fact(name: str, key: str, old: str, new: str) -> Iterator[Change]:
    kind, _, fact = key.partition(" ")
    if old == new:
        return
    if kind == "library":
        yield Change(fact, kind, old, new)
        return
    for where, before, after in differences(old, new):
        yield Change(f"{name}: {fact}{where}", kind, before, after)


def _led_elsewhere(
    old: Section, new: Section, before: Recorded, after: Recorded
) -> Iterator[Change]:
    """Names that lead to another function than they did: a swap in a registry."""
    for use in sorted({**old.uses, **new.uses}):
        one = _target(use, old, before)
        other = _target(use, new, after)
        if one and other and one != other:
            yield Change(f"{new.name or old.name}: {use}", "value", one, other)


def _target(use: str, section: Section, side: Recorded) -> str:
    if use in section.uses:
        return side.sections[section.uses[use]].name
    return section.facts.get("value " + use, "")


def _place(section: Section, line: int = 1) -> str:
    """``file:line`` of a line of a section."""
    return f"{_short(section.file)}:{section.first + line - 1}" if section.file else ""


def _short(file: str) -> str:
    """A file as it is shown: relative to where one is, else its name."""
    shorter = from_here(file)
    if shorter != file:
        return shorter
    folder, name = os.path.split(file)
    return os.path.join(os.path.basename(folder), name) if name == "__init__.py" else name


def _whole(old: Section | None, new: Section | None) -> Change:
    """A function that only one side uses."""
    if old is not None:
        text = old.source or old.canonical
        return Change(old.name, "function", text, "", old_place=_place(old))
    assert new is not None
    text = new.source or new.canonical
    return Change(new.name, "function", "", text, new_place=_place(new))


# -- as text -----------------------------------------------------------------------------------


def _render(changes: list[Change]) -> Iterator[str]:
    shown = None
    for change in changes:
        if change.kind == "form":
            yield _render_form(change)
        elif change.kind in ("value", "library"):
            yield f"{change.function} {change.old or '(none)'} -> {change.new or '(none)'}"
        elif change.kind == "function":
            yield f"{_titled(change)}: {'no longer used' if change.old else 'newly used'}"
        else:
            if _titled(change) != shown:
                shown = _titled(change)
                yield f"{shown}:"
            yield from _render_statement(change)


def _render_form(change: Change) -> str:
    if change.old.startswith("form "):
        older = "first" if change.old < change.new else "second"
        return (
            f"{change.function}: the {older} was recorded in an older form; "
            "the two cannot be compared"
        )
    return (
        f"{change.function}: one was recorded by {change.old}, the other by {change.new}; "
        "the two cannot be compared"
    )


def _titled(change: Change) -> str:
    """``Net.forward (net.py:12)``."""
    place = change.new_place or change.old_place
    old_file, new_file = (p.rpartition(":")[0] for p in (change.old_place, change.new_place))
    if old_file and new_file and old_file != new_file:
        place = f"{change.old_place} -> {change.new_place}"
    return f"{change.function} ({place})" if place else change.function


def _render_statement(change: Change) -> Iterator[str]:
    line = change.new_line or change.old_line
    if line is not None:
        yield f"  line {line}"
    for sign, text in (("-", change.old), ("+", change.new)):
        for row in text.splitlines():
            yield f"  {sign} {row}"
