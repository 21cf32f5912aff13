"""`explain_sources(old, new)`: what changed between the texts of two versions of a program."""

from __future__ import annotations

import difflib
import re

from ato_trace._explain.imports import absolute, import_in, telling
from ato_trace._explain.moves import Moves, Names
from ato_trace._explain.rebound import by_names
from ato_trace._explain.statement_diff import differing_statements
from ato_trace._explain.units import STATEMENTS, Module
from ato_trace._source.notebooks.cells import place_in_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, List

    from ato_trace._explain.imports import Meanings
    from ato_trace._explain.units import Unit

    Changes = List["SourceChange"]

_SHARED = 0.5  # of its definitions that a module keeps when it is renamed and edited at once


class SourceChange:
    """One difference between two versions of the text of a program.

    Attributes:
        module: The module in which it is.
        file: The file of that module.
        name: The qualified name of the function or class, ``Net.forward``, or ``<module>`` for
            statements outside of any.
        kind: ``'changed'``, ``'added'``, ``'removed'``, or ``'text'`` where this version of
            Python cannot read one of the texts.
        old: The text of the old side; empty if there was none.
        new: The text of the new side.
        old_line: Line of the old side in its file, counted from 1, or None.
        new_line: Line of the new side.
        old_place: Of a line in a cell of a notebook, where it is: ``In[3]:2``; else empty.
        new_place: The same of the new side.
        old_module: The module in which the old side is: another than ``module`` where the
            definition was moved, or the module got another name.
        old_file: The file of that module.
        old_name: The name that the old side has there.
    """

    __module__ = "ato_trace"
    __slots__ = (
        "file",
        "kind",
        "module",
        "name",
        "new",
        "new_line",
        "new_place",
        "old",
        "old_file",
        "old_line",
        "old_module",
        "old_name",
        "old_place",
    )

    module: str
    file: str
    name: str
    kind: str
    old: str
    new: str
    old_line: int | None
    new_line: int | None
    old_place: str
    new_place: str
    old_module: str
    old_file: str
    old_name: str

    def __init__(
        self,
        module: str,
        file: str,
        name: str,
        kind: str,
        old: str,
        new: str,
        old_line: int | None = None,
        new_line: int | None = None,
    ) -> None:
        self.module = module
        self.file = file
        self.name = name
        self.kind = kind
        self.old = old
        self.new = new
        self.old_line = old_line
        self.new_line = new_line
        self.old_place = ""
        self.new_place = ""
        self.old_module = module
        self.old_file = file
        self.old_name = name

    def __repr__(self) -> str:
        where = f"{self.module}: {self.name}"
        return f"SourceChange({where!r}, {self.kind!r}, {self.old!r}, {self.new!r})"


