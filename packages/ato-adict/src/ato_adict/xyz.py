"""xyz: plain data as text that people can read and that loses nothing.

    lr: 0.001
    name: "0.001"            # quoted, because it is a text that looks like a number
    layers:
      0) 64
      1) 128
    model:
      pretrained: None
      betas: [Tuple]
        0) 0.9
        1) 0.999

What is written is read back equal and of the same type: None, flags, numbers (nan and infinities
too), texts, bytes, dates and times, and lists, tuples, sets and mappings of them. The grammar is in
the guide of ato-adict.
"""

from __future__ import annotations

import os

from ato_adict import _files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

    PathOrFile = str | os.PathLike[str] | IO[str]

__all__ = ["dumps", "loads", "dump", "load"]


def dumps(obj: Any, format_dict: None = None) -> str:
    """Return `obj` as xyz text.

    Args:
        obj: Plain data, or a config.
        format_dict: Refused: files that ato 2.x wrote with it were never read back.

    Raises:
        TypeError: With a `format_dict`.
        ConversionError: For a value or key that xyz cannot hold; the message names its place.
        NestingError: For data that contains itself or is nested too deeply.
    """
    if format_dict is not None:
        raise TypeError("xyz.dumps has one format, which loads reads; leave out format_dict=")
    return _files.write_xyz(obj)


def loads(text: str) -> Any:
    """Return the data that an xyz text describes.

    Raises:
        ConfigFileError: For malformed text; the message names line and column.
        NestingError: For text that is nested too deeply.
    """
    return _files.read_xyz(text)


def dump(obj: Any, path_or_file: PathOrFile, force: bool = False) -> None:
    """Write `obj` as xyz text to a path (all or nothing) or to an open text file.

    Args:
        obj: Plain data, or a config.
        path_or_file: The path, or the file.
        force: Also replace a file that holds no xyz.

    Raises:
        ConversionError: For a value or key that xyz cannot hold; the message names its place.
        ConfigFileError: There is a file that holds something else, or it cannot be written.
    """
    text = dumps(obj)
    if isinstance(path_or_file, (str, os.PathLike)):
        _files.write(path_or_file, text, "xyz", force, holds_any=True)
    else:
        _method(path_or_file, "write")(text)


def load(path_or_file: PathOrFile) -> Any:
    """Return the data in a file, given by its path or open for reading text.

    Raises:
        ConfigFileError: For malformed text; the message names path, line and column.
    """
    if isinstance(path_or_file, (str, os.PathLike)):
        name = _files.path_text(path_or_file)
        return _files.read_xyz(_files.read_text(name), name)
    return _files.read_xyz(_method(path_or_file, "read")())


def _method(file: Any, name: str) -> Any:
    """Return a method of an open file; what has none is not taken for a path alone."""
    return getattr(file, name, None) or _files.path_text(file)
