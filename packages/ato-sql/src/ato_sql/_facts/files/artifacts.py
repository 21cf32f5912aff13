"""Files a run made: their size and content hash, and copies kept by content."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import time
from typing import Any, Iterator, NamedTuple

from sqlalchemy.engine import URL

from ato_adict.surroundings import is_made_up, plain_pieces
from ato_sql._facts.files.copies import stored_path
from ato_sql._facts.files.on_the_way import (
    INCOMING,
    file_on_the_way,
    folder_on_the_way,
    sweep,
    sweep_sometimes,
)
from ato_sql._facts.files.written import note_written
from ato_sql._values.values import as_name, clean_text

_LARGE = 1 << 18  # bytes; what is larger is hashed while it is written
_LISTED = 10_000  # files of a folder that its manifest names


class Content(NamedTuple):
    """What a file or folder holds.

    Attributes:
        size: in bytes; None where there is no such file (yet), as `hash`.
        hash: SHA-256 of a file, or of a folder's names and contents.
        files: of a folder, `name`, `size` and `hash` of the first 10,000 files in it.
    """

    size: int | None
    hash: str | None
    files: list[dict[str, Any]] | None = None


def describe(path: str) -> Content:
    """Return what a file or folder holds.

    Of a link in a folder to another folder, or to nothing, where it points to counts.
    """
    try:
        if os.path.isdir(path):
            return _describe_folder(path)
        digest = hashlib.sha256()
        return Content(_hash_file(path, digest), digest.hexdigest())
    except (OSError, ValueError):  # a NUL in the path, which no file has
        return Content(None, None)


def _describe_folder(path: str) -> Content:
    digest, total = hashlib.sha256(), 0
    files: list[dict[str, Any]] = []
    for name in _files(path):
        digest.update(os.fsencode(name) + b"\0")
        part, size = hashlib.sha256(), 0
        whole = os.path.join(path, name)
        if _is_mere_link(whole):
            part.update(b"link\0" + os.fsencode(os.readlink(whole)))
        else:
            size = _hash_file(whole, part)
        digest.update(part.digest())
        total += size
        if len(files) < _LISTED:
            files.append({"name": clean_text(name), "size": size, "hash": part.hexdigest()})
    return Content(total, digest.hexdigest(), files)


def _hash_file(path: str, digest: Any) -> int:
    size = 0
    for piece in plain_pieces(path):
        digest.update(piece)
        size += len(piece)
    return size


def _files(folder: str, but: str | None = None) -> Iterator[str]:
    """Yield what is below a folder by its relative path: files, and links that are not followed."""
    for parent, folders, names in _walk(folder, but):
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        for name in sorted([*names, *links]):
            path = os.path.join(parent, name)
            if _is_mere_link(path) or os.path.isfile(path):  # not a pipe, which may never end
                yield os.path.relpath(path, folder).replace(os.sep, "/")


def _walk(folder: str, but: str | None) -> Iterator[tuple[str, list[str], list[str]]]:
    """Go through a folder as `os.walk` does, in order, one folder in it left out."""
    left_out = None if but is None else os.path.realpath(but)
    for parent, folders, names in os.walk(folder):
        folders.sort()
        if left_out is not None and os.path.realpath(parent) == os.path.dirname(left_out):
            folders[:] = [name for name in folders if name != os.path.basename(left_out)]
        yield parent, folders, names


def _is_mere_link(path: str) -> bool:
    """Tell whether a path is a link to a folder, which may lead in a circle, or to nothing."""
    return os.path.islink(path) and not os.path.isfile(path)


def _copy_folder(path: str, target: str, but: str) -> None:
    os.makedirs(target)
    for parent, folders, _ in _walk(path, but):
        for name in folders:
            whole = os.path.join(parent, name)
            if not os.path.islink(whole):
                os.makedirs(os.path.join(target, os.path.relpath(whole, path)))
    for name in _files(path, but):
        source, copy = os.path.join(path, name), os.path.join(target, name)
        if _is_mere_link(source):
            os.symlink(os.readlink(source), copy)
        else:
            _copy_file(source, copy)
            shutil.copystat(source, copy)


def _copy_file(path: str, copy: str) -> None:
    """Copy what is in a file; what never ends or never begins is refused."""
    pieces = plain_pieces(path)
    first = next(pieces, b"")  # it is refused before anything is written
    if not is_made_up(path):
        shutil.copyfile(path, copy)
        return
    with open(copy, "wb") as file:
        file.write(first)
        file.writelines(pieces)


def copy_into(folder: str, path: str) -> tuple[Content, str]:
    """Copy a file or folder into `folder` under its content hash, once per distinct content.

    Returns:
        What it holds, and where the copy is.

    Raises:
        OSError: it cannot be read or the copy cannot be written.
    """
    os.makedirs(folder, exist_ok=True)
    sweep(folder)
    with folder_on_the_way(folder, INCOMING) as scratch:
        copy = os.path.join(scratch, "copy")
        _copy(path, copy, folder)
        # The copy is hashed, not the original, which may go on changing.
        content = describe(copy)
        if content.hash is None:
            raise OSError(f"cannot read the copy of {path!r}")
        os.utime(copy)  # a folder comes with the time of its original
        return content, _settle(copy, folder, content.hash)


def place_of(folder: str, digest: str) -> str:
    """Return where in a folder of copies the one with a hash is."""
    return os.path.join(folder, digest[:2], digest)


def keep_bytes(folder: str, data: bytes) -> tuple[Content, str]:
    """Keep content in `folder` under its hash, as `copy_into` does of a file.

    Raises:
        OSError: it cannot be written.
    """
    digest = _Digest(data)  # while the file is made and written
    os.makedirs(folder, exist_ok=True)
    sweep_sometimes(folder)
    with file_on_the_way(folder) as (path, held):
        with open(path if held is None else os.dup(held), "wb") as file:
            file.write(data)
        return Content(len(data), digest.wait()), _settle(path, folder, digest.wait())


class _Digest:
    """The hash of content, of what is large in a thread of its own."""

    def __init__(self, data: bytes) -> None:
        self._hash = hashlib.sha256()
        self._thread: threading.Thread | None = None
        if len(data) > _LARGE:
            self._thread = threading.Thread(target=self._hash.update, args=(data,))
            self._thread.start()
        else:
            self._hash.update(data)

    def wait(self) -> str:
        """Return the hash, once it is there."""
        if self._thread is not None:
            self._thread.join()
        return self._hash.hexdigest()


def digest_of(data: bytes) -> str:
    """Return the hash that content is kept under."""
    return hashlib.sha256(data).hexdigest()


def _copy(path: str, copy: str, but: str) -> None:
    """Copy a file, or a folder without the one that copies are kept in."""
    try:
        if os.path.isdir(path):
            if os.path.realpath(path) == os.path.realpath(but):
                raise OSError(f"{path!r} is where copies are kept")
            _copy_folder(path, copy, but)
        else:
            _copy_file(path, copy)
    except ValueError as error:  # a NUL or a lone surrogate in the path
        raise FileNotFoundError(f"there is no file {path!r}: {error}") from None


def _settle(copy: str, folder: str, digest: str) -> str:
    """Put a copy in its place, which is returned; touch one that is there as wanted again."""
    target = place_of(folder, digest)
    try:
        os.utime(target)
        return target
    except PermissionError:  # another user's, with the same content
        return target
    except OSError:
        pass
    os.makedirs(os.path.dirname(target), exist_ok=True)
    note_written(folder, digest)
    try:
        os.replace(copy, target)
    except OSError:
        if not os.path.exists(target):  # else another process was first with the same content
            raise
        os.utime(target)
    return target


def artifact_event(
    path: str, data_type: str, metadata: Any, url: URL, copy_to: str | None
) -> dict[str, Any]:
    """Return the event that records an artifact of a run in the database at `url`."""
    copy: str | None = None
    if copy_to is not None:
        content, copy = copy_into(copy_to, path)
    else:
        content = describe(path)
    return content_event(path, data_type, metadata, content, copy, url)


def content_event(
    path: str, data_type: str, metadata: Any, content: Content, copy: str | None, url: URL
) -> dict[str, Any]:
    """Return the event that records content of which a copy may be at `copy`."""
    return {
        "path": clean_text(path),
        "data_type": as_name(str(data_type)),
        "data_info": metadata,
        "size": content.size,
        "content_hash": content.hash,
        "files": content.files,
        "stored": None if copy is None else clean_text(stored_path(copy, url)),
        "created_at": time.time(),  # not before the copy was touched
    }
