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

from ato_trace._source.free_names import FUNCTIONS, body_of, free_names, local_names, parameters
from ato_trace._source.projects import OWN, owner_of_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Mapping, Sequence

_ACTING_BUILTINS = frozenset(["eval", "exec", "setattr", "delattr", "__import__", "next"])
# What is called for what it shows: it changes no result.
_VIEWERS = frozenset(["IPython", "altair", "ato", "bokeh", "matplotlib", "plotly", "seaborn"])
_LOOKS = re.compile(
    r"(get|is|has|count|describe|display|dump|head|info|plot|print|save|show|summary|tail)(_|$)"
    r"|set_(option|printoptions|style|theme)$"
)
# Functions of libraries that change the library, even where their result is kept.
_SETS = re.compile(
    r"seed|random|^(add|allow|apply|chdir|config|disable|enable|fork|init|insert|install|load"
    r"|patch|put|register|reload|reset|set|use)",
    re.I,
)
# Of this suite: questions, and what may be asked of a scope.
_READERS = frozenset(["SQLFinder"])
_QUESTIONS = frozenset(["apply", "explain", "explain_change", "fingerprint", "history", "verify"])
# Magics that show something, and those that run a cell, as IPython writes them; of any other nobody
# knows what it does.
_SHOWING_MAGICS = frozenset(["config", "history", "lsmagic", "matplotlib", "pinfo", "pinfo2"])
_SHOWING_MAGICS |= frozenset(["autoreload", "conda", "load_ext", "pip", "time", "timeit", "who"])
_CELL_MAGICS = frozenset(["capture", "prun", "time", "timeit"])
_SHELL = frozenset(["getoutput", "get_ipython", "system"])
_LITERALS = frozenset(["Constant", "JoinedStr", "Num", "Str"])  # the last two: Python 3.7
_CALLED = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)


class Notebook:
    """What is defined in a notebook.

    Attributes:
        space: Its variables.
        functions: The definitions of its functions by name.
    """

    def __init__(self, space: Mapping[str, Any], nodes: Iterable[ast.AST]) -> None:
        self.space = space
        functions = (node for node in nodes if isinstance(node, FUNCTIONS[:2]))
        self.functions: dict[str, Any] = {node.name: node for node in functions}


