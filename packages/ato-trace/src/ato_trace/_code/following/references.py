"""What the free names of a piece of code stand for when it runs."""

from __future__ import annotations

import _ast
from collections import namedtuple
from types import FunctionType, ModuleType

from ato_adict import MISSING
from ato_trace._code.describe import describe
from ato_trace._code.namespaces import namespaces, own_functions
from ato_trace._source.edited import nested_codes
from ato_trace._source.unloaded import Absent, Unloaded, imported_by, member_of, module_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, NamedTuple, Tuple

    from ato_trace._code.described import Part

    Chain = Tuple[str, ...]

    class Reference(NamedTuple):
        """A dotted name in code, and what it stands for.

        `module` is the first module on the way to it, or None; `place` is the namespace (by id)
        and name of the variable that holds it.
        """

        name: str
        value: Any
        module: Any
        place: tuple[int, str]

else:
    Reference = namedtuple("Reference", "name value module place")

CLOSURE = 0  # in place of a module, for variables of functions
MODULES = (ModuleType, Unloaded, Absent)


def references(obj: Any, part: Part) -> list[Reference]:
    """The objects that a function or class refers to, by the dotted names it uses, sorted.

    Names that are not defined (yet), builtins, and a module's own ``__file__`` and the like, are
    left out.
    """
    found: dict[str, Reference] = {}
    spaces = namespaces(obj)
    local = imports_inside(part.node, spaces)
    for chain in _chains(obj, part, local):
        reference = _resolve(chain, [*spaces, local])
        if reference is not None:
            found[reference.name] = reference
    return [found[name] for name in sorted(found)]


def _chains(obj: Any, part: Part, local: dict[str, Any]) -> Iterator[Chain]:
    if part.node is None:
        for name in _names_of_code(obj):
            if not _is_dunder(name):
                yield (name,)
        return
    for chain in dotted(part.node):
        if (chain[0] in part.names and not _is_dunder(chain[0])) or chain[0] in local:
            yield chain


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _names_of_code(obj: Any) -> Iterator[str]:
    functions = own_functions(obj) if isinstance(obj, type) else [obj]
    for function in functions:
        if isinstance(function, FunctionType):
            for code in [function.__code__, *nested_codes(function.__code__)]:
                yield from code.co_names
                yield from code.co_freevars


def dotted(node: Any) -> Iterator[Chain]:
    """Every name in a tree with the attributes read from it: ('np', 'linalg', 'norm')."""
    import ast

    skipped = set()
    for child in ast.walk(node):
        if isinstance(child, (ast.Attribute, ast.Name)) and child not in skipped:
            names: list[str] = []
            while isinstance(child, ast.Attribute):
                names.append(child.attr)
                child = child.value
                skipped.add(child)
            if isinstance(child, ast.Name):
                yield (child.id, *reversed(names))


def _resolve(chain: Chain, spaces: list[Any]) -> Reference | None:
    """Follow attributes through modules, and stop at the first thing that is none."""
    space = next((space for space in spaces if chain[0] in space), None)
    if space is None:
        return None
    value = space[chain[0]]
    place = place_of(space, chain[0])
    module = value if isinstance(value, MODULES) else None
    used = 1
    while isinstance(value, MODULES) and used < len(chain):
        holder = value
        value = member_of(holder, chain[used])
        place = id(getattr(holder, "__dict__", holder)), chain[used]
        used += 1
    if value is MISSING:
        return None
    return Reference(".".join(chain[:used]), value, module, place)


def place_of(space: Any, name: str) -> tuple[int, str]:
    """What identifies a variable: its module and its name."""
    return (id(space) if "__name__" in space else CLOSURE), name


# -- imports inside functions --------------------------------------------------------------------


