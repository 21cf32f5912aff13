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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

    PathOrFile = str | os.PathLike[str] | IO[str]

__all__ = ["dumps", "loads", "dump", "load"]


def dumps(obj: Any) -> str:
    """Return `obj` as xyz text.

    Raises:
        ConversionError: For a value or key that xyz cannot hold; the message names its place.
        NestingError: For data that contains itself or is nested too deeply.
    """
    from ato_adict._xyz_write import write

    return write(obj)


def loads(text: str) -> Any:
    """Return the data that an xyz text describes.

    Raises:
        ConfigFileError: For malformed text; the message names line and column.
        NestingError: For text that is nested too deeply.
    """
    from ato_adict._xyz_read import read

    return read(text)


def dump(obj: Any, path_or_file: PathOrFile) -> None:
    """Write `obj` as xyz text to a path (all or nothing) or to an open text file."""
    text = dumps(obj)
    if isinstance(path_or_file, (str, os.PathLike)):
        from ato_adict._files import write

        write(path_or_file, text)
    else:
        path_or_file.write(text)


def load(path_or_file: PathOrFile) -> Any:
    """Return the data in a file, given by its path or open for reading text.

    Raises:
        ConfigFileError: For malformed text; the message names path, line and column.
    """
    from ato_adict._files import read_text
    from ato_adict._xyz_read import read

    if isinstance(path_or_file, (str, os.PathLike)):
        return read(read_text(os.fspath(path_or_file)), os.fspath(path_or_file))
    return read(path_or_file.read())
