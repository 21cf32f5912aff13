"""The text of a module, taken apart: each definition and the statements between them."""

from __future__ import annotations

import _ast
import ast
import copy
import sys
from bisect import bisect_right

from ato_trace._canonical.canonical import canonical_form
from ato_trace._canonical.definitions import looks_like_ours
from ato_trace._source.files import parse
from ato_trace._source.projects import is_of_ato

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

STATEMENTS = "<module>"
_FUNCTIONS = (_ast.FunctionDef, _ast.AsyncFunctionDef)
_HEADERS = ("def ", "async ", "class ")
_DEFINITIONS = (*_FUNCTIONS, _ast.ClassDef)
_COMPOUND = (_ast.If, _ast.Try, _ast.With, _ast.ExceptHandler)


class Unit:
    """A function, a class without its methods, or the statements of a module.

    Attributes:
        name: Its qualified name, with its decorator where several share it.
        title: The name as it is shown.
        lines: The lines of its canonical form.
        first: Its first line in the file.
    """

    def __init__(
        self,
        name: str,
        node: Any,
        rows: list[str],
        limits: set[int],
        ours: Callable[[str], bool],
    ) -> None:
        self.name = name
        self.title = name.rstrip("'")
        self.rows = rows
        self.first = _first(node)
        own = node.name if isinstance(node, _DEFINITIONS) and name == node.name else None
        form = canonical_form(node, own, ours)
        self.lines = form.text.split("\n")
        self._node, self._starts, self._limits = node, form.lines, limits
        self._known: list[tuple[int, int]] | None = None

    def _origins(self) -> list[tuple[int, int]]:
        if self._known is None:  # of most units nobody asks
            self._known = origins(self._starts, self._limits, self._last() + 1, self.rows)
        return self._known

    def _last(self) -> int:
        lasts = (_last(child, self.rows) for child in _inside(self._node))
        return max(lasts, default=len(self.rows))

    def line_of(self, span: Sequence[int]) -> int | None:
        """The first line of the file behind a span."""
        return min(self._origins()[index][0] for index in span) if span else None

    def text_of(self, span: Sequence[int]) -> str:
        """The text behind a span."""
        wanted: set[int] = set()
        for index in span:
            first, last = self._origins()[index]
            wanted.update(range(first, last + 1))
        return "\n".join(self.rows[line - 1] for line in sorted(wanted)).rstrip()

    def text(self) -> str:
        """The whole text of a definition."""
        return "\n".join(self.rows[self.first - 1 : self._last()]).rstrip()


class Module:
    """The units of one module by name.

    Attributes:
        units: None where its text is no Python that this version can read, or was not read yet.
    """

    def __init__(self, name: str, source: Any) -> None:
        self.name = name
        is_record = not isinstance(source, str) and source is not None
        text = source.get("text") if is_record else source
        file = source.get("name") or source.get("path") if is_record else None
        self.file = str(file or name.replace(".", "/") + ".py")
        self.digest = source.get("hash") if is_record else None
        self.text: str | None = text
        self._rows: list[str] | None = None
        self.units: dict[str, Unit] | None = None
        self._tree: Any = None
        self._ours: set[str] | None = None

    @property
    def rows(self) -> list[str]:
        """The lines of its text."""
        if self._rows is None:
            self._rows = (self.text or "").replace("\r\n", "\n").split("\n")
        return self._rows

    def is_like(self, other: Module) -> bool:
        """Whether the other has the same text, or where none was kept the same hash."""
        if self.text is None and other.text is None:
            return self.digest is not None and self.digest == other.digest
        return self.text == other.text

    def tree(self) -> Any:
        """Its syntax tree, or None where there is none."""
        if self._tree is None and self.text is not None:
            try:
                self._tree = parse("\n".join(self.rows) + "\n")
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return None
        return self._tree

    def read(self, every: dict[str, Module]) -> None:
        """Find the units; `every` module is asked for the names of ato that it exports."""
        tree = self.tree()
        if tree is None:
            return

        def ours(name: str) -> bool:
            return name.partition(".")[0] in names or looks_like_ours(name)

        names = self.names_of_ato(every)
        settle_lines(tree, self.rows)
        limits = starts_in(tree)
        try:
            self.units = {}
            for name, node in _units(tree, self.rows):
                while name in self.units:  # defined twice
                    name += "'"
                self.units[name] = Unit(name, node, self.rows, limits, ours)
        except RecursionError:
            self.units = None

    def names_of_ato(self, every: dict[str, Module]) -> set[str]:
        """The names in it that stand for something of ato: imported, or made by calling what is."""
        if self._ours is None:
            self._ours = set()  # what modules that import each other see
            pending = list(self.tree().body) if self.tree() is not None else []
            for node in pending:  # grows by what stands in `if` and `try`
                self._ours.update(self._names_bound_by(node, every))
                if isinstance(node, (ast.If, ast.Try)):
                    pending += node.body
        return self._ours

    def _names_bound_by(self, node: Any, every: dict[str, Module]) -> Iterator[str]:
        ours = self._ours or set()
        if isinstance(node, ast.Import):
            for alias in node.names:
                if is_of_ato(alias.name):
                    yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            other = every.get(source) or every.get(f"{self.name.rpartition('.')[0]}.{source}")
            theirs = other.names_of_ato(every) if other is not None else ()
            for alias in node.names:
                if alias.name in theirs or (is_of_ato(source) and not node.level):
                    yield alias.asname or alias.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            function = node.value.func
            while isinstance(function, ast.Attribute):
                function = function.value
            if getattr(function, "id", None) in ours:
                yield from (t.id for t in node.targets if isinstance(t, ast.Name))


