"""The folders that copies of artifacts are kept in: where a copy is, and how it is removed.

A copy is named by its content: `<2 hex>/<64 hex>`. Whose a folder is, `claims` tells.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import Iterator

from sqlalchemy.engine import URL

from ato_adict.surroundings import absolute, file_name
from ato_sql._errors import ArtifactError, DatabaseError
from ato_sql._facts.files.on_the_way import OUTGOING, folder_on_the_way
from ato_sql._values.url import sqlite_file

_NAME = re.compile(r"[0-9a-f]{64}")


def real_file(url: URL) -> str | None:
    """Return the path of an SQLite file, links resolved; None for a server."""
    path = sqlite_file(url)
    return None if path is None else os.path.realpath(path)


def artifact_folder(url: URL, chosen: str | None) -> str:
    """Return where copies go: `<file>.artifacts` beside an SQLite file, else ./ato_artifacts."""
    if chosen is not None:
        return absolute(chosen)
    path = real_file(url)
    return absolute("ato_artifacts") if path is None else f"{path}.artifacts"


# -- where a copy is, as it is stored and as it is read --------------------------------------------


def stored_path(path: str, url: URL) -> str:
    """Return what is stored of the path of a copy.

    Relative to the folder of the database where it is below that, so that both can be moved.
    """
    base = real_file(url)
    if base is not None:
        relative = os.path.relpath(os.path.realpath(path), os.path.dirname(base))
        if not os.path.isabs(relative) and relative.split(os.sep)[0] != os.pardir:
            return relative.replace(os.sep, "/")
    return absolute(path)


def found_path(stored: str, digest: str | None, url: URL, chosen: str | None) -> str | None:
    """Return where a copy is that is stored under a path; None for what is no path of a copy.

    Whoever made the file of a database or an export may have written any path into it: only one
    that is named by the content it is said to have counts.

    What is stored as an absolute path, as earlier versions did, or is not there, is looked for by
    its content in the database's own folder first: the whole project may have been moved or copied.
    """
    base = real_file(url) or absolute("ato")
    path = os.path.normpath(os.path.join(os.path.dirname(base), file_name(stored)))
    is_certain = not os.path.isabs(stored) and os.path.exists(path)
    if not is_certain and digest and _NAME.fullmatch(digest):
        own = os.path.join(artifact_folder(url, chosen), digest[:2], digest)
        if os.path.exists(own):
            return own
    return path if is_named_for(path, digest) else None


def is_named_for(path: str, digest: str | None) -> bool:
    """Tell whether a path is that of a copy of a content."""
    place, name = os.path.split(path)
    good = digest is not None and name == digest and _NAME.fullmatch(digest) is not None
    return good and os.path.basename(place) == name[:2]


def read_copy(path: str, digest: str, size: int | None) -> bytes:
    """Return the content of a copy that is a file.

    Raises:
        FileNotFoundError: there is none.
        ArtifactError: it is a folder.
        DatabaseError: it is not what was logged.
    """
    if not is_copy(path):
        raise FileNotFoundError(f"there is no copy at {path}")
    if os.path.isdir(path):
        raise ArtifactError(f"the copy is a folder: open the files below {path}")
    with open(path, "rb") as file:
        data = file.read() if size in (None, os.path.getsize(path)) else b""
    if hashlib.sha256(data).hexdigest() != digest:
        raise DatabaseError(f"{path} is damaged: it is not what was logged")
    return data


# -- removal ---------------------------------------------------------------------------------------


def copies_in(folder: str) -> Iterator[str]:
    """Yield the paths in a folder that are named as copies are."""
    for prefix in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        place = os.path.join(folder, prefix)
        if re.fullmatch(r"[0-9a-f]{2}", prefix) and os.path.isdir(place):
            for name in sorted(os.listdir(place)):
                if is_copy(os.path.join(place, name)):
                    yield os.path.join(place, name)


def is_copy(path: str) -> bool:
    """Tell whether a path is named as a copy is, and no link."""
    place, name = os.path.split(path)
    if not is_named_for(path, name) or os.path.islink(path) or os.path.islink(place):
        return False
    return os.path.isfile(path) or os.path.isdir(path)  # no pipe or device, which may never end


def remove_copy(path: str, until: float) -> bool:
    """Remove a copy unless the same content was logged after a moment; False if it stays.

    Whoever logs it touches the copy that is there. It is put aside before its time is read: so it
    is either seen to be wanted, or found missing by the other, who then copies the content anew.
    """
    folder = os.path.dirname(os.path.dirname(path))
    try:
        with folder_on_the_way(folder, OUTGOING) as scratch:
            aside = os.path.join(scratch, os.path.basename(path))
            os.rename(path, aside)
            if os.stat(aside).st_mtime > until:
                _put_back(aside, path)
                return False
    except OSError:
        return False
    try:
        os.rmdir(os.path.dirname(path))  # only if it is empty now
    except OSError:
        pass
    return True


def date_back(path: str, until: float, moment: float) -> None:
    """Say that a copy was last logged at an earlier moment, unless it was after another.

    A copy is as old as what was logged of it last. Where that is gone, or came from elsewhere, it
    would seem to be wanted by somebody whose run is not in the database yet.
    """
    try:
        if moment < os.stat(path).st_mtime <= until:
            os.utime(path, (moment, moment))
    except OSError:  # it is gone, or another user's
        pass


def _put_back(aside: str, path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        os.rename(aside, path)
    except OSError:
        if not os.path.exists(path):  # else it was copied anew meanwhile
            raise
