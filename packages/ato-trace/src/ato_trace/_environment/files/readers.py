"""Who reads: the user's function that is nearest on the stack, or ato itself."""

from __future__ import annotations

import functools
import os

from ato_adict.notebooks import cell_line, code_place
from ato_adict.surroundings import absolute, program_folder, working_folder
from ato_trace._environment.files.places import is_of_library
from ato_trace._source.projects import is_of_ato, project_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

_TRACKERS = ("ato_sql", "ato_trace", "ato_hyperband", "ato")
_OF_SOURCES = ("linecache", "tokenize", "runpy")  # what shows and runs a module's own text
OURS = "(ours)"
_shown: dict[str, str] = {}


def user_of(frame: FrameType | None) -> str | None:
    """The user's function, file and line that is nearest; None where there is none."""
    while frame is not None:
        code = frame.f_code
        file = code.co_filename
        if not _is_library(file) and not _is_of_suite(frame):
            name = getattr(code, "co_qualname", code.co_name)
            place, line = cell_line(file, frame.f_lineno, code)
            return f"{name} ({shown_file(place) if place == file else place}:{line})"
        frame = frame.f_back
    return None


def asker(frame: FrameType | None) -> str | None:
    """The user's function that is nearest, or `OURS` where one of ato is nearer."""
    inner = frame
    while inner is not None:
        if _is_of_suite(inner):
            return OURS
        if not _is_library(inner.f_code.co_filename):
            break
        inner = inner.f_back
    return user_of(inner)


def shown_file(file: str) -> str:
    """A file below the project's folder, or its last name; of a notebook the cell."""
    cell = code_place(file)
    if cell != file:
        return cell
    if file not in _shown:
        whole = absolute(file)
        roots = [_root(program_folder()), working_folder() + os.sep]
        inside = next((whole[len(root) :] for root in roots if whole.startswith(root)), "")
        _shown[file] = inside.replace(os.sep, "/") or os.path.basename(file)
    return _shown[file]


def is_of_project(path: str) -> bool:
    """Whether a file lies below the project's folder."""
    return path.startswith(_root(program_folder()))


@functools.lru_cache(maxsize=16)
def _root(folder: str) -> str:
    return project_folder(folder) + os.sep


def reads_itself(frame: FrameType | None, path: str) -> bool:
    """Whether the tracker opened a file, or Python a text that is already known as a module's."""
    if frame is None:
        return False
    module = str(frame.f_globals.get("__name__", ""))
    if module.partition(".")[0] in _TRACKERS:
        return True
    return module in _OF_SOURCES and path.endswith((".py", ".pyw"))


def is_import(frame: FrameType | None) -> bool:
    """Whether the import system opened a file."""
    return frame is not None and frame.f_code.co_filename.startswith("<frozen importlib")


def _is_library(file: str) -> bool:
    return is_of_library(file) or file.startswith("<frozen")


def _is_of_suite(frame: FrameType) -> bool:
    return is_of_ato(str(frame.f_globals.get("__name__", "")))
