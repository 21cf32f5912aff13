"""Config files: which format, reading with clear errors, writing all or nothing."""

from __future__ import annotations

import os
import stat
import warnings
from importlib import import_module

from ato_adict._basics.errors import (
    ConfigFileError,
    ConfigFileNotFoundError,
    NestingError,
    did_you_mean,
    did_you_mean_file,
)
from ato_adict._basics.texts import a_kind, in_line, one_line
from ato_adict._files.kinds import MAX_BYTES, refuse_other_kinds
from ato_adict._files.paths import check_text, path_text
from ato_adict._files.replace import replacing
from ato_adict._names import nesting_error
from ato_adict.surroundings import absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Union

    Path = Union[str, "os.PathLike[str]"]

SUFFIXES = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".jsonl": "jsonl",
    ".toml": "toml",
    ".xyz": "xyz",
    ".py": "py",
}
# Format to its reader and writer, in the room of formats; imported when first needed.
_CODECS: dict[str, tuple[str, str]] = {
    "yaml": ("yaml.loads", "yaml.dumps"),
    "json": ("json.loads", "json.dumps_file"),
    "jsonl": ("json.loads_lines", "json.dumps_lines"),
    "toml": ("toml.loads", "toml.dumps"),
    "xyz": ("xyz.read.read_xyz", "xyz.write.write_xyz"),
    "py": ("python_files.execute", "python_files.dumps"),
}

# What reads a file whose top level is a list, which no config is.
_LIST_READERS = {"yaml": "yaml.safe_load", "json": "json.load", "xyz": "ato_adict.xyz.load"}


def _codec(format: str, writes: bool = False) -> Callable[..., Any]:
    module, _, function = _CODECS[format][writes].rpartition(".")
    codec: Callable[..., Any] = getattr(
        import_module(f"ato_adict._files.formats.{module}"), function
    )
    return codec


def _text_format(format: Any) -> str:
    if not isinstance(format, str):
        raise _unknown(f"format {in_line(format, 100)}", "", [n for n in _CODECS if n != "py"])
    name = format.lower().lstrip(".")
    name = SUFFIXES.get(f".{name}", name)
    if name not in _CODECS or name == "py":
        raise _unknown(f"format '{one_line(format)}'", name, [n for n in _CODECS if n != "py"])
    return name


def format_of(path: Path) -> str:
    """Return the format that the suffix of a path stands for."""
    name = path_text(path)
    suffix = os.path.splitext(name)[1]
    if suffix.lower() not in SUFFIXES:
        what = f"suffix '{one_line(suffix, 40)}' of '{one_line(name)}'"
        hint = "" if os.path.exists(name) else did_you_mean_file(name)
        if hint:
            raise ConfigFileError(f"unknown {what}{hint}")
        raise _unknown(what, suffix, list(SUFFIXES))
    return SUFFIXES[suffix.lower()]


def _unknown(what: str, name: str, known: Any) -> ConfigFileError:
    hint = did_you_mean(name, known)
    return ConfigFileError(f"unknown {what}{hint or '; known are ' + ', '.join(known)}")


def dumps(tree: Any, format: str, **options: Any) -> str:
    """Return `tree` as text."""
    return _written(tree, _text_format(format), options)


def _written(tree: Any, format: str, options: dict[str, Any]) -> str:
    try:
        text: str = _codec(format, writes=True)(tree, **options)
    except RecursionError:
        raise nesting_error(tree) from None
    return text


def loads(text: Any, format: str) -> Any:
    """Return the mapping that a text describes."""
    if isinstance(text, (bytes, bytearray)):
        text = _decode(bytes(text), None)
    else:
        check_text(text)
    return parse(text, _text_format(format), None)


def load(path: Path) -> Any:
    """Return the mapping in a file."""
    name, format = path_text(path), format_of(path)
    text = read_text(name)
    if format == "py":
        return _codec(format)(text, name)
    data = parse(text, format, name)
    _warn_of_bases(data, name)
    return data


