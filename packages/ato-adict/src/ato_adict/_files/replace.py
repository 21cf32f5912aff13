"""Write a file all or nothing, without taking the place of what is no file of that kind."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import stat
import tempfile
import time

from ato_adict.surroundings import MEMORY_FOLDER, absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Union

    Path = Union[str, "os.PathLike[str]"]

_SUFFIX = ".tmp"
_ABANDONED_SECONDS = 3600.0  # a temporary file that is older belongs to a program that was killed


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[str]:
    """Give the name of a file to write, which takes the place of `path` if all goes well.

    Where `path` is a link, of its target. Mode and owner stay as they are. What is no file, such
    as a pipe or `/dev/stdout`, is not replaced: it is itself what is written to.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be written; the old file is as it was.
    """
    name = os.fspath(path)
    if _is_stream(name):
        yield name
        return
    target = os.path.realpath(absolute(name))
    if os.path.isdir(target):
        raise IsADirectoryError(21, "Is a directory", name)
    _sweep(target)
    directory, base = os.path.split(target)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{base}.", suffix=_SUFFIX, dir=directory)
    except OSError as error:
        error.filename = name  # a temporary name says nothing to who gave this one
        raise
    os.close(handle)
    try:
        yield temporary
        _to_the_disk(temporary)
        _settle(temporary, target)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def _is_stream(name: str) -> bool:
    """Tell whether what is there is written to, not replaced."""
    path = absolute(name)
    is_device = path.startswith(("/dev/", "/proc/")) and not path.startswith(MEMORY_FOLDER)
    if is_device:  # even if it stands for a file
        return os.path.exists(name) and not os.path.isdir(name)
    try:
        mode = os.stat(name).st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _sweep(target: str) -> None:
    """Remove the temporary files that killed programs left of the same target."""
    directory, base = os.path.split(target)
    pattern = os.path.join(glob.escape(directory), f".{glob.escape(base)}.*{_SUFFIX}")
    for left in glob.glob(pattern):
        try:
            if time.time() - os.lstat(left).st_mtime > _ABANDONED_SECONDS:
                os.unlink(left)
        except OSError:
            continue


def _to_the_disk(path: str) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _settle(temporary: str, target: str) -> None:
    """Rename the new file to the target's name, with the target's mode and owner."""
    try:
        old = os.stat(target)
    except FileNotFoundError:
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
        return
    if not _give_to(temporary, old):
        _overwrite(temporary, target)
        return
    os.chmod(temporary, old.st_mode & 0o7777)
    os.replace(temporary, target)


def _umask() -> int:
    """Return what new files are not allowed; other threads, which make some too, see no change."""
    try:
        with open("/proc/self/status", "rb") as file:
            return next(int(line.split()[1], 8) for line in file if line.startswith(b"Umask:"))
    except (OSError, StopIteration):  # not Linux, where it is told only by setting it
        mask = os.umask(0o077)
        os.umask(mask)
        return mask


def _give_to(temporary: str, old: os.stat_result) -> bool:
    """Give a file the owner of another; False where that is not allowed."""
    new = os.stat(temporary)
    if (new.st_uid, new.st_gid) == (old.st_uid, old.st_gid):
        return True
    try:
        os.chown(temporary, old.st_uid, old.st_gid)
        return True
    except OSError:
        return False


def _overwrite(temporary: str, target: str) -> None:
    """Write into a file that must stay another user's."""
    with open(temporary, "rb") as source, open(target, "rb+") as file:
        shutil.copyfileobj(source, file)
        file.truncate()
