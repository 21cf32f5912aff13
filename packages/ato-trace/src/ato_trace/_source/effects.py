"""Which statements of a notebook bear on what is run, and which only look at it or stand by.

Between two runs of a notebook cells ask for results, plot them and try things out. Of a script such
lines would be no part; here they stay in the history, and each would be a difference of the logic.
A statement counts if it acts on what is around it, or if one that counts names what it makes.
"""

from __future__ import annotations

import ast
import builtins
import re
import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Mapping, Sequence

_ACTING_BUILTINS = frozenset(["eval", "exec", "setattr", "delattr", "__import__", "next"])
# What is called for what it shows: it changes no result.
_VIEWERS = frozenset(["IPython", "altair", "ato", "bokeh", "matplotlib", "plotly", "seaborn"])
_READERS = frozenset(["SQLFinder"])  # of this suite: questions to the tracker
# `%time f()` and `!ls` as IPython writes them; of any other magic nobody knows what it does.
_SHOWING_MAGICS = frozenset(["matplotlib", "pinfo", "pinfo2", "time", "timeit", "who", "whos"])
_SHELL = frozenset(["getoutput", "system"])
_LITERALS = frozenset(["Constant", "JoinedStr", "Num", "Str"])  # the last two: Python 3.7
# Functions of libraries that change the library, even where their result is kept.
_SETTING = re.compile(r"seed|^(set|use|enable|disable|load|register|init|config|allow)", re.I)


class Effects:
    """What statements do besides binding names.

    Attributes:
        acts: Whether they act on anything that a run may use, as a seed of a library.
        runs: Whether they call an entry of a scope, whose config is recorded by itself.
        changes: The variables that they change in place: they count if these do.
        binds: The names that they bind.
        names: The names that they use.
    """

    def __init__(self, nodes: Sequence[ast.AST], space: Mapping[str, Any]) -> None:
        self._space = space
        self.acts = self.runs = False
        self.changes: set[str] = set()
        self.binds: set[str] = set()
        self.names = {
            part.id
            for node in nodes
            for part in ast.walk(node)
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
        }
        for node in nodes:
            self._visit(node, kept=_is_kept(node))

    def _visit(self, node: ast.AST, kept: bool) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.binds.add(node.name)
            self.acts = self.acts or bool(node.decorator_list)  # it may register what it decorates
            return
        if isinstance(node, ast.Lambda):
            return
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [(alias.asname or alias.name).split(".")[0] for alias in node.names]
            self.acts = self.acts or "*" in names
            self.binds.update(names)
        elif isinstance(node, ast.Call):
            self._call(node, kept)
        elif isinstance(node, ast.AugAssign):
            self._change(node.target)
        elif isinstance(node, (ast.Attribute, ast.Subscript, ast.Name)):
            self._target(node)
        for part in ast.iter_child_nodes(node):
            self._visit(part, kept)

    def _target(self, node: ast.Attribute | ast.Subscript | ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self.binds.add(node.id)
        else:
            self._change(node)

    def _change(self, target: ast.AST) -> None:
        root = _root(target)
        if root is None or isinstance(self._space.get(root), types.ModuleType):
            self.acts = True
        else:
            self.changes.add(root)

    def _call(self, node: ast.Call, kept: bool) -> None:
        root = _root(node.func)
        if root is None:
            self.acts = self.acts or type(_base(node.func)).__name__ not in _LITERALS
            return
        if root == "get_ipython":
            self.acts = self.acts or not _shows(node)
            return
        missing = object()
        value = self._space.get(root, getattr(builtins, root, missing))
        if hasattr(value, "with_args"):
            self._entry(node)
        elif value is missing or not isinstance(value, _CALLED):
            if type(value).__name__ not in _READERS:
                self.changes.add(root)
        elif getattr(builtins, root, missing) is value:
            self.acts = self.acts or root in _ACTING_BUILTINS
        elif not isinstance(value, type) and _module(value) not in _VIEWERS:
            own = _module(value) == "__main__"
            self.acts = self.acts or own or not kept or bool(_SETTING.search(_last(node.func)))

    def _entry(self, node: ast.Call) -> None:
        """`main()` and `main.with_args([...])()` are told by the config; `main(data)` is not."""
        self.runs = True
        if isinstance(node.func, ast.Name) and (node.args or node.keywords):
            self.acts = True


_CALLED = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)


def bearing(statements: Mapping[Any, Sequence[ast.AST]], space: Mapping[str, Any]) -> set[Any]:
    """Return the keys of the statements that bear on what is run.

    Args:
        statements: The nodes of each statement that counts now, by what it is known by.
        space: The variables of the notebook.
    """
    effects = {key: Effects(nodes, space) for key, nodes in statements.items()}
    kept = {key for key, effect in effects.items() if effect.acts}
    used = _names(effect for effect in effects.values() if effect.acts or effect.runs)
    while True:
        more = {
            key
            for key, effect in effects.items()
            if key not in kept and not used.isdisjoint(effect.binds | effect.changes)
        }
        if not more:
            return kept
        kept |= more
        used |= _names(effects[key] for key in more)


def _names(effects: Iterable[Effects]) -> set[str]:
    return {name for effect in effects for name in effect.names}


def _shows(call: ast.Call) -> bool:
    """Whether a call of the shell of IPython shows something and changes nothing."""
    first = call.args[0] if call.args else None
    magic = str(getattr(first, "value", getattr(first, "s", "")))
    last = _last(call.func)
    is_line = last == "run_line_magic" and magic in _SHOWING_MAGICS
    return is_line or last in _SHELL or last == "get_ipython"


def _is_kept(node: ast.AST) -> bool:
    """Whether the result of a statement is bound to a name that says what it is for."""
    return isinstance(node, (ast.Assign, ast.AnnAssign)) and any(
        isinstance(part, ast.Name) and part.id.strip("_") for part in _targets(node)
    )


def _targets(node: ast.Assign | ast.AnnAssign) -> Iterator[ast.AST]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from ast.walk(target)


def _base(node: ast.AST) -> ast.AST:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node


def _root(node: ast.AST) -> str | None:
    base = _base(node)
    return base.id if isinstance(base, ast.Name) else None


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _module(value: Any) -> str:
    name = value.__name__ if isinstance(value, types.ModuleType) else value.__module__
    return str(name).split(".")[0]
