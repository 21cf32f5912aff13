"""The folders that copies of artifacts are kept in: whose they are, and what may be removed.

A copy is named by its content: `<2 hex>/<64 hex>`. Each database that keeps copies in a folder
leaves a claim in its `.owners`; one removes copies only where every claim is its own, so that
neither a moved, copied or merged database nor a hostile export makes it remove what is another's.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
import time
from typing import Iterator, NamedTuple

from sqlalchemy.engine import URL

from ato_adict.surroundings import file_name
from ato_sql._values.url import sqlite_file

_NAME = re.compile(r"[0-9a-f]{64}")
_CLAIMS = ".owners"
_LONGEST_CLAIM = 1 << 16
INCOMING, OUTGOING = ".incoming-", ".outgoing-"
_ABANDONED_SECONDS = 86400.0  # what is on its way longer than this belongs to a killed program
_SWEEP_SECONDS = 3600.0
_SWEPT: dict[str, float] = {}  # when each folder was swept by this process


class Owner(NamedTuple):
    """A database, as its claims name it.

    Attributes:
        uuid: of the database, which it keeps when it is moved, renamed or copied.
        path: of the SQLite file, links resolved; None for a server.
        where: the path, or what stands for it on a server.
    """

    uuid: str | None
    path: str | None
    where: str


def owner_of(url: URL, uuid: str | None) -> Owner:
    """Return how a database claims folders."""
    path = real_file(url)
    return Owner(
        uuid, path, path or f"{url.get_backend_name()} {url.host} {url.port} {url.database}"
    )


def real_file(url: URL) -> str | None:
    """Return the path of an SQLite file, links resolved; None for a server."""
    path = sqlite_file(url)
    return None if path is None else os.path.realpath(path)


def artifact_folder(url: URL, chosen: str | None) -> str:
    """Return where copies go: `<file>.artifacts` beside an SQLite file, else ./ato_artifacts."""
    if chosen is not None:
        return os.path.abspath(chosen)
    path = real_file(url)
    return os.path.abspath("ato_artifacts") if path is None else f"{path}.artifacts"


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
    return os.path.abspath(path)


def found_path(stored: str, digest: str | None, url: URL, chosen: str | None) -> str:
    """Return where a copy is that is stored under a path.

    What is stored as an absolute path, as earlier versions did, or is not there, is looked for by
    its content in the database's own folder first: the whole project may have been moved or copied.
    """
    base = real_file(url) or os.path.abspath("ato")
    path = os.path.normpath(os.path.join(os.path.dirname(base), file_name(stored)))
    is_certain = not os.path.isabs(stored) and os.path.exists(path)
    if not is_certain and digest and _NAME.fullmatch(digest):
        own = os.path.join(artifact_folder(url, chosen), digest[:2], digest)
        if os.path.exists(own):
            return own
    return path


# -- claims ----------------------------------------------------------------------------------------


def claim(folder: str, owner: Owner) -> None:
    """Note that a database keeps copies in a folder."""
    place = os.path.join(folder, _CLAIMS)
    os.makedirs(place, exist_ok=True)
    path = os.path.join(place, _claim_name(owner))
    if os.path.lexists(path) and not _is_file(path):  # where others may write, who knows what
        raise OSError(f"{path} is no plain file; remove it")
    if owner.uuid is None:  # not known while the database is out of reach
        with open(path, "a"):
            return
    text = json.dumps({"database": owner.uuid, "path": _seen_from(folder, owner)})
    try:
        if _read_claim(path) == text:
            return
    except OSError:
        pass
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _is_file(path: str) -> bool:
    return stat.S_ISREG(os.lstat(path).st_mode)


def _read_claim(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(_LONGEST_CLAIM)


def _claim_name(owner: Owner) -> str:
    digest = hashlib.sha256(owner.where.encode("utf-8", "replace")).hexdigest()[:8]
    name = os.path.basename(owner.where.rsplit(" ", 1)[-1] if owner.path is None else owner.path)
    return f"{name}-{digest}" if owner.uuid is None else f"{name}-{digest}-{owner.uuid}"


def _seen_from(folder: str, owner: Owner) -> str:
    """The path of a database from a folder, so that the two can be moved together."""
    if owner.path is None:
        return owner.where
    try:
        return os.path.relpath(owner.path, os.path.realpath(folder))
    except ValueError:  # another drive
        return owner.path


def is_alone(folder: str, owner: Owner) -> bool:
    """Tell whether a database keeps copies in a folder, and no other does."""
    place = os.path.join(folder, _CLAIMS)
    try:
        names = os.listdir(place)
        return bool(names) and all(_is_own(folder, name, owner) for name in names)
    except (OSError, ValueError):  # a NUL in a path
        return False


def _is_own(folder: str, name: str, owner: Owner) -> bool:
    path = os.path.join(folder, _CLAIMS, name)
    if not _is_file(path):
        return False
    text = _read_claim(path)
    if not text:  # of a version that knew no more than where the database was
        return name == _claim_name(owner._replace(uuid=None))
    try:
        data = json.loads(text)
        uuid, path = data["database"], str(data["path"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    if uuid is None or uuid != owner.uuid:
        return False
    if owner.path is None:
        return path == owner.where
    there = os.path.join(os.path.realpath(folder), path)
    # Gone: it was moved, and is this one. Another file: this is a copy of it, or it of this.
    return not os.path.exists(there) or os.path.samefile(there, owner.path)


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
    named = _NAME.fullmatch(name) is not None and os.path.basename(place) == name[:2]
    return named and os.path.exists(path) and not os.path.islink(path) and not os.path.islink(place)


def remove_copy(path: str, until: float) -> bool:
    """Remove a copy unless the same content was logged after a moment; False if it stays.

    Whoever logs it touches the copy that is there. It is put aside before its time is read: so it
    is either seen to be wanted, or found missing by the other, who then copies the content anew.
    """
    folder = os.path.dirname(os.path.dirname(path))
    try:
        scratch = tempfile.mkdtemp(dir=folder, prefix=OUTGOING)
    except OSError:
        return False
    try:
        aside = os.path.join(scratch, os.path.basename(path))
        os.rename(path, aside)
        if os.stat(aside).st_mtime > until:
            _put_back(aside, path)
            return False
    except OSError:
        return False
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    try:
        os.rmdir(os.path.dirname(path))  # only if it is empty now
    except OSError:
        pass
    return True


def _put_back(aside: str, path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        os.rename(aside, path)
    except OSError:
        if not os.path.exists(path):  # else it was copied anew meanwhile
            raise


def sweep_sometimes(folder: str) -> None:
    """Call `sweep` once an hour."""
    now = time.monotonic()
    if now - _SWEPT.get(folder, -_SWEEP_SECONDS) >= _SWEEP_SECONDS:
        _SWEPT[folder] = now
        sweep(folder)


def sweep(folder: str) -> None:
    """Remove what programs that were killed left half done."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.startswith((INCOMING, OUTGOING)) and not os.path.islink(path):
            try:
                if time.time() - os.stat(path).st_mtime > _ABANDONED_SECONDS:
                    _remove(path)
            except OSError:
                continue


def _remove(path: str) -> None:
    if os.path.isdir(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        os.remove(path)
