"""Paths and texts that a user gives: of the types that they have, or one error."""

from __future__ import annotations

import os

from ato_adict._basics.errors import ConfigFileError
from ato_adict._basics.texts import in_line, kind_name, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class WrongTypeError(ConfigFileError, TypeError):
    """A value that is no path, or no text, by its type; a TypeError, as Python raises for it."""


def path_text(path: Any, what: str = "") -> str:
    """Return a path as text.

    Args:
        path: What was given for it.
        what: The argument that it was given for, for the message.

    Raises:
        ConfigFileError: It is none, or holds what the name of no file holds.
    """
    label = f"{what}: " if what else ""
    try:
        name = os.fspath(path)
    except Exception:  # of another's code too
        name = None
    if not isinstance(name, str):
        problem = f"{label}{in_line(path, 100)} of type {kind_name(path)} is no path"
        raise WrongTypeError(f"{problem}; write a text or a pathlib.Path")
    problem = name_problem(name)
    if problem:
        raise ConfigFileError(f"is no path: {problem}", label + one_line(repr(name)))
    return name


def check_text(text: Any) -> None:
    """Refuse what is to be read and is no text.

    Raises:
        ConfigFileError: It is none.
    """
    if not isinstance(text, str):
        problem = f"{in_line(text, 100)} of type {kind_name(text)} is no text"
        fix = "; from_file and load take paths and files" if hasattr(text, "read") else ""
        raise WrongTypeError(problem + fix)


def name_problem(name: str) -> str:
    """Return what is in a text that the name of no file holds; '' where nothing is."""
    if "\0" in name:
        return "embedded null byte"
    try:
        os.fsencode(name)
    except UnicodeEncodeError as error:
        return f"{name[error.start]!a} is no character of a name"
    return ""
