"""Whose the folders are that copies of artifacts are kept in.

Each database that keeps copies in a folder leaves a claim in its `.owners`; one removes copies only
where every claim is its own, so that neither a copied or merged database nor a hostile export makes
it remove what another refers to. Where that cannot be told, nothing is removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from typing import Any, Mapping, NamedTuple

from sqlalchemy.engine import URL

from ato_sql._facts.files.copies import real_file
from ato_sql._facts.files.file_marks import are_same, mark_of
from ato_sql._facts.files.written import CLAIMS, LIST, RUNS, begin_list

_LONGEST_CLAIM = 1 << 16


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


# -- to claim --------------------------------------------------------------------------------------


def claim(folder: str, owner: Owner) -> None:
    """Note that a database keeps copies in a folder."""
    place = os.path.join(folder, CLAIMS)
    begin_list(folder)
    path = os.path.join(place, _claim_name(owner))
    _check_plain(path)
    if owner.uuid is None:  # not known while the database is out of reach
        with open(path, "a"):
            return
    if os.path.exists(path) and not _is_own(folder, os.path.basename(path), owner):
        # That of the file which had this path before, and may be elsewhere now, stays.
        path = os.path.join(place, _claim_name(owner, mark_of(owner.path or "")))
        _check_plain(path)
    text = json.dumps(_claim_of(folder, owner))
    try:
        if _read_claim(path) == text:
            return
    except OSError:
        pass
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _claim_of(folder: str, owner: Owner) -> dict[str, Any]:
    """What a claim says: with the marks a database that was renamed is told from a copy of it."""
    found: dict[str, Any] = {"database": owner.uuid, "path": _seen_from(folder, owner)}
    if owner.path is not None:
        found.update(file=mark_of(owner.path), folder=mark_of(os.path.join(folder, CLAIMS)))
    return found


def _check_plain(path: str) -> None:
    if os.path.lexists(path) and not _is_file(path):  # where others may write, who knows what
        raise OSError(f"{path} is no plain file; remove it")


def _is_file(path: str) -> bool:
    return stat.S_ISREG(os.lstat(path).st_mode)


def _read_claim(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(_LONGEST_CLAIM)


def _claim_name(owner: Owner, mark: object = None) -> str:
    whole = owner.where if mark is None else f"{owner.where} {mark}"
    digest = hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:8]
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


# -- whose they are --------------------------------------------------------------------------------


def is_alone(folder: str, owner: Owner) -> bool:
    """Tell whether a database keeps copies in a folder, and no other does."""
    try:
        names = _claims_in(folder)
        return bool(names) and all(_is_own(folder, name, owner) for name in names)
    except (OSError, ValueError):  # a NUL in a path
        return False


def doubt_about(folder: str, owner: Owner) -> str | None:
    """Return the claim for which copies stay that are this database's, or of what it is a copy of.

    None where nothing stays, or the folder has nothing to do with this database.
    """
    try:
        names = _claims_in(folder)
        others = [name for name in names if not _is_own(folder, name, owner)]
    except (OSError, ValueError):
        return None
    known = any(str(owner.uuid) in name for name in names)
    return os.path.join(folder, CLAIMS, others[0]) if others and known else None


def _claims_in(folder: str) -> list[str]:
    return sorted(
        name for name in os.listdir(os.path.join(folder, CLAIMS)) if name not in (LIST, RUNS)
    )


def _is_own(folder: str, name: str, owner: Owner) -> bool:
    path = os.path.join(folder, CLAIMS, name)
    if not _is_file(path):
        return False
    text = _read_claim(path)
    if not text:  # of a version that knew no more than where the database was
        return name == _claim_name(owner._replace(uuid=None))
    try:
        found = json.loads(text)
        uuid, path = found["database"], str(found["path"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    if uuid is None or uuid != owner.uuid:
        return False
    if owner.path is None:
        return path == owner.where
    return _is_by(found, folder, owner.path)


def _is_by(claim: Mapping[str, Any], folder: str, database: str) -> bool:
    """Tell whether a claim was made by this file, and not by one that it is a copy of.

    Where the folder itself is another one, both were copied, or moved to another disk, together;
    then, as for earlier versions, who lies at the place that is claimed is meant.
    """
    if are_same(claim.get("folder"), mark_of(os.path.join(folder, CLAIMS))) and claim.get("file"):
        return are_same(claim["file"], mark_of(database))
    there = os.path.join(os.path.realpath(folder), str(claim["path"]))
    return os.path.exists(there) and os.path.samefile(there, database)
