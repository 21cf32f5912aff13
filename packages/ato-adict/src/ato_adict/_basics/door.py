"""The door of a package: names that are imported when someone first asks for them."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Sequence


def lazy_exports(package: str, where: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return a `__getattr__` for a package that imports its names at their first use.

    Importing the package then costs nothing but its own file, and what was asked for once is found
    without a call from then on:

        __getattr__ = lazy_exports(__name__, {"_reader": ("read", "read_all")})

    Args:
        package: The package's `__name__`.
        where: By module below the package, the names it holds; none for the module itself.

    Returns:
        The function; it raises `AttributeError` for a name that is not in `where`, with a
        suggestion.
    """
    modules = {name: module for module, names in where.items() for name in names or (module,)}

    def find(name: str) -> Any:
        if name not in modules:
            raise UnknownNameError(package, name, modules)
        module = f"{package}.{modules[name]}"
        __import__(module)  # importlib would have to be imported itself, which takes longer
        value = sys.modules[module]
        if where[modules[name]]:
            value = getattr(value, name)
        setattr(sys.modules[package], name, value)
        return value

    return find


class UnknownNameError(AttributeError):
    """A package has no such name; the suggestion is made when somebody reads the message.

    Python itself asks in vain at each `from package import submodule`, and must not wait for it.
    """

    __module__ = "ato_adict"

    def __init__(self, package: str, name: str, known: Mapping[str, str]) -> None:
        super().__init__(package, name)
        self._known = known

    def __str__(self) -> str:
        package, name = self.args
        message = f"module {package!r} has no attribute {name!r}"
        if name.startswith("_"):
            return message
        from ato_adict._basics.errors import did_you_mean

        return message + did_you_mean(name, self._known)