def imports_inside(node: Any, spaces: list[Any]) -> dict[str, Any]:
    """What the names bound by imports inside a function stand for."""
    import ast

    found: dict[str, Any] = {}
    if node is None or isinstance(node, ast.Module):
        return found
    space = spaces[-1] if spaces else {}
    package = space.get("__package__") or str(space.get("__name__", "")).rpartition(".")[0]
    for child in ast.walk(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            found.update(imported_by(child, package))
        elif isinstance(child, ast.Call):
            name = _imported_by_call(child)
            if name:
                found[f"import_module({name!r})"] = module_named(name)
        elif isinstance(child, ast.Assign) and isinstance(child.value, ast.Call):
            name = _imported_by_call(child.value)
            for target in child.targets if name else ():
                if isinstance(target, ast.Name):
                    found[target.id] = module_named(name)
    return {name: value for name, value in found.items() if value is not MISSING}


def modules_called_for(node: Any) -> list[str]:
    """The modules that ``import_module`` is called for where the result gets no name."""
    import ast

    named = {id(child.value) for child in ast.walk(node) if isinstance(child, ast.Assign)}
    calls = [c for c in ast.walk(node) if isinstance(c, ast.Call) and id(c) not in named]
    return sorted({name for name in map(_imported_by_call, calls) if name})


def _imported_by_call(node: Any) -> str:
    """The constant name that a call of ``import_module`` or ``__import__`` is given."""
    function = node.func
    name = getattr(function, "attr", getattr(function, "id", ""))
    if name not in ("import_module", "__import__") or not node.args:
        return ""
    value = text_of(node.args[0])
    return value if value and not value.startswith(".") else ""


def text_of(node: Any) -> str | None:
    """The text that a node is a literal of, or None."""
    # Before Python 3.8 texts are nodes of a class of their own.
    value = node.s if type(node).__name__ == "Str" else getattr(node, "value", None)
    return value if isinstance(value, str) else None


# -- members --------------------------------------------------------------------------------------


def class_of(function: FunctionType) -> type | None:
    """The class whose method a function is."""
    outer = function.__qualname__.rpartition(".")[0]
    value: Any = None
    for index, name in enumerate(outer.split(".") if outer else ()):
        value = function.__globals__.get(name) if index == 0 else getattr(value, name, None)
    return value if isinstance(value, type) else None


def members_used(obj: Any, part: Part) -> list[tuple[str, Any]]:
    """What a method reads from `self`, `cls` or `super()`, as far as its class defines it.

    For what only instances have, the method that sets it.
    """
    owner = class_of(obj) if isinstance(obj, FunctionType) else None
    if owner is None or part.node is None or not obj.__code__.co_argcount:
        return []
    receiver = obj.__code__.co_varnames[0]
    found: dict[str, Any] = {}
    for kind, name in _members(part.node, receiver):
        if name.startswith("__") and not name.endswith("__"):
            name = f"_{owner.__name__.lstrip('_')}{name}"
        places = owner.__mro__[1:] if kind == "super()" else owner.__mro__
        value = next((vars(c)[name] for c in places if name in vars(c)), MISSING)
        if value is not MISSING:
            found[f"{kind}.{name}"] = value
        elif kind == "self":
            found.update(_setters(owner, name))
    return sorted(found.items())


def _members(node: Any, receiver: str) -> Iterator[tuple[str, str]]:
    import ast

    for child in ast.walk(node):
        if not isinstance(child, ast.Attribute):
            continue
        value = child.value
        if isinstance(value, ast.Name) and value.id == receiver:
            if child.attr != "__class__":
                yield "self", child.attr
        elif isinstance(value, ast.Attribute) and value.attr == "__class__":  # self.__class__.K
            if getattr(value.value, "id", "") == receiver:
                yield "self", child.attr
        elif isinstance(value, ast.Call):
            called, of = getattr(value.func, "id", ""), [getattr(a, "id", "") for a in value.args]
            if called == "super":
                yield "super()", child.attr
            elif called == "type" and of == [receiver]:
                yield "self", child.attr


def _setters(owner: type, attribute: str) -> dict[str, Any]:
    """The methods of a class that set an attribute of their instance, `__init__` above all."""
    found: dict[str, Any] = {}
    for cls in owner.__mro__:
        for function in own_functions(cls):
            if attribute in function.__code__.co_names:
                node = describe(function).node
                if node is not None and attribute in attributes_set(node):
                    found.setdefault("self." + function.__name__, function)
    return found


def attributes_set(node: Any) -> set[str]:
    """The attributes that a method assigns on its first parameter."""
    import ast

    args = [*getattr(node.args, "posonlyargs", ()), *node.args.args]
    receiver = args[0].arg if args else ""
    return {
        child.attr
        for child in ast.walk(node)
        if isinstance(child, ast.Attribute)
        and isinstance(child.ctx, _ast.Store)
        and getattr(child.value, "id", "") == receiver
    }
