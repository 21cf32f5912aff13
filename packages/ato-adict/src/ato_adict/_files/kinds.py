"""What a file is that a config would replace: what could have been written as one, or not."""

from __future__ import annotations

import codecs
import json
import os
import re
from importlib import import_module
from itertools import islice

from ato_adict._basics.errors import ConfigFileError, NestingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

_PROGRAMS = "ato_adict._files.formats.python_files"
MAX_BYTES = 256 << 20  # of a config
# A file up to this size is read as what it should be; of a larger one its beginning tells.
_LOOK = 1 << 20
# What is no loss: a word that a program put there, or the first letters of a torn mapping.
_SCRAP = re.compile(r"\w{1,40}|\{.{0,39}")
_NAMES = {"yaml": "YAML", "json": "JSON", "jsonl": "JSON", "toml": "TOML", "xyz": "xyz"}
# Files whose names other programs look for: what is in them reads as a config would.
_OTHERS = {
    "package.json": "npm",
    "package-lock.json": "npm",
    "composer.json": "Composer",
    "tsconfig.json": "TypeScript",
    "pyproject.toml": "Python's builds",
    "cargo.toml": "Cargo",
    "docker-compose.yml": "Docker",
    "docker-compose.yaml": "Docker",
    "compose.yml": "Docker",
    "compose.yaml": "Docker",
    "chart.yaml": "Helm",
    "mkdocs.yml": "MkDocs",
    "mkdocs.yaml": "MkDocs",
    ".pre-commit-config.yaml": "pre-commit",
    ".gitlab-ci.yml": "GitLab",
}
_LINES = "more than one line of data"
_TOML_LINE = re.compile(r"\[.+\]\s*(?:#.*)?$|[^\[=][^=]*=")
_XYZ_KEY = re.compile(r"(?!\d+\))[^|\[][^:]*:")
_DOCUMENT = re.compile(r"^---(?:\s|$)", re.MULTILINE)


def refuse_other_kinds(
    name: str, format: str, loads: Callable[[str], Any], holds_any: bool = False
) -> None:
    """Raise if a file that is there is none that could have been written as a config.

    Args:
        name: Its path.
        format: The format that it should have.
        loads: The reader of that format.
        holds_any: Whether any data could have been written, not mappings alone.

    Raises:
        ConfigFileError: It is something else.
    """
    if "\0" in name or not os.path.isfile(name):
        return
    try:
        size = os.path.getsize(name)
        with open(name, "rb") as file:
            data = file.read(_LOOK)
        kind: str | None = f"larger than any config, which has at most {MAX_BYTES >> 20} MiB"
        if size <= MAX_BYTES:
            kind = _kind(name, format, data, size <= _LOOK, loads, holds_any)
    except OSError:
        return  # whatever is wrong is said when it is written
    if kind is not None:
        problem = f"is {kind}; without force (force=True, --force) only a config is replaced"
        raise ConfigFileError(problem, name)


def _kind(
    name: str,
    format: str,
    data: bytes,
    is_whole: bool,
    loads: Callable[[str], Any],
    holds_any: bool,
) -> str | None:
    """Return what a file is, None for a config."""
    if data.startswith(b"SQLite format 3\0"):
        return "an SQLite database"
    text = _text(data, is_whole)
    if text is None:
        return "no text file"
    if is_whole and not text.strip():
        return None
    for path in (name, os.path.realpath(name)):  # a link to it is no name of its own
        owner = _OTHERS.get(os.path.basename(path).lower())
        if owner is not None:
            return f"a file of {owner}"
    if format == "py":
        programs = import_module(_PROGRAMS)
        is_program = programs.is_program if is_whole else programs.is_large_program
        return "a Python program" if is_program(name) else None
    if _is_export(text):
        return "an export of ato's runs"
    if format == "xyz" and _first_line(text).startswith("{"):  # which its reader takes for a key
        return "no xyz of a config"
    if is_whole:
        try:
            return _of_data(loads(text), holds_any or _is_scrap(text))
        except ConfigFileError as error:
            return None if _is_scrap(text) else _unreadable(format, error)
        except (NestingError, RecursionError):
            pass  # what is written may be nested more deeply than what can be read
    return None if holds_any else _of_beginning(name, format, text, is_whole)


def _is_scrap(text: str) -> bool:
    """Tell whether a text is a word, or the short beginning of a mapping that was torn."""
    return _SCRAP.fullmatch(text.strip()) is not None


def _text(data: bytes, is_whole: bool) -> str | None:
    """Return the text that bytes stand for; a character cut in two at their end is left out."""
    if b"\0" in data:
        return None
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data, is_whole)
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n")


def _is_export(text: str) -> bool:
    """Tell whether a text begins as what `ato export` writes: with a header on a line."""
    line = text.lstrip().partition("\n")[0]
    if "ato-sql" not in line[:200]:
        return False
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and header.get("type") == "ato-sql" and "format" in header


def _of_data(data: Any, holds_any: bool) -> str | None:
    if isinstance(data, dict) and "nbformat" in data and "cells" in data:
        return "a notebook"
    if holds_any or isinstance(data, dict):
        return None
    return "a list" if isinstance(data, list) else f"a single value ({type(data).__name__})"


def _unreadable(format: str, error: ConfigFileError) -> str:
    if format == "jsonl" and error.problem == "Extra data":
        return _LINES
    where = f"line {error.line}: " if error.line is not None else ""
    return f"no {_NAMES[format]} that can be read as a config ({where}{error.problem})"


def _of_beginning(name: str, format: str, text: str, is_whole: bool) -> str | None:
    if not _BEGINS[format](text):
        return f"no {_NAMES[format]} of a config"
    return _LINES if format == "jsonl" and not is_whole and _has_lines(name) else None


def _has_lines(name: str) -> bool:
    """Whether a file has more than one line that is not blank."""
    with open(name, "rb") as file:
        return sum(1 for line in islice(filter(bytes.strip, file), 2)) > 1


# -- the beginnings of large files -----------------------------------------------------------------


def _begins_json(text: str) -> bool:
    """Whether a text begins with an object behind which, as far as one sees, nothing comes."""
    text = text.lstrip()
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return text.startswith("{")
    return text.startswith("{") and not text[end:].strip()


def _begins_yaml(text: str) -> bool:
    begins: Callable[[str], int | None] = import_module(
        "ato_adict._files.formats.yaml"
    ).mapping_begins
    start = begins(text)
    return start is not None and not _DOCUMENT.search(text, start + 1)


def _begins_toml(text: str) -> bool:
    return _TOML_LINE.match(_first_line(text)) is not None


def _begins_xyz(text: str) -> bool:
    return _XYZ_KEY.match(_first_line(text)) is not None


def _first_line(text: str) -> str:
    """Return the first line that is neither blank nor a comment."""
    for line in text.split("\n"):
        if line.strip() and not line.lstrip().startswith("#"):
            return line.lstrip()
    return ""


_BEGINS: dict[str, Callable[[str], bool]] = {
    "json": _begins_json,
    "jsonl": _begins_json,
    "yaml": _begins_yaml,
    "toml": _begins_toml,
    "xyz": _begins_xyz,
}
