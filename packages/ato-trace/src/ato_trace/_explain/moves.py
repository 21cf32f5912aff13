"""What got another name or another place between two versions of a program."""

from __future__ import annotations

from difflib import SequenceMatcher

from ato_trace._explain.imports import ASSIGNS, Meanings, absolute, import_in
from ato_trace._explain.statement_diff import TOKEN
from ato_trace._explain.units import STATEMENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Dict, List, Optional, Tuple

    from ato_trace._explain.units import Module, Unit

    Pairs = List[Tuple[Optional[Module], Optional[Module]]]
    Place = Tuple[Module, Unit]
    Renamed = Dict[str, str]

_ALIKE = 0.5  # of its lines that a definition keeps when it is moved and edited at once


class Names:
    """The names that modules and definitions have today, by those that they had.

    Attributes:
        full: Of modules, and of what is defined in them.
        last: The last parts alone, of definitions that were renamed.
    """

    def __init__(self, pairs: Pairs) -> None:
        self.full: Renamed = {
            old.name: new.name for old, new in pairs if old and new and old.name != new.name
        }
        self.last: Renamed = {}

    def moved(self, old: Place, new: Place) -> None:
        """Note that a definition is another's successor."""
        (old_module, old_unit), (module, unit) = old, new
        self.full[f"{old_module.name}.{old_unit.name}"] = f"{module.name}.{unit.name}"
        names = (old_unit.name.rpartition(".")[2], unit.name.rpartition(".")[2])
        if names[0] != names[1]:
            self.last[names[0]] = names[1]

    def form(self, unit: Unit, module: Module) -> list[str]:
        """The form of an old unit in the names of today."""
        return [self._line(absolute(line, module), {}) for line in unit.lines]

    def today(self, unit: Unit, module: Module, aliases: Renamed, after: list[str]) -> list[str]:
        """The same, with the aliases; what stands in the new form as it was is left as it is."""
        kept = set(after)
        lines = [absolute(line, module) for line in unit.lines]
        return [line if line in kept else self._line(line, aliases) for line in lines]

    def meanings(self, old: Module, new: Module) -> tuple[Meanings, Meanings]:
        """What names mean in two versions of a module."""
        one = Meanings(old, lambda unit: self.form(unit, old), self.of)
        other = Meanings(new, lambda unit: [absolute(line, new) for line in unit.lines], str)
        return one, other

    def of(self, name: str) -> str:
        """A full name whose longest known part has another name today."""
        end = len(name)
        while end > 0:
            if name[:end] in self.full:
                return self.full[name[:end]] + name[end:]
            end = name.rfind(".", 0, end)
        return name

    def _line(self, line: str, aliases: Renamed) -> str:
        if not (self.full or self.last or aliases):
            return line
        imported = import_in(line)
        if imported is not None:
            indent = line[: len(line) - len(line.lstrip())]
            return f"{indent}import {self.of(imported[0])} {self._token(imported[1], aliases)}"
        return TOKEN.sub(lambda found: self._token(found.group(), aliases), line)

    def _token(self, token: str, aliases: Renamed) -> str:
        bare = token.lstrip("$.")
        if token[:1] in "\"'" or token[:2] in ("b'", 'b"') or not bare:
            return token
        new = self.last.get(bare, bare)
        if token[:1] == "$":
            new = aliases.get(bare, new)
        return token[: len(token) - len(bare)] + new


class Moves:
    """Definitions and constants that one side lacks and the other has elsewhere.

    Attributes:
        units: Side, module and name of the definitions.
        constants: Side, module and line of the assignments.
        edited: Definitions that were moved and changed, old and new.
    """

    def __init__(self, pairs: Pairs, names: Names) -> None:
        self.units: set[tuple[str, str, str]] = set()
        self.constants: set[tuple[str, str, str]] = set()
        self.edited: list[tuple[Place, Place]] = []
        self._pairs, self._names = pairs, names
        self._find_units()
        self._find_edited()
        self._find_constants()

    def _find_units(self) -> None:
        waiting: dict[tuple[str, ...], list[Place]] = {}
        for module, unit in self._alone(old_side=True):
            form = _with_methods(module, unit, self._names.form)
            waiting.setdefault(form, []).append((module, unit))
        for module, unit in self._alone(old_side=False):
            candidates = waiting.get(_with_methods(module, unit, _form))
            if candidates:
                self._note(candidates.pop(0), (module, unit))

    def _find_edited(self) -> None:
        """Definitions of the same name that are only elsewhere, and much alike.

        Not from a module that is gone to one that is new: who imports another module instead did
        not edit the first.
        """
        gone = {old.name for old, new in self._pairs if old is not None and new is None}
        came = {new.name for old, new in self._pairs if new is not None and old is None}
        old = _by_name(self._left(old_side=True))
        new = _by_name(self._left(old_side=False))
        for name in old.keys() & new.keys():
            if len(old[name]) == len(new[name]) == 1:
                one, other = old[name][0], new[name][0]
                if one[0].name in gone and other[0].name in came:
                    continue
                before = self._names.form(one[1], one[0])
                if SequenceMatcher(None, before, other[1].lines).ratio() >= _ALIKE:
                    self._note(one, other)
                    self.edited.append((one, other))

    def _note(self, old: Place, new: Place) -> None:
        self.units.add(("old", old[0].name, old[1].name))
        self.units.add(("new", new[0].name, new[1].name))
        self._names.moved(old, new)

    def _left(self, old_side: bool) -> Iterator[Place]:
        side = "old" if old_side else "new"
        for module, unit in self._alone(old_side):
            if (side, module.name, unit.name) not in self.units:
                yield module, unit

    def _alone(self, old_side: bool) -> Iterator[Place]:
        for old, new in self._pairs:
            module, other = (old, new) if old_side else (new, old)
            known = (other.units if other is not None else None) or {}
            for unit in (module.units if module is not None and module.units else {}).values():
                if unit.name not in known and unit.name != STATEMENTS:
                    assert module is not None
                    yield module, unit

    def _find_constants(self) -> None:
        """Assignments at the top of a module that stand in another today."""
        gone: dict[str, str] = {}
        came: list[tuple[str, str]] = []
        for old, new in self._pairs:
            before, after = _assignments(old), _assignments(new)
            gone.update((line, old.name) for line in before - after if old is not None)
            came += [(line, new.name) for line in sorted(after - before) if new is not None]
        for line, module in came:
            if line in gone:
                name = line[len(ASSIGNS) :].partition(" ")[0]
                self._names.full[f"{gone[line]}.{name}"] = f"{module}.{name}"
                self.constants |= {("old", gone[line], line), ("new", module, line)}


def _form(unit: Unit, module: Module) -> list[str]:
    return [absolute(line, module) for line in unit.lines]


def _with_methods(
    module: Module, unit: Unit, form: Callable[[Unit, Module], list[str]]
) -> tuple[str, ...]:
    """The form of a definition and of all that is defined in it: many classes are alike without."""
    inside = (one for name, one in (module.units or {}).items() if name.startswith(unit.name + "."))
    parts = sorted((one.name[len(unit.name) :], *form(one, module)) for one in inside)
    return (*form(unit, module), *(line for part in parts for line in part))


def _by_name(places: Iterator[Place]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for place in places:
        found.setdefault(place[1].name, []).append(place)
    return found


def _assignments(module: Module | None) -> set[str]:
    units = (module.units if module is not None else None) or {}
    lines = units[STATEMENTS].lines if STATEMENTS in units else []
    return {line for line in lines if line.startswith(ASSIGNS)}
