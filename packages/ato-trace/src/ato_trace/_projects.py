"""Whose code is it: the user's, an installed library's, or Python's own?"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OWN = "own"
LIBRARY = "library"
PYTHON = "python"

_STANDARD_LIBRARY = os.path.realpath(os.path.dirname(os.__file__)) + os.sep
_INSTALLED = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
_ATO = ("ato", "ato_adict", "ato_scope", "ato_trace", "ato_hyperband", "ato_sql")


def owner_of_module(name: str) -> str:
    """Whose a module is: `OWN`, `LIBRARY` or `PYTHON`."""
    top = name.partition(".")[0]
    if top in _ATO:
        return LIBRARY
    if top in sys.builtin_module_names:
        return PYTHON
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    if file is None:
        # Notebooks and consoles, and modules that a program makes up, have no file.
        frozen = getattr(getattr(module, "__spec__", None), "origin", None) == "frozen"
        return PYTHON if frozen or _is_standard(top) else OWN
    return owner_of_file(file)


def _is_standard(top: str) -> bool:
    return top != "__main__" and top in getattr(sys, "stdlib_module_names", ())


def owner_of_file(file: str) -> str:
    """Whose a file is."""
    path = os.path.realpath(file)
    if any(part in path for part in _INSTALLED):
        return LIBRARY
    return PYTHON if path.startswith(_STANDARD_LIBRARY) else OWN


def version_of(top: str) -> str:
    """The version of an imported package, or 'unknown'."""
    version: Any = getattr(sys.modules.get(top), "__version__", None)
    if isinstance(version, str):
        return version
    return _installed_version(top) or "unknown"


def _installed_version(top: str) -> str | None:
    try:
        from importlib.metadata import PackageNotFoundError, version
    except ImportError:  # Python 3.7
        return None
    try:
        return str(version(top))
    except (PackageNotFoundError, ValueError):
        return None
