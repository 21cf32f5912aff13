"""Which statements of a notebook bear on what is run, and which only look at it or stand by.

Between two runs of a notebook cells ask for results, plot them and try things out. Of a script such
lines would be no part; here they stay in the history, and each would be a difference of the logic.
What statements do is told here, and by `bearing` which of them count.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import re
import types

from ato_trace._source.files import read_source
from ato_trace._source.free_names import (
    COMPREHENSIONS,
    body_of,
    free_names,
    local_names,
    made_names,
    parameters,
)
from ato_trace._source.notebooks.magics import made_by_cell, made_by_line
from ato_trace._source.notebooks.notebook import (
    LITERALS,
    Notebook,
    base_of,
    calls_entry,
    chain_of,
    is_entry,
    last_of,
    package_of,
    root_of,
)
from ato_trace._source.projects import OWN, owner_of_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Sequence

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
_FOUND = frozenset(["Evaluation", "Outcome", "Plan", "Result", "Trial"])  # what a search gives
_QUESTIONS = frozenset(["apply", "explain", "explain_change", "fingerprint", "history", "verify"])
# Magics that run what they are given, as IPython writes them.
_CELL_MAGICS = frozenset(["capture", "prun", "time", "timeit"])
_LINE_MAGICS = frozenset(["prun", "time", "timeit"])
_OPTIONS = re.compile(r"(-[a-zA-Z]\S*\s*(\d+\s+)?)*")
_SPACES = frozenset(["globals", "locals", "vars"])
_SHELL = frozenset(["getoutput", "get_ipython", "system"])
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_CALLED = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)


class Effects:
    """What statements do besides binding names.

    Attributes:
        acts: Whether they act on anything that a run may use, as a seed of a library.
        entries: The names by which they call entries of scopes and searches, or hand these on; the
            config of an entry is recorded by itself.
        is_open: Whether they call methods of which we do not know what entries these call.
        hands: Whether they hand data to an entry, which no config tells.
        sets: The names that they give as words or values of a config, which may be functions.
        changes: The variables that they change in place: they count if these do.
        modules: The modules whose state they may change.
        reloads: The modules that they execute again, as the text of these tells by itself.
        binds: The names that they bind.
        names: The names that they use.
    """

    def __init__(
        self, nodes: Sequence[ast.AST], notebook: Notebook, called: frozenset[str] = frozenset()
    ) -> None:
        self._notebook, self._called = notebook, called
        self.acts = self.hands = self.is_open = False
        self.entries: set[str] = set()
        self.sets: set[str] = set()
        self.changes: set[str] = set()
        self.modules: set[str] = set()
        self.reloads: set[str] = set()
        self.binds: set[str] = set()
        self.names: set[str] = set()
        self._take(nodes)

    def _take(self, nodes: Sequence[ast.AST]) -> None:
        for node in nodes:
            names = free_names(node)
            self.names |= names
            if self._called or not isinstance(node, _DEFINITIONS):
                space = self._notebook.space
                self.entries |= {name for name in names if is_entry(space.get(name))}
            self._visit(node, kept=_is_kept(node))

    def _visit(self, node: ast.AST, kept: bool) -> None:
        if isinstance(node, _DEFINITIONS):
            self.binds.add(node.name)
            self._decorated(node)
            return
        if isinstance(node, COMPREHENSIONS):
            self._comprehension(node, kept)
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

    def _decorated(self, node: Any) -> None:
        """A decorator may register what it decorates; a scope calls an entry when it is asked to.

        What an entry does to others as it runs counts as if its definition did it.
        """
        if not node.decorator_list or node.name in self._called:
            return
        if not self._notebook.is_entry_definition(node):
            self.acts = True
            return
        within = Effects(body_of(node), self._notebook, self._called | {node.name})
        changed = (within.changes & local_names(node)) - parameters(node)
        made = self._notebook.made_in(body_of(node))
        self.acts = self.acts or within.acts or not changed <= made
        self.changes |= within.changes - local_names(node)

    def _comprehension(self, node: ast.AST, kept: bool) -> None:
        """What a comprehension counts by is its own."""
        before = set(self.binds)
        for part in ast.iter_child_nodes(node):
            self._visit(part, kept)
        self.binds = before | (self.binds - made_names(node))

    def _target(self, node: ast.Attribute | ast.Subscript | ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self.binds.add(node.id)
        elif isinstance(node, ast.Name) and node.id in self._notebook.space:
            pass  # `del` of a name that was bound again since
        else:
            self._change(node)

    def _change(self, target: ast.AST) -> None:
        root = root_of(target)
        value = self._notebook.space.get(root) if root is not None else None
        if root is None or root in _SPACES or isinstance(value, types.ModuleType):
            self.acts = True
            self._touch(value)
        else:
            self.changes.add(root)

    def _touch(self, value: Any) -> None:
        """Note that the module of a value, or that it is, may be changed."""
        if isinstance(value, types.ModuleType):
            self.modules.add(value.__name__)
        elif isinstance(value, _CALLED):
            self.modules.add(str(value.__module__))

    def _call(self, node: ast.Call, kept: bool) -> None:
        root = root_of(node.func)
        if root is None:
            self.acts = self.acts or type(base_of(node.func)).__name__ not in LITERALS
        elif root == "get_ipython":
            self._magic(node)
        elif isinstance(node.func, ast.Name) and root in self._notebook.functions:
            self._call_own(node, self._notebook.functions[root])
        else:
            missing = object()
            value = self._notebook.space.get(root, getattr(builtins, root, missing))
            if calls_entry(value, last_of(node.func)):
                self._call_entry(node, root)
            elif isinstance(value, _CALLED):
                self._call_library(node, root, value, kept)
            elif package_of(value) == "ato_hyperband" and last_of(node.func) == "run":
                self.entries |= free_names(node)  # `search.run(objective)`
            elif value is missing or not self._is_question(value, last_of(node.func)):
                self.changes.add(root)
                module = "__main__" if value is missing else type(value).__module__
                self.is_open = self.is_open or owner_of_module(module) == OWN

    def _call_entry(self, node: ast.Call, root: str) -> None:
        """`main()` and `main.with_args([...])()` are told by the config; `main(data)` is not."""
        self.entries.add(root)
        if last_of(node.func) == "with_args":
            given = [*node.args, *(word.value for word in node.keywords)]
            self.sets |= {name for one in given for name in free_names(one)}
        elif node.args or node.keywords:
            self.hands = True
            function = self._notebook.functions.get(root)
            if function is None or self._changes_given(function):
                self.changes |= self._variables(node)

    def _changes_given(self, function: Any) -> bool:
        if function.name in self._called:
            return False
        within = Effects(body_of(function), self._notebook, self._called | {function.name})
        return bool(within.changes & parameters(function))

    def _call_own(self, node: ast.Call, function: Any) -> None:
        """A function of the notebook does what its body does to what is not its own."""
        if function.decorator_list and is_entry(self._notebook.space.get(function.name)):
            self._call_entry(node, function.name)
            return
        if function.name in self._called:  # it calls itself
            return
        called = self._called | {function.name}
        within = Effects(body_of(function), self._notebook, called)
        self.acts, self.hands = self.acts or within.acts, self.hands or within.hands
        self.entries |= within.entries
        self.is_open = self.is_open or within.is_open
        if within.entries:  # what it was called with, and what it makes of that, goes to these
            self.sets |= within.sets | {function.name}
        self.modules |= within.modules
        self.reloads |= within.reloads
        self.changes |= within.changes - local_names(function)
        if within.changes & parameters(function):
            self.changes |= self._variables(node)

    def _call_library(self, node: ast.Call, root: str, value: Any, kept: bool) -> None:
        if getattr(builtins, root, None) is value:
            if root in _ACTING_BUILTINS:
                self.acts = True
                for name in free_names(node):
                    self._touch(self._notebook.space.get(name))
        elif _is_reload(value, node.func):
            self._reload(node)
        elif _module(value) not in _VIEWERS and not _LOOKS.match(last_of(node.func)):
            is_made = isinstance(value, type) and isinstance(node.func, ast.Name)  # an object
            sets = any(_SETS.search(part) for part in (_module(value), *chain_of(node.func)))
            is_own = owner_of_module(_module(value)) == OWN and not kept  # who knows what it does
            if (sets or is_own) and not is_made:
                self.acts = True
                self._touch(value)
            if not kept:
                self.changes |= self._variables(node)

    def _reload(self, node: ast.Call) -> None:
        """To execute a module again is told by its text, where that acts on nothing else."""
        module = self._notebook.module_of(node.args[0]) if node.args else None
        if module is not None and _is_repeatable(module):
            self.reloads.add(module.__name__)
        else:
            self.acts = True

    def _is_question(self, value: Any, name: str) -> bool:
        """Whether a method of an object only tells; what speaks to the tracker acts."""
        package = package_of(value)
        if type(value).__name__ in _READERS or _LOOKS.match(name):
            return True
        if package == "ato_hyperband" and type(value).__name__ in _FOUND:
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
        last, words = last_of(call.func), [_text(one) for one in call.args]
        if last == "run_cell_magic" and len(words) == 3 and words[0] in _CELL_MAGICS:
            try:
                self._take(ast.parse(words[2]).body)
            except SyntaxError:  # it did not run, either
                pass
        elif last == "run_line_magic" and len(words) == 2 and words[0] in _LINE_MAGICS:
            self._timed(words[1])
        elif last == "run_line_magic" and len(words) == 2:
            self._made(words[0], made_by_line(*words))
        elif last == "run_cell_magic" and len(words) == 3:
            self._made(words[0], made_by_cell(*words[:2]))
        elif last not in _SHELL:
            self.acts = True

    def _made(self, magic: str, names: set[str] | None) -> None:
        """A magic that gives names a meaning counts if these do; so does an alias that it uses."""
        self.names.add("%" + magic)
        self.acts = self.acts or names is None
        self.binds.update(names or ())

    def _timed(self, line: str) -> None:
        """Take what a magic in a line runs, below its options."""
        try:
            self._take(ast.parse(_OPTIONS.sub("", line, count=1)).body)
        except SyntaxError:  # it did not run, or has options of which we know nothing
            self.acts = self.acts or line.startswith("-")


def _is_kept(node: ast.AST) -> bool:
    """Whether the result of a statement is bound to a name that says what it is for."""
    return isinstance(node, (ast.Assign, ast.AnnAssign)) and any(
        isinstance(part, ast.Name) and part.id.strip("_") for part in _targets(node)
    )


def _targets(node: ast.Assign | ast.AnnAssign) -> Iterator[ast.AST]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from ast.walk(target)


def _text(node: ast.AST) -> str:
    return str(getattr(node, "value", getattr(node, "s", "")))  # the latter: Python 3.7


def _module(value: Any) -> str:
    name = value.__name__ if isinstance(value, types.ModuleType) else value.__module__
    return str(name).split(".")[0]


def _is_reload(value: Any, function: ast.AST) -> bool:
    if value is importlib:
        return last_of(function) == "reload"
    return value is importlib.reload


def _is_repeatable(module: types.ModuleType) -> bool:
    """Whether to execute a module again makes its own names anew, and does nothing else."""
    path = getattr(module, "__file__", None) or ""
    source = read_source(path) if owner_of_module(module.__name__) == OWN else None
    if source is None or not path.endswith(".py"):
        return False
    try:
        nodes = ast.parse(source.text()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    nodes = [node for node in nodes if not _is_main_guard(node)]
    effects = Effects(nodes, Notebook(vars(module), nodes))
    imported = [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    own = effects.binds - {name for node in imported for name in made_names(node)}
    return not (effects.acts or effects.hands or effects.entries or effects.changes - own)


def _is_main_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "__name__" in free_names(node.test)
