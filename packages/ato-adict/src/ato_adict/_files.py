"""Config files: which format, reading with clear errors, writing all or nothing."""

from __future__ import annotations

import os

from ato_adict._errors import ConfigFileError, ConfigFileNotFoundError, NestingError

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
# Format to its module, reader and writer; imported when first needed.
_CODECS: dict[str, tuple[str, str, str]] = {
    "yaml": ("_yaml", "loads", "dumps"),
    "json": ("_json", "loads", "dumps_file"),
    "jsonl": ("_json", "loads_lines", "dumps_lines"),
    "toml": ("_toml", "loads", "dumps"),
    "xyz": ("xyz", "loads", "dumps"),
    "py": ("_python_files", "execute", "dumps"),
}


def _codec(format: str) -> tuple[Callable[..., Any], Callable[..., str]]:
    from importlib import import_module

    module, reader, writer = _CODECS[format]
    loaded = import_module(f"ato_adict.{module}")
    return getattr(loaded, reader), getattr(loaded, writer)


def _text_format(format: str) -> str:
    name = format.lower().lstrip(".")
    name = SUFFIXES.get(f".{name}", name)
    if name not in _CODECS or name == "py":
        raise _unknown(f"format '{format}'", name, [n for n in _CODECS if n != "py"])
    return name


def format_of(path: Path) -> str:
    """Return the format that the suffix of a path stands for."""
    suffix = os.path.splitext(os.fspath(path))[1]
    if suffix.lower() not in SUFFIXES:
        raise _unknown(f"suffix '{suffix}' of '{os.fspath(path)}'", suffix, list(SUFFIXES))
    return SUFFIXES[suffix.lower()]


def _unknown(what: str, name: str, known: Any) -> ConfigFileError:
    from ato_adict._suggest import did_you_mean

    hint = did_you_mean(name, known)
    return ConfigFileError(f"unknown {what}{hint or '; known are ' + ', '.join(known)}")


def dumps(tree: Any, format: str, **options: Any) -> str:
    """Return `tree` as text."""
    return _written(tree, _text_format(format), options)


def _written(tree: Any, format: str, options: dict[str, Any]) -> str:
    try:
        return _codec(format)[1](tree, **options)
    except RecursionError:
        from ato_adict._depth import nesting_error

        raise nesting_error(tree) from None


def loads(text: Any, format: str) -> Any:
    """Return the mapping that a text describes."""
    if isinstance(text, (bytes, bytearray)):
        text = _decode(bytes(text), None)
    return parse(text, _text_format(format), None)


def load(path: Path) -> Any:
    """Return the mapping in a file."""
    name, format = os.fspath(path), format_of(path)
    text = read_text(name)
    if format == "py":
        from ato_adict._python_files import execute

        return execute(text, name)
    return parse(text, format, name)


def read_text(name: str) -> str:
    """Return the content of a text file in UTF-8."""
    try:
        with open(name, "rb") as file:
            return _decode(file.read(), name)
    except FileNotFoundError:
        raise ConfigFileNotFoundError("there is no such file", name) from None
    except IsADirectoryError:
        raise ConfigFileError("is a directory, not a config file", name) from None
    except OSError as error:
        raise ConfigFileError(f"cannot be read: {error.strerror or error}", name) from None


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
    if format in ("yaml", "json") and not text.strip():
        raise ConfigFileError("is empty; an empty config is written {}", name)
    try:
        data = _codec(format)[0](text)
    except ConfigFileError as error:
        raise ConfigFileError(error.problem, name, error.line, error.column) from None
    except RecursionError:
        raise NestingError(f"{name or format}: nested too deeply") from None
    if not isinstance(data, dict):
        found = "nothing" if data is None else f"a {type(data).__name__}"
        raise ConfigFileError(f"expected a mapping at the top level, found {found}", name)
    return data


def dump(tree: Any, path: Path, **options: Any) -> None:
    """Write `tree` to a file in the format of its suffix."""
    write(path, _written(tree, format_of(path), options))


def write(path: Path, text: str) -> None:
    """Replace the content of a file, all or nothing."""
    target = os.path.realpath(os.fspath(path))
    try:
        _replace(target, text)
    except FileNotFoundError:
        problem = f"there is no directory '{os.path.dirname(os.fspath(path))}'"
        raise ConfigFileNotFoundError(problem, os.fspath(path)) from None
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}"
        raise ConfigFileError(problem, os.fspath(path)) from None


def _replace(target: str, text: str) -> None:
    """Write a temporary file beside `target` and rename it, once it is safely on the disk."""
    from tempfile import mkstemp

    directory, name = os.path.split(target)
    handle, temporary = mkstemp(prefix=f".{name}.", suffix=".tmp", dir=directory)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _keep_permissions(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _keep_permissions(target: str, temporary: str) -> None:
    """Give the new file the mode of the old one, or what a plain `open` would have given it."""
    try:
        mode = os.stat(target).st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    os.chmod(temporary, mode)
