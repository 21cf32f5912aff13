"""Which variables are a state: changed by the code that is followed, or different in each process.

A state is no part of the logic. What a run does to its own `history` or `best` happens because of
the code, and would make two equal programs differ.
"""

from __future__ import annotations

import ast

from ato_trace._code.following.references import (
    CLOSURE,
    MODULES,
    dotted,
    imports_inside,
    place_of,
    text_of,
)
from ato_trace._code.namespaces import namespaces
from ato_trace._source.files import read_source
from ato_trace._source.unloaded import member_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ato_trace._code.described import Part

CHANGED = "the code that is followed changes it"
VOLATILE = "it differs in every process: a time, an id, a place"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Methods that change their object; of a model, those that train it.
_CHANGING = _words(
    "add append appendleft clear difference_update discard extend extendleft fill insert "
    "intersection_update itemset pop popitem popleft put put_nowait remove reverse setdefault "
    "sort symmetric_difference_update update"
)
_LEARNING = _words("backward fit load_state_dict parameters partial_fit step train_step")

# Calls and names whose results belong to the process.
_VOLATILE_CALLS = _words(
    "time time_ns perf_counter perf_counter_ns monotonic monotonic_ns process_time strftime "
    "localtime gmtime ctime now utcnow today uuid1 uuid4 getpid getppid urandom gethostname node "
    "getuser getlogin gettempdir mkdtemp mkstemp TemporaryDirectory NamedTemporaryFile token_hex "
    "token_bytes token_urlsafe getcwd cwd home expanduser abspath realpath resolve uname "
    "get_ident id"
)
_ONLY_OF_MODULES = _words("node id home resolve time")  # too common as methods of others
_THOSE_MODULES = _words("time os platform uuid pathlib Path")
_VOLATILE_NAMES = frozenset(["__file__", "sys.argv", "sys.path", "sys.executable"])
_JOB = (
    "SLURM_",
    "PBS_",
    "LSB_",
    "KUBERNETES_",
    "HOSTNAME",
    "PWD",
    "OLDPWD",
    "HOME",
    "TMPDIR",
    "SSH_",
)

_known: dict[str, tuple[Any, set[str]]] = {}


def volatile_names(space: dict[str, Any]) -> set[str]:
    """The names of a module whose values differ in every process, as its text tells."""
    file = space.get("__file__")
    source = read_source(file, space) if isinstance(file, str) else None
    if source is None:
        return set()
    known = _known.get(source.name)
    if known is not None and known[0] is source:
        return known[1]
    found: set[str] = set()
    try:
        for node in _assignments(source.tree().body):
            if _is_volatile(node.value, found):
                targets = getattr(node, "targets", None) or [node.target]
                found.update(t.id for t in targets if isinstance(t, ast.Name))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    if len(_known) > 100:
        _known.clear()
    _known[source.name] = source, found
    return found


def _assignments(body: list[Any]) -> Iterator[Any]:
    for node in body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            yield node
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for field in ("body", "orelse", "finalbody"):
                yield from _assignments(getattr(node, field, []))


def _is_volatile(node: Any, known: set[str]) -> bool:
    chains = [".".join(chain) for chain in dotted(node)]
    if any(c in known or c.partition(".")[0] in known or c in _VOLATILE_NAMES for c in chains):
        return True
    asked = set(_asked_for_one(node))
    for child in ast.walk(node):
        if isinstance(child, ast.Call) and _calls_volatile(child.func):
            return True
        if _is_environ(child) and child not in asked:  # a copy of all variables
            return True
        text = text_of(child)
        if text and text.startswith(_JOB) and "env" in " ".join(chains):
            return True
    return False


def _is_environ(node: Any) -> bool:
    return getattr(node, "attr", getattr(node, "id", None)) == "environ"


def _asked_for_one(node: Any) -> Iterator[Any]:
    """The places where `environ` is asked for one variable."""
    for child in ast.walk(node):
        asks = getattr(child, "attr", "get") in ("get", "pop", "setdefault")
        if isinstance(child, (ast.Subscript, ast.Attribute)) and asks:
            yield child.value
        elif isinstance(child, ast.Compare):
            yield from child.comparators


def _calls_volatile(function: Any) -> bool:
    if isinstance(function, ast.Name):
        return function.id in _VOLATILE_CALLS
    if not isinstance(function, ast.Attribute) or function.attr not in _VOLATILE_CALLS:
        return False
    if function.attr not in _ONLY_OF_MODULES:
        return True
    return getattr(function.value, "id", "") in _THOSE_MODULES


# -- what followed code changes -------------------------------------------------------------------


class Changes:
    """What the sections of a walk change: variables by place, objects by id."""

    def __init__(self) -> None:
        self.places: set[tuple[int, str]] = set()
        self.objects: set[int] = set()
        self.learning = False

    def note(self, obj: Any, part: Part) -> None:
        """Add what one function, or the functions of a class, change."""
        if part.node is None:
            return
        spaces: list[Any] = namespaces(obj)
        spaces.append(imports_inside(part.node, spaces))
        own = spaces[-2] if len(spaces) > 1 else {}
        for child in ast.walk(part.node):
            if isinstance(child, ast.Attribute) and child.attr in _LEARNING:
                self.learning = True
            if isinstance(child, ast.Global):
                self.places.update((id(own), name) for name in child.names)
            elif isinstance(child, ast.Nonlocal):
                self.places.update((CLOSURE, name) for name in child.names)
            for target in _changed_by(child):
                self._note_target(target, spaces, part)

    def _note_target(self, node: Any, spaces: list[Any], part: Part) -> None:
        names: list[str] = []
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            if isinstance(node, ast.Attribute):
                names.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return
        space = next((space for space in spaces if node.id in space), None)
        if space is None or (node.id not in part.names and space is not spaces[-1]):
            return
        value, place = space[node.id], place_of(space, node.id)
        while isinstance(value, MODULES) and names:
            place = id(getattr(value, "__dict__", value)), names[-1]
            value = member_of(value, names.pop())
        if isinstance(value, MODULES):  # a function of a library that is called like a change
            return
        self.places.add(place)
        if not isinstance(value, (type, *MODULES, int, float, str, bytes, tuple, type(None))):
            self.objects.add(id(value))
        elif isinstance(value, type) and names:
            self.places.add((id(value), names[-1]))


def _changed_by(node: Any) -> Iterator[Any]:
    """The expressions whose objects a node changes in place."""
    if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
        yield node.value if isinstance(node, ast.Subscript) else node
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _CHANGING
    ):
        yield node.func.value


def attributes_changed(node: Any) -> set[str]:
    """The attributes of its instances that the methods of a class change after `__init__`."""
    found = set()
    for method in node.body:
        if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        args = [*getattr(method.args, "posonlyargs", ()), *method.args.args]
        if not args or method.name in ("__init__", "__post_init__", "__new__", "__set_name__"):
            continue
        for child in ast.walk(method):
            for target in _changed_by(child):
                name = _attribute_of(target, args[0].arg)
                if name:
                    found.add(name)
    return found


def _attribute_of(node: Any, receiver: str) -> str:
    """``x`` of ``self.x`` and of ``self.x[0].y``."""
    name = ""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        name = node.attr if isinstance(node, ast.Attribute) else name
        node = node.value
    return name if getattr(node, "id", None) == receiver else ""
