"""Delete runs, and what nothing refers to any more."""

from __future__ import annotations

import datetime as dt
import os
import time
import warnings
from typing import Any, Iterable, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.engine import Connection, Engine

from ato_sql._db.engine import writing
from ato_sql._db.schema import (
    Artifact,
    DeletedRun,
    Environment,
    Experiment,
    Fingerprint,
    FingerprintSource,
    LastBatch,
    table_of,
)
from ato_sql._db.upsert import insert_missing
from ato_sql._errors import TrackerWarning
from ato_sql._exchange.importing import delete_rows
from ato_sql._exchange.records import FindCopy
from ato_sql._facts.artifacts import describe
from ato_sql._facts.claims import Owner, doubt_about, is_alone
from ato_sql._facts.copies import copies_in, is_copy, remove_copy
from ato_sql._values.time import now, to_seconds

_GRACE_SECONDS = 3600.0  # a copy may be older than its row by the time its writer takes
_CLOCK_SECONDS = 0.002  # moments are stored rounded
_WRITER_DAYS = 365  # a journal older than this is not recognised as replayed


class Cleanup(NamedTuple):
    """What `gc` removed.

    Attributes:
        artifacts: paths of the copies that no run refers to.
        freed: their size in bytes.
        sources: number of fingerprints whose source no run refers to.
        environments: number of environments that no run refers to.
    """

    artifacts: list[str]
    freed: int
    sources: int
    environments: int


Cleanup.__module__ = "ato_sql"


def delete_with_copies(engine: Engine, run: Experiment, find_copy: FindCopy, owner: Owner) -> None:
    """Delete a run with all its rows, and its copied artifacts unless others have the same."""
    artifact = table_of(Artifact)
    with writing(engine).connect() as connection, connection.begin():
        # What its process still writes does not bring it back.
        gone = {"uuid": run.uuid, "deleted_at": now()}
        insert_missing(connection, table_of(DeletedRun), [gone], "uuid")
        query = select(artifact.c.stored, artifact.c.content_hash, artifact.c.created_at)
        rows = connection.execute(
            query.where(artifact.c.run_id == run.id, artifact.c.stored.is_not(None))
        ).all()
        delete_rows(connection, run.id)
        wanted = _referred(connection)
    lost = [row for row in rows if row.content_hash not in wanted]
    logged = {row.content_hash: to_seconds(row.created_at) or 0.0 for row in lost}
    found = {row: find_copy(row.stored, row.content_hash) for row in lost}
    own = _own_copies([path for path in found.values() if path is not None], owner)
    for row, path in found.items():
        if path in own:
            old = time.time() - _GRACE_SECONDS
            remove_copy(path, max(old, logged[row.content_hash] + _CLOCK_SECONDS))


def _own_copies(paths: Iterable[str], owner: Owner) -> list[str]:
    """Return which are copies that this database may remove; say which folders stay."""
    copies = {path: os.path.dirname(os.path.dirname(path)) for path in paths if is_copy(path)}
    alone = {folder: _is_own(folder, owner) for folder in set(copies.values())}
    return [path for path, folder in copies.items() if alone[folder]]


def _is_own(folder: str, owner: Owner) -> bool:
    """Tell whether only this database keeps copies in a folder; say so where it is one of several.

    It may as well be a copy of the one that does.
    """
    if is_alone(folder, owner):
        return True
    claim = doubt_about(folder, owner)
    if claim is not None:
        text = (
            f"the copies in {folder} stay: this database shares them with, or is a copy of, the "
            f"one that {claim} tells of; if that one is gone for good, remove that file"
        )
        warnings.warn(text, TrackerWarning, stacklevel=2)
    return False


def _referred(connection: Connection) -> set[str]:
    """The content of the copies that runs have."""
    artifact = table_of(Artifact)
    query = select(artifact.c.content_hash).where(artifact.c.stored.is_not(None)).distinct()
    return set(connection.execute(query).scalars())


def collect(engine: Engine, folder: str | None, owner: Owner, dry_run: bool = False) -> Cleanup:
    """Remove what no run refers to.

    Args:
        engine: the database.
        folder: where its copies of artifacts are; None to leave them alone, as one is in any case
            that is not only its own.
        owner: how it claims folders.
        dry_run: only tell.
    """
    orphans: dict[str, int] = {}
    with writing(engine).connect() as connection, connection.begin():
        referred = _referred(connection)
        for path in copies_in(folder) if folder and _is_own(folder, owner) else ():
            if os.path.basename(path) not in referred and _is_old(path):
                content = describe(path)
                if content.hash == os.path.basename(path):  # else it is not what was copied
                    orphans[path] = content.size or 0
        counts = _orphan_rows(connection, dry_run)
    if not dry_run:
        old = time.time() - _GRACE_SECONDS
        orphans = {path: size for path, size in orphans.items() if remove_copy(path, old)}
        vacuum(engine)
    return Cleanup(list(orphans), sum(orphans.values()), *counts)


def _is_old(path: str) -> bool:
    try:
        return time.time() - os.stat(path).st_mtime > _GRACE_SECONDS
    except OSError:
        return False


def _orphan_rows(connection: Connection, dry_run: bool) -> Any:
    source, environment = table_of(FingerprintSource), table_of(Environment)
    printed = select(table_of(Fingerprint).c.fingerprint)
    used = select(table_of(Experiment).c.environment_hash).where(
        table_of(Experiment).c.environment_hash.is_not(None)
    )
    counts = []
    for table, lost in (
        (source, source.c.fingerprint.not_in(printed)),
        (environment, environment.c.hash.not_in(used)),
    ):
        counts.append(connection.execute(select(func.count()).where(lost)).scalar() or 0)
        if not dry_run:
            connection.execute(delete(table).where(lost))
    if not dry_run:
        writer = table_of(LastBatch)
        old = now() - dt.timedelta(days=_WRITER_DAYS)
        connection.execute(delete(writer).where(writer.c.updated_at < old))
    return counts


def vacuum(engine: Engine) -> bool:
    """Give the freed space back to the disk; False if others were in the way."""
    if engine.dialect.name != "sqlite":
        return False  # servers do it by themselves
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
        return True
    except engine.dialect.dbapi.Error:  # type: ignore[union-attr]
        return False
    finally:
        connection.close()