def explain_sources(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[SourceChange]:
    """Name the definitions and statements that differ between two versions of a program.

    Comments, layout, docstrings, names of variables, the order of definitions, and functions and
    modules that only moved or got another name, are no differences. Decorators and defaults are.

    Args:
        old: The text of each module by its name; in place of a text also a mapping with ``text``
            and ``name``, the file.
        new: The same of the newer version.

    Returns:
        The changes by module, in the order of the lines in it.
    """
    before = {name: Module(name, source) for name, source in old.items()}
    after = {name: Module(name, source) for name, source in new.items()}
    same = {name for name in before if name in after and before[name].is_like(after[name])}
    for modules in (before, after):
        for name in modules.keys() - same:
            modules[name].read(modules)
    for name in same:
        del before[name], after[name]
    changes = _Comparison(before, after).changes()
    for change in changes:
        change.old_place = _in_cells(before.get(change.old_module), change.old_line)
        change.new_place = _in_cells(after.get(change.module), change.new_line)
    return changes


def _in_cells(module: Module | None, line: int | None) -> str:
    return place_in_cells(module.text or "", line) if module is not None else ""


class _Comparison:
    def __init__(self, before: dict[str, Module], after: dict[str, Module]) -> None:
        self.pairs = _pair_modules(before, after)
        self.names = Names(self.pairs)
        self.moves = Moves(self.pairs, self.names)

    def changes(self) -> Changes:
        found: Changes = []
        for old, new in self.pairs:
            found += sorted(_unreadable(old, new), key=_place)
            if _is_readable(old) and _is_readable(new):
                found += sorted(self._between(old, new), key=_place)
        for (old_module, old_unit), (module, unit) in self.moves.edited:
            found += self._statements(old_module, module, old_unit, unit)
        return found

    def _between(self, old: Module | None, new: Module | None) -> Iterator[SourceChange]:
        before = (old.units if old is not None else None) or {}
        after = (new.units if new is not None else None) or {}
        for name in dict.fromkeys([*before, *after]):
            one, other = before.get(name), after.get(name)
            if one is not None and other is not None:
                assert old is not None
                assert new is not None
                yield from self._statements(old, new, one, other)
            elif one is not None and old is not None and self._is_news("old", old, one):
                yield _whole(old, one, "removed")
            elif other is not None and new is not None and self._is_news("new", new, other):
                yield _whole(new, other, "added")

    def _is_news(self, side: str, module: Module, unit: Unit) -> bool:
        """Whether a unit that one side lacks is more than something that moved, or nothing."""
        if unit.name != STATEMENTS:
            return (side, module.name, unit.name) not in self.moves.units
        lines = [absolute(line, module) for line in unit.lines[1:]]
        moved = self.moves.constants
        return any(
            import_in(line) is None and (side, module.name, line) not in moved for line in lines
        )

    def _statements(
        self, old_module: Module, module: Module, old: Unit, new: Unit
    ) -> Iterator[SourceChange]:
        if old.lines == new.lines and not any(" import " in line for line in new.lines):
            return
        one, other = self.names.meanings(old_module, module)
        after = [absolute(line, module) for line in new.lines]
        before = self.names.today(old, old_module, one.aliases(other), after)
        old_places = self._telling("old", old_module, before, one, other)
        new_places = self._telling("new", module, after, other, one)
        olds_told = [before[place] for place in old_places]
        news_told = [after[place] for place in new_places]
        spans = differing_statements(olds_told, news_told)
        if new.name == STATEMENTS:
            spans = (part for span in spans for part in by_names(olds_told, news_told, span))
        for old_span, new_span in spans:
            olds, news = [old_places[i] for i in old_span], [new_places[i] for i in new_span]
            change = SourceChange(
                module.name,
                module.file,
                new.title,
                "changed" if olds and news else "added" if news else "removed",
                old.text_of(olds),
                new.text_of(news),
                old.line_of(olds),
                new.line_of(news),
            )
            yield _from(old_module, old.title, change)

    def _telling(
        self, side: str, module: Module, lines: list[str], mine: Meanings, other: Meanings
    ) -> list[int]:
        moved = self.moves.constants
        places = telling(lines, mine, other)
        return [place for place in places if (side, module.name, lines[place]) not in moved]


def _pair_modules(
    before: dict[str, Module], after: dict[str, Module]
) -> list[tuple[Module | None, Module | None]]:
    """By name; then those that only one side has, by what they define."""
    pairs: list[tuple[Module | None, Module | None]] = [
        (before[name], after[name]) for name in before if name in after
    ]
    gone = [module for name, module in before.items() if name not in after]
    for module in (module for name, module in after.items() if name not in before):
        best = max(gone, key=lambda old: _shared(old, module), default=None)
        if best is not None and _shared(best, module) >= _SHARED:
            gone.remove(best)
            pairs.append((best, module))
        else:
            pairs.append((None, module))
    return pairs + [(module, None) for module in gone]


def _shared(old: Module, new: Module) -> float:
    if old.text is not None and old.text == new.text:
        return 1.0
    one, other = (
        {(unit.name, *unit.lines) for unit in (module.units or {}).values() if len(unit.lines) > 1}
        for module in (old, new)
    )
    return len(one & other) / max(1, len(one), len(other))


def _whole(module: Module, unit: Unit, kind: str) -> SourceChange:
    if unit.name == STATEMENTS:
        text = unit.text_of(range(1, len(unit.lines)))
        line = unit.line_of(range(1, len(unit.lines)))
    else:
        text, line = unit.text(), unit.first
    old, new = (text, "") if kind == "removed" else ("", text)
    lines = (line, None) if kind == "removed" else (None, line)
    return SourceChange(module.name, module.file, unit.title, kind, old, new, *lines)


def _from(module: Module, name: str, change: SourceChange) -> SourceChange:
    """Note where the old side of a change stood."""
    change.old_module, change.old_file, change.old_name = module.name, module.file, name
    return change


def _place(change: SourceChange) -> tuple[int, int]:
    return change.new_line or change.old_line or 0, change.old_line or 0


# -- texts that cannot be read -------------------------------------------------------------------


def _is_readable(module: Module | None) -> bool:
    return module is None or module.units is not None


def _unreadable(old: Module | None, new: Module | None) -> Iterator[SourceChange]:
    if _is_readable(old) and _is_readable(new):
        return
    module = new or old
    assert module is not None
    before, after = (_rows(side) for side in (old, new))
    kept = all(side is None or side.text is not None for side in (old, new))
    digests = {side.digest for side in (old, new) if side is not None}
    if (kept and before == after) or (not kept and len(digests) == 1 and old and new):
        return
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    spans = [block[1:] for block in blocks if block[0] != "equal"]
    removed = "\n".join(row for a, b, _, _ in spans for row in before[a:b])
    added = "\n".join(row for _, _, c, d in spans for row in after[c:d])
    lines = (spans[0][0] + 1, spans[0][2] + 1) if spans else (None, None)
    change = SourceChange(module.name, module.file, STATEMENTS, "text", removed, added, *lines)
    yield _from(old or module, STATEMENTS, change)


def _rows(module: Module | None) -> list[str]:
    return [re.sub(r"\s+$", "", row) for row in module.rows] if module is not None else []
