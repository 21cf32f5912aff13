"""Names of ato 2.x that are gone: importing one says what to use instead."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def removed(module: str, names: str, instead: str) -> Callable[[str], Any]:
    """Return the `__getattr__` of a module that had more names.

    Args:
        module: The name of the module.
        names: The names that are gone, with blanks between them.
        instead: What to do without them.
    """

    def getattr_(name: str) -> Any:
        if name in names.split():
            raise ImportError(f"{module}.{name} of ato 2.x is gone; {instead}")
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return getattr_
