"""What is on its way into a folder of copies, or out of it, and what killed programs left of it.

Each has a name that nobody else gives to a file, and is locked for as long as its program lives:
other things in the folder are nobody's business, and what is left behind is told at once.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import re
import shutil
import time
import uuid
from typing import Callable, Iterator

from ato_sql._values.journals import fcntl, lock

INCOMING, OUTGOING = ".incoming-", ".outgoing-"
_NAME = re.compile(r"\.(?:incoming|outgoing)-([0-9a-f]{8})[0-9a-f]{32}")
# Where locks say nothing, or may say nothing of other machines.
_ABANDONED_SECONDS = 86400.0
_SWEEP_SECONDS = 3600.0
_SWEPT: dict[str, float] = {}  # when each folder was swept by this process


@functools.lru_cache(maxsize=None)
def _machine() -> str:
    return hashlib.sha256(platform.node().encode("utf-8", "replace")).hexdigest()[:8]


@contextlib.contextmanager
def folder_on_the_way(folder: str, way: str) -> Iterator[str]:
    """Make a folder in `folder` that is gone when the block ends.

    Args:
        folder: that of the copies.
        way: `INCOMING` or `OUTGOING`.

    Raises:
        OSError: it cannot be made.
    """
    with _on_the_way(folder, way, _make_folder) as (path, _):
        yield path


@contextlib.contextmanager
def file_on_the_way(folder: str) -> Iterator[tuple[str, int | None]]:
    """Make an empty file in `folder` for content that is to be written; as `folder_on_the_way`.

    Yields:
        Its path, and the descriptor that holds it: to open it once more costs a tenth of what an
        image costs. None on Windows, where nobody moves an open file.
    """
    with _on_the_way(folder, INCOMING, _make_file) as made:
        yield made


def _make_folder(path: str) -> int | None:
    os.mkdir(path, 0o700)
    return None if fcntl is None else os.open(path, os.O_RDONLY)


def _make_file(path: str) -> int | None:
    if fcntl is not None:
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    open(path, "xb").close()
    return None


@contextlib.contextmanager
def _on_the_way(
    folder: str, way: str, make: Callable[[str], int | None]
) -> Iterator[tuple[str, int | None]]:
    path, held = _made(folder, way, make)
    try:
        yield path, held
    finally:
        _remove(path)
        if held is not None:
            os.close(held)


def _made(folder: str, way: str, make: Callable[[str], int | None]) -> tuple[str, int | None]:
    """Make something and lock it, for as long as the descriptor is open."""
    while True:
        path = os.path.join(folder, f"{way}{_machine()}{uuid.uuid4().hex}")
        try:
            descriptor = make(path)
        except FileNotFoundError:
            if not os.path.isdir(folder):
                raise
            continue  # a sweep came in between
        if descriptor is None or _is_held(descriptor, path):
            return path, descriptor
        os.close(descriptor)


def _is_held(descriptor: int, path: str) -> bool:
    try:
        lock(descriptor)
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except OSError:
        return False


def sweep_sometimes(folder: str) -> None:
    """Call `sweep` once an hour."""
    now = time.monotonic()
    if now - _SWEPT.get(folder, -_SWEEP_SECONDS) >= _SWEEP_SECONDS:
        _SWEPT[folder] = now
        sweep(folder)


def sweep(folder: str) -> None:
    """Remove what programs that were killed left half done."""
    for name in os.listdir(folder):
        named = _NAME.fullmatch(name)
        path = os.path.join(folder, name)
        if named is not None and not os.path.islink(path):
            try:
                _remove_if_left(path, named.group(1) == _machine())
            except OSError:
                continue


def _remove_if_left(path: str, is_of_here: bool) -> None:
    is_left = time.time() - os.stat(path).st_mtime > _ABANDONED_SECONDS
    if fcntl is None:
        if is_left:
            _remove(path)
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        # Raises where its program lives.
        if (lock(descriptor) and is_of_here) or is_left:
            _remove(path)
    finally:
        os.close(descriptor)


def _remove(path: str) -> None:
    if os.path.isdir(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.remove(path)
