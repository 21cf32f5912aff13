"""The canonical form of anything that has code."""

from __future__ import annotations

from types import CodeType, FunctionType, ModuleType

from ato_trace._code.classes import describe_class
from ato_trace._code.codeobject import canonical_code, defaults_text
from ato_trace._code.described import Part, describe_found, join
from ato_trace._code.namespaces import ato_decorators, namespaces
from ato_trace._errors import FingerprintError
from ato_trace._source.files import Found, read_source
from ato_trace._source.source import find_function, parse_definition
from ato_trace._source.unloaded import Definition
from ato_trace._source.unwrap import unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def describe(obj: Any) -> Part:
    """The canonical form of anything that has code.

    Raises:
        FingerprintError: It has none.
    """
    if isinstance(obj, str):
        return _describe_text(obj)
    return describe_plain(unwrap(obj))


def describe_plain(obj: Any) -> Part:
    """The canonical form of an object as it is, not of what it wraps.

    Raises:
        FingerprintError: It has none.
    """
    if isinstance(obj, Definition):
        found = obj.found()
        return describe_found(found, found.node.name, ato_decorators(namespaces(obj)))
    if isinstance(obj, FunctionType):
        return _describe_function(obj)
    if isinstance(obj, type):
        return describe_class(obj, describe)
    if isinstance(obj, ModuleType):
        return _describe_module(obj)
    if isinstance(obj, property):
        return _describe_property(obj)
    if hasattr(obj, "func") and hasattr(obj, "keywords"):  # functools.partial
        return _describe_partial(obj)
    if isinstance(obj, CodeType):
        return _without_source(obj, obj.co_name)
    raise FingerprintError(_why_not(obj))


def _describe_function(function: FunctionType) -> Part:
    found = find_function(function.__code__, function.__globals__)
    if found is None:
        return _without_source(function.__code__, function.__qualname__, function)
    return describe_found(found, own_name(function), ato_decorators(namespaces(function)))


def _describe_text(text: str) -> Part:
    text = text.strip("\n")
    node = parse_definition(text)
    if node is None:
        raise FingerprintError(f"{text[:40]!r} is not the source of a function or class")
    return describe_found(Found(node, text, "<text>", 1), node.name)


def own_name(function: FunctionType) -> str | None:
    """The name by which a function can call itself; a method cannot."""
    outer = function.__qualname__.rpartition(".")[0]
    return function.__code__.co_name if not outer or outer.endswith("<locals>") else None


def _without_source(code: CodeType, name: str, function: FunctionType | None = None) -> Part:
    text = canonical_code(code)
    if function is not None:
        text += defaults_text(function)
    return Part(text, None, name, "code-object")


def _describe_module(module: ModuleType) -> Part:
    name = getattr(module, "__file__", None)
    source = read_source(name, module.__dict__) if name else None
    if source is None:
        raise FingerprintError(f"module {module.__name__} has no Python source")
    found = Found(source.tree(), source.text(), source.name, 1)
    return describe_found(found, None, ato_decorators(namespaces(module)))


def _describe_property(value: property) -> Part:
    parts = [describe(f) for f in (value.fget, value.fset, value.fdel) if f is not None]
    if not parts:
        raise FingerprintError("a property without functions has no code")
    return join(parts)


def _describe_partial(value: Any) -> Part:
    from ato_trace._code.values import value_text  # with the whole of _hashing; partials are rare

    part = describe(value.func)
    texts = [value_text(item) or type(item).__qualname__ for item in value.args]
    for name, item in sorted(value.keywords.items()):
        texts.append(f"{name}={value_text(item) or type(item).__qualname__}")
    part.canonical = "\n".join([part.canonical, *("  partial " + text for text in texts)])
    return part


def _why_not(obj: Any) -> str:
    name = getattr(obj, "__qualname__", None) or getattr(obj, "__name__", None)
    if name and callable(obj):
        module = getattr(obj, "__module__", None)
        full = f"{module}.{name}" if module else name
        return f"{full} is implemented in C and has no Python code to fingerprint"
    kind = type(obj).__qualname__
    return (
        f"an object of type {kind} has no code of its own; fingerprint its class ({kind}), "
        "one of its methods, or hash its value with hash_output"
    )