class Effects:
    """What statements do besides binding names.

    Attributes:
        acts: Whether they act on anything that a run may use, as a seed of a library.
        runs: Whether they call an entry of a scope, whose config is recorded by itself.
        changes: The variables that they change in place: they count if these do.
        binds: The names that they bind.
        names: The names that they use.
    """

    def __init__(
        self, nodes: Sequence[ast.AST], notebook: Notebook, called: frozenset[str] = frozenset()
    ) -> None:
        self._notebook, self._called = notebook, called
        self.acts = self.runs = False
        self.changes: set[str] = set()
        self.binds: set[str] = set()
        self.names: set[str] = set()
        self._take(nodes)

    def _take(self, nodes: Sequence[ast.AST]) -> None:
        for node in nodes:
            self.names |= free_names(node)
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
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            self.changes.update(node.names)
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
        if root is None or isinstance(self._notebook.space.get(root), types.ModuleType):
            self.acts = True
        else:
            self.changes.add(root)

    def _call(self, node: ast.Call, kept: bool) -> None:
        root = _root(node.func)
        if root is None:
            self.acts = self.acts or type(_base(node.func)).__name__ not in _LITERALS
        elif root == "get_ipython":
            self._magic(node)
        elif isinstance(node.func, ast.Name) and root in self._notebook.functions:
            self._call_own(node, self._notebook.functions[root])
        else:
            missing = object()
            value = self._notebook.space.get(root, getattr(builtins, root, missing))
            if hasattr(value, "with_args"):
                self._call_entry(node)
            elif isinstance(value, _CALLED):
                self._call_library(node, root, value, kept)
            elif value is missing or not self._is_question(value, _last(node.func)):
                self.changes.add(root)

    def _call_entry(self, node: ast.Call) -> None:
        """`main()` and `main.with_args([...])()` are told by the config; `main(data)` is not."""
        self.runs = True
        if isinstance(node.func, ast.Name) and (node.args or node.keywords):
            self.acts = True

    def _call_own(self, node: ast.Call, function: Any) -> None:
        """A function of the notebook does what its body does to what is not its own."""
        if function.decorator_list and hasattr(
            self._notebook.space.get(function.name), "with_args"
        ):
            self._call_entry(node)
            return
        if function.name in self._called:  # it calls itself
            return
        called = self._called | {function.name}
        inside = Effects(body_of(function), self._notebook, called)
        self.acts, self.runs = self.acts or inside.acts, self.runs or inside.runs
        self.changes |= inside.changes - local_names(function)
        if inside.changes & parameters(function):
            self.changes |= self._variables(node)

    def _call_library(self, node: ast.Call, root: str, value: Any, kept: bool) -> None:
        if getattr(builtins, root, None) is value:
            self.acts = self.acts or root in _ACTING_BUILTINS
        elif _module(value) not in _VIEWERS and not _LOOKS.match(_last(node.func)):
            is_made = isinstance(value, type) and isinstance(node.func, ast.Name)  # an object
            sets = any(_SETS.search(part) for part in (_module(value), *_chain(node.func)))
            is_own = owner_of_module(_module(value)) == OWN and not kept  # who knows what it does
            self.acts = self.acts or ((sets or is_own) and not is_made)
            if not kept:
                self.changes |= self._variables(node)

    def _is_question(self, value: Any, name: str) -> bool:
        """Whether a method of an object only tells; what speaks to the tracker acts."""
        package = type(value).__module__.split(".")[0]
        if type(value).__name__ in _READERS or _LOOKS.match(name):
            return True
        if package in ("ato_scope", "ato_trace"):
            return name in _QUESTIONS
        if package in ("ato_sql", "ato_hyperband"):
            self.acts = True
        return False

    def _variables(self, node: ast.Call) -> set[str]:
        """The variables among the arguments of a call, which it may change."""
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        names = {name for one in given for name in free_names(one)}
        return {name for name in names if not isinstance(self._notebook.space.get(name), _CALLED)}

    def _magic(self, call: ast.Call) -> None:
        last, words = _last(call.func), [_text(one) for one in call.args]
        if last == "run_cell_magic" and len(words) == 3 and words[0] in _CELL_MAGICS:
            try:
                self._take(ast.parse(words[2]).body)
            except SyntaxError:  # it did not run, either
                pass
        elif last not in _SHELL:
            is_shown = last == "run_line_magic" and words[:1] and words[0] in _SHOWING_MAGICS
            self.acts = self.acts or not is_shown


def bearing(statements: Mapping[Any, Sequence[ast.AST]], space: Mapping[str, Any]) -> set[Any]:
    """Return the keys of the statements that bear on what is run.

    Args:
        statements: The nodes of each statement that counts now, by what it is known by.
        space: The variables of the notebook.
    """
    notebook = Notebook(space, [node for nodes in statements.values() for node in nodes])
    effects = {key: Effects(nodes, notebook) for key, nodes in statements.items()}
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


def _chain(node: ast.AST) -> Iterator[str]:
    """The names of `a.b.c`, from the end on."""
    while isinstance(node, ast.Attribute):
        yield node.attr
        node = node.value
    yield getattr(node, "id", "")


def _last(node: ast.AST) -> str:
    return next(_chain(node))


def _text(node: ast.AST) -> str:
    return str(getattr(node, "value", getattr(node, "s", "")))  # the latter: Python 3.7


def _module(value: Any) -> str:
    name = value.__name__ if isinstance(value, types.ModuleType) else value.__module__
    return str(name).split(".")[0]
