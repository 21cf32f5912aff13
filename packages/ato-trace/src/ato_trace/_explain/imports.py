"""What the imports of a module mean, and which lines of a form say nothing about what runs.

An import matters by what a name stands for: where from, in which spelling and by which name are
no differences, and a name that nobody uses is none either. Nor are the parts of a module that only
type checkers read.
"""

from __future__ import annotations

import re

from ato_trace._explain.statement_diff import TOKEN
from ato_trace._explain.units import STATEMENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Dict

    from ato_trace._explain.units import Module, Unit

    Targets = Dict[str, str]

_IMPORT = re.compile(
    r"(?P<indent> *)(?:from (?P<source>\S+) )?"
    r"import (?P<what>\S+)(?P<top> top)?(?: (?P<name>\S+))?$"
)
_FOR_TYPE_CHECKERS = re.compile(
    r"  assign \$(__all__|__authors?__|__copyright__|__credits__|__date__|__email__|__license__|"
    r"__maintainer__|__status__|TYPE_CHECKING) =|  import __future__\."
    r"|  assign \$\w+ = \(call (\$|\.)(TypeVar|ParamSpec|NewType|TypeVarTuple) "
)
_CHECKING = re.compile(r"  if (\$TYPE_CHECKING|\.TYPE_CHECKING \$\w+)$")
_ALIAS = re.compile(r"  assign (?P<name>\$\w+) = \[\] (?:\.\w+ )?(?P<of>\$\w+) ")
EVERYTHING = "*"
ASSIGNS = "  assign $"


def absolute(line: str, module: Module) -> str:
    """A line of a form; of an import in one spelling, ``import pkg.module.name $name``."""
    found = _IMPORT.match(line) if "import " in line else None
    if found is None:
        return line
    source, what = found["source"], found["what"]
    if source is None:
        target = what.partition(".")[0] if found["top"] else what
    else:
        target = f"{_resolved(source, module)}.{what}".lstrip(".")
    return f"{found['indent']}import {target} {found['name'] or EVERYTHING}"


def _resolved(source: str, module: Module) -> str:
    """The name of a module that may be given relative to another."""
    bare = source.lstrip(".")
    dots = len(source) - len(bare)
    if not dots:
        return bare
    package = module.name.split(".")
    is_package = module.file.endswith("__init__.py")
    package = package[: len(package) - dots + is_package]
    return ".".join([*package, bare] if bare else package)


def import_in(line: str) -> tuple[str, str] | None:
    """Target and name of a line that `absolute` made, or None."""
    words = line.split()
    return (words[1], words[2]) if len(words) == 3 and words[0] == "import" else None


class Meanings:
    """What the names of a module stand for, and which of them its code uses.

    Args:
        module: The module.
        lines_of: The lines of its units, imports in one spelling, in the names of today.
        today: A full name as it is today.
    """

    def __init__(
        self,
        module: Module,
        lines_of: Callable[[Unit], list[str]],
        today: Callable[[str], str],
    ) -> None:
        self.targets: Targets = {}
        self.ambiguous: set[str] = set()
        self.used: set[str] = set()
        units = module.units or {}
        for name in _defined_in(units):
            self.targets["$" + name] = today(f"{module.name}.{name}")
        for unit in units.values():
            for line in lines_of(unit):
                found = import_in(line)
                if found is None:
                    self.used.update(token for token in TOKEN.findall(line) if token[:1] == "$")
                elif unit.name == STATEMENTS and self._differs(*found):
                    self.ambiguous.add(found[1])

    def _differs(self, target: str, name: str) -> bool:
        """Note what a name stands for; True where it stood for something else before."""
        return self.targets.setdefault(name, target) != target

    def aliases(self, other: Meanings) -> Targets:
        """Names of this module to those of the other that stand for the same."""
        theirs = {target: name for name, target in other.targets.items()}
        found = {}
        for name, target in self.targets.items():
            new = theirs.get(target)
            if new is not None and other.targets.get(name) != target:
                found[name[1:]] = new[1:]
        return found


def _defined_in(units: dict[str, Unit]) -> Iterator[str]:
    """The names that a module itself gives a meaning at its top."""
    yield from (name for name in units if "." not in name and name != STATEMENTS)
    for line in units[STATEMENTS].lines if STATEMENTS in units else ():
        if line.startswith(ASSIGNS):
            yield line[len(ASSIGNS) :].partition(" ")[0]


def telling(lines: list[str], mine: Meanings, other: Meanings) -> Iterator[int]:
    """Yield the places of the lines of a unit that say something about what runs."""
    skips = False  # a block that only type checkers read
    for index, line in enumerate(lines):
        if skips and line.startswith("    "):
            continue
        skips = _CHECKING.match(line) is not None
        if skips or _FOR_TYPE_CHECKERS.match(line) or _is_new_alias(line, mine, other):
            continue
        found = import_in(line)
        if found is None or _import_tells(*found, lines, mine, other):
            yield index


def _is_new_alias(line: str, mine: Meanings, other: Meanings) -> bool:
    """Whether a line names a type, ``Rows = List[float]``, and only one side does."""
    found = _ALIAS.match(line)
    if found is None or found["name"] in other.targets:
        return False
    target = mine.targets.get(found["of"], "")
    return target.partition(".")[0] == "typing" or target.startswith("collections.abc")


def _import_tells(
    target: str, name: str, lines: list[str], mine: Meanings, other: Meanings
) -> bool:
    if name == EVERYTHING or name in mine.ambiguous or name in other.ambiguous:
        return True
    if name[:1] != "$":  # a variable of a function
        return sum(TOKEN.findall(line).count(name) for line in lines) > 1
    if name in other.targets:
        return other.targets[name] != target
    # Only here: where both use the name, it stood for something else before.
    return name in mine.used and name in other.used
