"""The source of the project's own modules, as it was when they were loaded."""

from __future__ import annotations

import os
import sys

from ato_adict.surroundings import absolute, program_file, program_folder, working_folder
from ato_trace._environment.files.reads import Muted
from ato_trace._environment.reloads import execution_of, is_text_of
from ato_trace._source.projects import OWN, owner_of_module, project_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST = 1 << 20  # bytes of a file whose text is kept
MOST_MODULES = 2000

# What each file held when its module was seen to be executed: one that was saved again still runs
# that. And how the file was when that was last judged.
_files: dict[str, bytes] = {}
_states: dict[str, tuple[int, int] | None] = {}
_executions: dict[str, Any] = {}
_described: dict[str, tuple[str | None, str]] = {}
_judged: dict[str, bool] = {}
# The main module again, and what the machine runs at every start of Python.
_NOT_OF_THE_PROJECT = ("__mp_main__", "sitecustomize", "usercustomize")


def capture() -> None:
    """Read the sources of own modules that are new, or were executed again, since the last time."""
    with Muted():
        for name, path in _own_files():
            is_again = _is_executed_again(name, path)
            if path in _files:
                _read_again(name, path, is_again)
            elif len(_files) < MOST_MODULES:
                _states[path] = _state(path)
                found = _read(path)
                if found is not None:
                    _files[path] = found


def _is_executed_again(name: str, path: str) -> bool:
    execution, known = execution_of(name, path), _executions.get(name)
    if execution is not None:
        _executions[name] = execution
    return execution is not None and known is not None and execution is not known


def _read_again(name: str, path: str, executed: bool) -> None:
    """Take what a file holds now in place of what it held, where its module runs that."""
    state = _state(path)
    if state == _states.get(path) and not executed:
        return
    _states[path] = state
    found = _read(path)
    if found is None or found == _files[path]:
        return
    if is_text_of(name, _files[path], found, executed):
        _files[path] = found
        _described.pop(path, None)


def loaded_sources() -> dict[str, dict[str, Any]]:
    """The project's own modules that are loaded, by module name.

    Returns:
        For each `path`, `name` (below the project), `text` and `hash`; a text of more than a MiB
        is None. The cells of a notebook are one module, `__main__`.
    """
    capture()
    root = project_folder(program_folder())
    found = {}
    for module, path in _own_files():
        if path in _files:
            text, value = _describe(path)
            found[module] = {"path": path, "name": _short(path, root), "text": text, "hash": value}
    name, cells = _notebook()
    if cells:
        value = _sha256(cells.encode("utf-8", "surrogatepass"))
        found["__main__"] = {"path": "", "name": name, "text": cells, "hash": value}
    return dict(sorted(found.items()))


def own_sources() -> list[tuple[str, str, str]]:
    """Name, file and text of the project's own modules, those whose text is kept."""
    capture()
    found = [(name, path, _describe(path)[0]) for name, path in _own_files() if path in _files]
    return [(name, path, text) for name, path, text in found if text is not None]


def _own_files() -> list[tuple[str, str]]:
    found = []
    for name, module in list(sys.modules.items()):
        file = program_file() if name == "__main__" else getattr(module, "__file__", None)
        if not isinstance(file, str) or name in _NOT_OF_THE_PROJECT:
            continue
        if not file.endswith((".py", ".pyw")) and name != "__main__":
            continue
        if name not in _judged:
            _judged[name] = owner_of_module(name) == OWN
        if _judged[name]:
            found.append((name, absolute(file)))
    program = program_file()
    if program and all(name != "__main__" and path != program for name, path in found):
        found.append(("__main__", program))  # run by a tool, as `python -m cProfile` does
    return found


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read(64 * LONGEST)
    except OSError:
        return None


def _state(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _describe(path: str) -> tuple[str | None, str]:
    """The text of a file, and the hash of its bytes; made when somebody asks."""
    if path not in _described:
        data = _files[path]
        text = data.decode("utf-8", "replace") if len(data) <= LONGEST else None
        _described[path] = text, _sha256(data)
    return _described[path]


def _sha256(data: bytes) -> str:
    import hashlib  # OpenSSL takes a while to load: not at the start of every program

    return hashlib.sha256(data).hexdigest()


def _notebook() -> tuple[str, str]:
    if "IPython" not in sys.modules:
        return "", ""
    from ato_trace._source.notebooks.cells import notebook_source

    with Muted():  # it may look into modules that were loaded again
        return notebook_source()


def _short(path: str, root: str) -> str:
    for folder in (root, working_folder()):
        if path.startswith(folder + os.sep):
            return os.path.relpath(path, folder).replace(os.sep, "/")
    return path