def _units(tree: Any, rows: list[str]) -> Iterator[tuple[str, Any]]:
    yield STATEMENTS, _without_definitions(tree)
    pending = _named("", tree, rows)
    for name, node in pending:
        if isinstance(node, _FUNCTIONS):
            yield name, node
            continue
        yield name, _without_definitions(node)
        pending += _named(name + ".", node, rows)


def _blocks(node: Any) -> Iterator[tuple[str, list[Any]]]:
    for name in ("body", "orelse", "finalbody", "handlers"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield name, block


def _without_definitions(node: Any) -> Any:
    """A copy of a tree's or class's node without what `_defined_in` finds."""
    rest = copy.copy(node)
    for name, block in _blocks(node):
        kept = [child for child in block if not isinstance(child, _DEFINITIONS)]
        kept = [_without_definitions(c) if isinstance(c, _COMPOUND) else c for c in kept]
        setattr(rest, name, kept)
    return rest


def _defined_in(node: Any) -> Iterator[Any]:
    """The definitions of a node's blocks, those below an `if`, `try` or `with` as well."""
    for _, block in _blocks(node):
        for child in block:
            if isinstance(child, _DEFINITIONS):
                yield child
            elif isinstance(child, _COMPOUND):
                yield from _defined_in(child)


def _named(prefix: str, node: Any, rows: list[str]) -> list[tuple[str, Any]]:
    """The definitions of a node; those that share a name are told apart by their decorators."""
    nodes = [child for child in _defined_in(node) if not _is_for_checkers(child)]
    names = [child.name for child in nodes]
    return [
        (prefix + (_by_decorator(one, rows) if names.count(one.name) > 1 else one.name), one)
        for one in nodes
    ]


def _by_decorator(node: Any, rows: list[str]) -> str:
    """``width.setter`` of a property, ``_ @area.register(Circle)``, or the bare name."""
    first = node.decorator_list[0] if node.decorator_list else None
    if isinstance(first, ast.Attribute) and getattr(first.value, "id", None) == node.name:
        return f"{node.name}.{first.attr}"
    if first is None or getattr(first, "id", None) == "property":
        return str(node.name)
    return f"{node.name} {rows[first.lineno - 1].strip()}"


def _is_for_checkers(node: Any) -> bool:
    """Whether a definition is for type checkers only: an overload, or a protocol without code."""
    decorators = [getattr(d, "id", getattr(d, "attr", None)) for d in node.decorator_list]
    if isinstance(node, _FUNCTIONS):
        return "overload" in decorators
    bases = [getattr(base, "value", base) for base in node.bases]
    names = [getattr(base, "id", getattr(base, "attr", None)) for base in bases + node.bases]
    return "Protocol" in names and not decorators and _says_nothing(node)


def _says_nothing(node: Any) -> bool:
    """Whether a definition's body is constants, annotations and such definitions."""
    return all(
        (isinstance(child, ast.Expr) and not _has_calls(child))
        or isinstance(child, ast.Pass)
        or (isinstance(child, ast.AnnAssign) and child.value is None)
        or (isinstance(child, _FUNCTIONS) and _says_nothing(child))
        for child in node.body
    )


def _has_calls(node: Any) -> bool:
    return any(isinstance(child, (ast.Call, ast.Await, ast.Yield)) for child in ast.walk(node))


def _first(node: Any) -> int:
    if not isinstance(node, _DEFINITIONS):
        return 1
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _inside(node: Any) -> Iterator[Any]:
    return (child for child in ast.walk(node) if hasattr(child, "lineno"))


def _last(node: Any, rows: list[str]) -> int:
    last: int = getattr(node, "end_lineno", None) or node.lineno
    return min(len(rows), last)


# -- the lines of a text behind those of its canonical form ---------------------------------------


def starts_in(node: Any) -> set[int]:
    """The lines on which a statement of a tree starts, or a decorator."""
    statements = [child for child in ast.walk(node) if isinstance(child, ast.stmt)]
    decorators = [d for child in statements for d in getattr(child, "decorator_list", ())]
    return {child.lineno for child in statements + decorators}


def settle_lines(tree: Any, rows: list[str]) -> None:
    """Make every decorated definition start at its ``def``, as it does from Python 3.8 on."""
    for node in ast.walk(tree) if sys.version_info < (3, 8) else ():
        if isinstance(node, _DEFINITIONS) and node.decorator_list:
            line = max(decorator.lineno for decorator in node.decorator_list)
            while line < len(rows) and not rows[line].lstrip().startswith(_HEADERS):
                line += 1
            node.lineno = line + 1


def origins(
    starts: list[int], limits: set[int], end: int, rows: list[str]
) -> list[tuple[int, int]]:
    """The first and last line behind each canonical line, without the comments that follow it."""
    ends = sorted(limits | set(starts) | {end})
    found = []
    for start in starts:
        following = bisect_right(ends, start)
        last = (ends[following] if following < len(ends) else start + 1) - 1
        while last > start and (not rows[last - 1].strip() or rows[last - 1].lstrip()[0] == "#"):
            last -= 1
        found.append((start, last))
    return found
