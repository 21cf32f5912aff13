"""Whose code is it: the user's, an installed library's, or Python's own?"""

from __future__ import annotations

import functools
import importlib
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


def is_of_ato(module: str) -> bool:
    """Whether a module is one of ato."""
    return module.partition(".")[0] in _ATO


def owner_of_module(name: str) -> str:
    """Whose a module is: `OWN`, `LIBRARY` or `PYTHON`."""
    top = name.partition(".")[0]
    if top in _ATO or top.startswith("_cython_"):  # what Cython makes calls itself a module
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
    folder, name = os.path.split(file)
    path = os.path.realpath(file) if os.path.islink(file) else os.path.join(_real(folder), name)
    if any(part in path for part in _INSTALLED):
        return LIBRARY
    return PYTHON if path.startswith(_STANDARD_LIBRARY) else OWN


@functools.lru_cache(maxsize=4096)
def _real(folder: str) -> str:
    """The folder without links; asked for each of a thousand modules, of few folders."""
    return os.path.realpath(folder)


def version_of(top: str) -> str:
    """The version of an imported package, or 'unknown'.

    It is looked up where it stands: to ask a module for a name may run code of it, and warn the
    user of something the user did not do, as click does.
    """
    for name in (top, f"{top}._version"):
        version: Any = getattr(sys.modules.get(name), "__dict__", {}).get("__version__")
        if isinstance(version, str):
            return version
    if is_of_ato(top):
        return str(getattr(sys.modules.get(top), "__version__", "unknown"))
    return _installed_version(top) or "unknown"


def _installed_version(top: str) -> str | None:
    metadata = _metadata()
    try:
        return None if metadata is None else str(metadata.version(top))
    except (metadata.PackageNotFoundError, ValueError):
        return None


def _metadata() -> Any:
    for name in ("importlib.metadata", "importlib_metadata"):  # the second on Python 3.7, if there
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def project_folder(folder: str) -> str:
    """The root of the git checkout around a folder, else the folder itself."""
    above = folder
    while not os.path.exists(os.path.join(above, ".git")):
        parent = os.path.dirname(above)
        if parent == above:
            return folder
        above = parent
    return above
