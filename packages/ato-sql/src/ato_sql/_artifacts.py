"""Files a run made: their size and content hash, and copies kept by content."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from typing import Any, Iterator

from sqlalchemy.engine import URL

from ato_sql._engine import sqlite_file
from ato_sql._values import clean_text

_BLOCK = 1 << 20


def artifact_folder(url: URL, chosen: str | None) -> str:
    """Return where copies go: `<file>.artifacts` beside an SQLite file, else ./ato_artifacts."""
    if chosen is not None:
        return os.path.abspath(chosen)
    path = sqlite_file(url)
    return os.path.abspath(f"{path}.artifacts" if path is not None else "ato_artifacts")


def describe(path: str) -> tuple[int | None, str | None]:
    """Return size in bytes and SHA-256 of a file or of a folder's names and contents.

    Both are None where there is no such file (yet).
    """
    digest = hashlib.sha256()
    size = 0
    try:
        if not os.path.isdir(path):
            size = _hash_file(path, digest)
        else:
            for name in _files(path):
                digest.update(os.fsencode(name) + b"\0")
                part = hashlib.sha256()
                size += _hash_file(os.path.join(path, name), part)
                digest.update(part.digest())
    except OSError:
        return None, None
    return size, digest.hexdigest()


def _hash_file(path: str, digest: Any) -> int:
    size = 0
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(_BLOCK), b""):
            digest.update(block)
            size += len(block)
    return size


def _files(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield os.path.relpath(os.path.join(parent, name), folder).replace(os.sep, "/")


def copy_into(folder: str, path: str) -> tuple[int, str, str]:
    """Copy a file or folder into `folder` under its content hash, once per distinct content.

    Returns:
        Its size, its hash, and where the copy is, relative to `folder`.

    Raises:
        OSError: it cannot be read or the copy cannot be written.
    """
    os.makedirs(folder, exist_ok=True)
    scratch = tempfile.mkdtemp(dir=folder, prefix=".incoming-")
    try:
        copy = os.path.join(scratch, "copy")
        if os.path.isdir(path):
            shutil.copytree(path, copy)
        else:
            shutil.copyfile(path, copy)
        # The copy is hashed, not the original, which may go on changing.
        size, digest = describe(copy)
        if size is None or digest is None:
            raise OSError(f"cannot read the copy of {path!r}")
        stored = f"{digest[:2]}/{digest}"
        _settle(copy, os.path.join(folder, stored))
        return size, digest, stored
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def claim(folder: str, owner: str) -> None:
    """Note that a database keeps copies in a folder."""
    place = os.path.join(folder, ".owners")
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, owner), "a"):
        pass


def owners(folder: str) -> list[str]:
    """Return the databases that keep copies in a folder."""
    place = os.path.join(folder, ".owners")
    return sorted(os.listdir(place)) if os.path.isdir(place) else []


def _settle(copy: str, target: str) -> None:
    if os.path.exists(target):
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    try:
        os.replace(copy, target)
    except OSError:
        if not os.path.exists(target):  # else another process was first with the same content
            raise


def artifact_event(
    path: str, data_type: str, metadata: Any, created_at: float, copy_to: str | None
) -> dict[str, Any]:
    """Return the event that records an artifact."""
    stored: str | None = None
    size: int | None
    digest: str | None
    if copy_to is not None:
        size, digest, name = copy_into(copy_to, path)
        stored = os.path.join(copy_to, *name.split("/"))
    else:
        size, digest = describe(path)
    return {
        "path": clean_text(path),
        "data_type": clean_text(str(data_type)),
        "data_info": metadata,
        "size": size,
        "content_hash": digest,
        "stored": None if stored is None else clean_text(stored),
        "created_at": created_at,
    }
