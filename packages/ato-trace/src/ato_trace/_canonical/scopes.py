"""Names become numbers: which names are local, and which of them are the same variable.

The visitors of the canonical form walk the tree once. Whether a name is local is known only at
the end of its function (an assignment may come last), so a visitor writes the bare name into the
token list and notes its position here; closing a scope decides what its names are.
"""

from __future__ import annotations

from collections import defaultdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Dict, List

    Positions = Dict[str, List[int]]

ROOT = "root"
FUNCTION = "function"
CLASS = "class"
COMPREHENSION = "comprehension"
HANDLER = "handler"


class Root:
    """What all scopes of one canonical form share."""

    __slots__ = ("free", "lines", "literals", "ours", "variables")

    def __init__(self, ours: Callable[[str], bool] | None = None) -> None:
        self.ours = ours  # whether a decorator, by its dotted name, is one of ato
        self.variables: list[list[int]] = []  # one list of token positions per local variable
        self.free: defaultdict[str, list[int]] = defaultdict(list)  # globals and closures
        self.literals: list[tuple[str, list[int]]] = []  # names bound in a class body
        self.lines: list[int] = []  # source line of each line of the canonical form

    def name_tokens(self, out: list[str], own_name: str | None) -> None:
        """Write the final token of every name: ``%3`` a local, ``$np`` a global, ``@`` itself."""
        for number, positions in enumerate(sorted(self.variables)):
            token = "%" + str(number)
            for position in positions:
                out[position] = token
        for name, positions in [*self.free.items(), *self.literals]:
            token = "@" if name == own_name else "$" + name
            for position in positions:
                out[position] = token


class Scope:
    """The names of one function, class body, comprehension or except handler.

    Attributes:
        refs: Positions in the token list at which each name occurs.
        bound: Names bound here (an except handler shares those of its function).
        owner: The scope that an assignment expression binds in.
    """

    __slots__ = (
        "bound",
        "declared_global",
        "declared_nonlocal",
        "handlers",
        "kind",
        "name",
        "owner",
        "parent",
        "refs",
        "root",
    )

    def __init__(self, kind: str, parent: Scope | None, root: Root, name: str = "") -> None:
        self.kind = kind
        self.parent = parent
        self.root = root
        self.name = name
        # What the outermost scope uses is free at once; it binds nothing.
        self.refs = root.free if kind == ROOT else defaultdict(list)
        self.handlers: list[tuple[str, list[int]]] = []
        self.owner: Scope = self
        if parent is not None and kind in (COMPREHENSION, HANDLER):
            self.owner = parent.owner
        handler = kind == HANDLER
        self.bound: set[str] = self.owner.bound if handler else set()
        self.declared_global: set[str] = set()
        self.declared_nonlocal: set[str] = set()

    def function(self) -> Scope:
        """A new function scope; it does not see the names of class bodies around it."""
        return Scope(FUNCTION, self._visible(), self.root)

    def comprehension(self) -> Scope:
        """A new comprehension scope."""
        return Scope(COMPREHENSION, self._visible(), self.root)

    def class_body(self) -> Scope:
        """A new class body."""
        return Scope(CLASS, self._visible(), self.root)

    def handler(self, name: str) -> Scope:
        """The scope of ``except ... as name``, which ends with the handler.

        Two handlers may then call their exception differently or alike. A handler inside a
        handler of the same name clobbers it, so there the name is one variable.
        """
        scope: Scope | None = self
        while scope is not None and scope.kind == HANDLER:
            if scope.name == name:
                return self
            scope = scope.parent
        if self.owner.kind != FUNCTION:
            return self
        return Scope(HANDLER, self, self.root, name)

    def close(self) -> None:
        """Hand every name to where it belongs, at the end of the scope."""
        if self.kind == HANDLER:
            self._close_handler()
            return
        if self.handlers:
            self._merge_handlers()
        bound = self.bound - self.declared_nonlocal - self.declared_global
        variables, outside = self.root.variables, self._outer_refs()
        for name, positions in self.refs.items():
            if name not in bound:
                refs = self.root.free if name in self.declared_global else outside
                refs[name] += positions
            elif self.kind == CLASS:
                self.root.literals.append((name, positions))
            else:
                variables.append(positions)

    def _visible(self) -> Scope:
        scope = self
        while scope.kind == CLASS and scope.parent is not None:
            scope = scope.parent
        return scope

    def _outer_refs(self) -> defaultdict[str, list[int]]:
        return self.root.free if self.parent is None else self.parent.refs

    def _close_handler(self) -> None:
        refs = self._outer_refs()
        for name, positions in self.refs.items():
            if name == self.name:
                self.owner.handlers.append((name, positions))
            else:
                refs[name] += positions

    def _merge_handlers(self) -> None:
        for name, positions in self.handlers:
            if name in self.refs or name in self.declared_global or name not in self.bound:
                self.refs[name] = sorted(self.refs[name] + positions)
            else:
                self.root.variables.append(positions)