def _warn_of_bases(data: dict[str, Any], name: str) -> None:
    """Say that a file builds on others, which only the loader of OpenMMLab configs follows."""
    named = data.get("_base_")
    if isinstance(named, str) or (named and isinstance(named, list) and isinstance(named[0], str)):
        text = f"{name}: its _base_ is not followed; to follow it, ADict.from_mm_config(path)"
        warnings.warn(text, stacklevel=4)


def read_text(name: str) -> str:
    """Return the content of a text file in UTF-8."""
    try:
        _check_plain(name)
        with open(name, "rb") as file:
            return _decode(file.read(), name)
    except ValueError as error:
        if isinstance(error, ConfigFileError):
            raise
        raise ConfigFileError(f"is no path: {error}", repr(name)) from None
    except FileNotFoundError:
        problem = "there is no such file" + did_you_mean_file(name)
        raise ConfigFileNotFoundError(problem, name) from None
    except IsADirectoryError:
        raise ConfigFileError("is a directory, not a config file", name) from None
    except OSError as error:
        raise ConfigFileError(f"cannot be read: {error.strerror or error}", name) from None


def real_path(name: str) -> str:
    """Return what a path leads to, links resolved."""
    try:
        return os.path.realpath(absolute(name))
    except ValueError as error:
        raise ConfigFileError(f"is no path: {error}", repr(name)) from None


# What the kernel makes up while it is read is said to be a plain file there, and may never end.
_PSEUDO = ("/proc/", "/sys/")


def _check_plain(name: str) -> None:
    """Refuse what never ends or never begins: devices, pipes, and files larger than any config."""
    found = os.stat(name)
    is_plain = stat.S_ISREG(found.st_mode) and not real_path(name).startswith(_PSEUDO)
    if not is_plain and not stat.S_ISDIR(found.st_mode):
        raise ConfigFileError("is a device or a pipe, not a config file", name)
    if found.st_size > MAX_BYTES:
        raise ConfigFileError(f"has more than {MAX_BYTES >> 20} MiB; no config has", name)


def _decode(data: bytes, name: Any) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"not a text in UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
        raise ConfigFileError(problem, name, line) from None
    return text.replace("\r\n", "\n")


def parse(text: str, format: str, name: Any) -> Any:
    """Return the mapping that a text describes; `name` is its file, for messages."""
    if format == "json" and not text.strip():
        raise ConfigFileError("is empty; an empty config is written {}", name)
    try:
        data = _codec(format)(text)
    except ConfigFileError as error:
        raise ConfigFileError(error.problem, name, error.line, error.column) from None
    except NestingError as error:
        raise NestingError(f"{name}: {error}" if name else str(error)) from None
    except RecursionError:
        raise NestingError(f"{name or format}: nested too deeply") from None
    if not isinstance(data, dict):
        found = "nothing" if data is None else a_kind(data)
        if isinstance(data, list):
            found += f"; put it below a key, or read it with {_LIST_READERS[format]}"
        raise ConfigFileError(f"expected a mapping at the top level, found {found}", name)
    return data


def dump(tree: Any, path: Path, force: bool = False, **options: Any) -> None:
    """Write `tree` to a file in the format of its suffix."""
    format = format_of(path)
    write(path, _written(tree, format, options), format, force)


def write(path: Path, text: str, format: str, force: bool = False, holds_any: bool = False) -> None:
    """Replace the content of a text file, all or nothing; of a file of another kind by force.

    Args:
        path: The file.
        text: What it is to hold.
        format: In which format that is; a file in no such is of another kind.
        force: Replace any file.
        holds_any: Whether any data may be replaced, not mappings alone.
    """
    name = path_text(path)
    if not force:
        # A reader merges JSON lines; what is written is one, as a JSON text.
        reader = _codec("json" if format == "jsonl" else format)
        refuse_other_kinds(name, format, reader, holds_any)
    try:
        with replacing(name) as scratch, open(scratch, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileNotFoundError:
        problem = f"there is no directory '{one_line(os.path.dirname(name))}'"
        raise ConfigFileNotFoundError(problem, name) from None
    except OSError as error:
        raise ConfigFileError(f"cannot be written: {error.strerror or error}", name) from None
    except ValueError as error:
        raise ConfigFileError(f"is no path: {error}", repr(name)) from None
