"""Was a module executed again since its source was read? Then it is what its file holds now.

`importlib.reload` gives a module another `__spec__`; a program that `%run` runs again is other
code. What puts functions into a module that is there, as `%autoreload` does where it can, is told
by these: they are what the file holds now, and not what it held.
"""

from __future__ import annotations

import os
import sys
from types import FunctionType

from ato_trace._source.edited import nested_codes, signature
from ato_trace._source.files import compile_quietly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Iterator

_PATCHER = "IPython.extensions.autoreload"


def execution_of(name: str, path: str) -> Any:
    """Return an object that is another one each time a module is executed; None if not known."""
    module = sys.modules.get(name)
    return _program_code(module, path) if name == "__main__" else getattr(module, "__spec__", None)


def is_text_of(name: str, old: bytes, new: bytes, executed: bool) -> bool:
    """Tell whether a module runs what its file holds now.

    Args:
        name: Of the module.
        old: What the file held when the module was executed.
        new: What it holds now.
        executed: Whether the module was executed again since; where it could not be compiled, that
            has changed nothing.
    """
    codes = _codes_in(new)
    if not codes or executed:
        return bool(codes)
    module = sys.modules.get(name)
    changed = codes - _codes_in(old)
    if changed:
        return not changed.isdisjoint(map(_described, _codes_of(module)))
    return _PATCHER in sys.modules and _has_new_values(module, old, new)


def _program_code(main: Any, path: str) -> CodeType | None:
    """Return the code of the program's own lines, which call us."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        is_main = frame.f_globals is getattr(main, "__dict__", None)
        if is_main and code.co_name == "<module>" and _is_named(code.co_filename, path):
            return code
        frame = frame.f_back
    return None


def _is_named(file: str, path: str) -> bool:
    return os.path.basename(file) == os.path.basename(path)


def _codes_in(text: bytes) -> set[tuple[Any, ...]]:
    """Return what each function of a text does, and the text itself; empty if it is no Python."""
    try:
        whole = compile_quietly(text, "<module>")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {("<module>",), *map(_described, nested_codes(whole))}


def _described(code: CodeType) -> tuple[Any, ...]:
    return (code.co_name, *signature(code))


def _codes_of(module: Any) -> Iterator[CodeType]:
    """Yield the code of the functions in a module and in its classes."""
    things = list(getattr(module, "__dict__", {}).values())  # it may be any object
    classes = [thing for thing in things if isinstance(thing, type)]
    for cls in classes:
        if cls.__module__ == getattr(module, "__name__", None):
            things += vars(cls).values()
    for thing in things:
        inner = thing.fget if isinstance(thing, property) else thing
        inner = inner.__func__ if isinstance(inner, (classmethod, staticmethod)) else inner
        while isinstance(inner, FunctionType):
            yield inner.__code__
            inner = vars(inner).get("__wrapped__")


def _has_new_values(module: Any, old: bytes, new: bytes) -> bool:
    """Whether a module has a plain value that a file assigns now, and did not assign before."""
    before = _values_in(old)
    for name, value in _values_in(new).items():
        current = getattr(module, "__dict__", {}).get(name)
        if type(current) is type(value) and current == value and before.get(name) != value:
            return True
    return False


def _values_in(text: bytes) -> dict[str, Any]:
    import ast  # files are seldom saved while they run

    found = {}
    for node in ast.parse(text).body:
        if not isinstance(node, ast.Assign):
            continue
        try:
            value = ast.literal_eval(node.value)
        except ValueError:
            continue
        found.update({target.id: value for target in node.targets if isinstance(target, ast.Name)})
    return found
