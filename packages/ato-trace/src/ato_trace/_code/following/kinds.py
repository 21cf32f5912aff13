"""What kind of thing a value is, and whose: the tests by which `reach` decides."""

from __future__ import annotations

from types import BuiltinFunctionType, FunctionType, ModuleType

from ato_trace._code.values import key_text
from ato_trace._hashing.dispatch import module_of_class
from ato_trace._source.projects import OWN, owner_of_module
from ato_trace._source.unloaded import Definition, Unloaded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SIMPLE = (bool, int, float, complex, str, bytes, type(None))


def items_of(container: Any) -> list[tuple[str, Any]]:
    """The items of a container, by keys in which no address stands."""
    if isinstance(container, dict):
        pairs = [(key_text(key), item) for key, item in dict.items(container)]
    elif isinstance(container, (set, frozenset)):
        pairs = [(key_text(item), item) for item in container]
    else:
        return [(str(index), item) for index, item in enumerate(container)]
    return sorted(pairs, key=lambda pair: pair[0])


def is_plain_object(value: Any) -> bool:
    """Whether an object is one of the user's classes, or a mere bag of attributes."""
    kind = type(value)
    if f"{module_of_class(kind)}.{kind.__name__}" in (
        "types.SimpleNamespace",
        "argparse.Namespace",
    ):
        return True
    builtin = (dict, list, tuple, set, frozenset, *SIMPLE)
    is_enum = hasattr(kind, "__members__")
    return is_own_name(module_of_class(kind)) and not is_enum and not isinstance(value, builtin)


def is_function_of_library(value: Any) -> bool:
    """Whether a value is a function in C, of NumPy, of Cython: one without Python code."""
    if isinstance(value, BuiltinFunctionType):
        return True
    kind = type(value)
    named = isinstance(getattr(value, "__name__", None), str)
    is_function = "function" in kind.__name__ or "ufunc" in kind.__name__
    return callable(value) and named and is_function


def is_own(module: Any) -> bool:
    """Whether a module, loaded or not, is the user's."""
    if isinstance(module, ModuleType):
        return is_own_name(module.__name__)
    return isinstance(module, Unloaded)


def is_own_name(module: Any) -> bool:
    """Whether the module of a name is the user's."""
    return isinstance(module, str) and owner_of_module(module) == OWN


def module_of(obj: Any) -> str:
    """The name of the module that a function or class is from."""
    if isinstance(obj, Definition):
        return obj.module.name
    if isinstance(obj, property):
        obj = obj.fget
    if isinstance(obj, FunctionType):
        return str(obj.__globals__.get("__name__") or obj.__module__ or "")
    module = getattr(obj, "__module__", None)
    return str(module or module_of_class(type(obj)))
