"""Delete runs, and what nothing refers to any more."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from typing import Any, Iterator, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.engine import Connection, Engine

from ato_sql._artifacts import describe, owners
from ato_sql._engine import writing
from ato_sql._intake import delete_rows
from ato_sql._schema import (
    Artifact,
    Environment,
    Experiment,
    Fingerprint,
    FingerprintSource,
    Writer,
    table_of,
)
from ato_sql._time import now

_GRACE_SECONDS = 3600.0  # a copy may be older than its row by the time its writer takes
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


def delete_run(engine: Engine, run_id: int) -> None:
    """Delete a run with all its rows, and its copied artifacts unless others have the same."""
    artifact = table_of(Artifact)
    with writing(engine).connect() as connection, connection.begin():
        query = select(artifact.c.stored).where(artifact.c.run_id == run_id)
        copies = set(connection.execute(query.where(artifact.c.stored.is_not(None))).scalars())
        delete_rows(connection, run_id)
        copies -= _referred(connection)
    for path in copies:
        _remove(path)


def _referred(connection: Connection) -> set[str]:
    artifact = table_of(Artifact)
    query = select(artifact.c.stored).where(artifact.c.stored.is_not(None)).distinct()
    return set(connection.execute(query).scalars())


def collect(engine: Engine, folder: str, dry_run: bool = False) -> Cleanup:
    """Remove what no run refers to.

    Args:
        engine: the database.
        folder: where its copies of artifacts are. One that several databases share is left alone.
        dry_run: only tell.
    """
    with writing(engine).connect() as connection, connection.begin():
        referred = _referred(connection)
        orphans = [p for p in _copies(folder) if p not in referred and _is_old(p)]
        if len(owners(folder)) > 1:
            orphans = []
        freed = sum(describe(path)[0] or 0 for path in orphans)
        result = Cleanup(orphans, freed, *_orphan_rows(connection, dry_run))
    if not dry_run:
        for path in orphans:
            _remove(path)
        vacuum(engine)
    return result


def _copies(folder: str) -> Iterator[str]:
    for prefix in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        if len(prefix) == 2:
            for name in sorted(os.listdir(os.path.join(folder, prefix))):
                yield os.path.join(folder, prefix, name)


def _is_old(path: str) -> bool:
    try:
        return time.time() - os.stat(path).st_ctime > _GRACE_SECONDS
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
        writer = table_of(Writer)
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


def _remove(path: str) -> None:
    try:
        if os.path.isdir(path):
            shutil.rmtree(path)
        else:
            os.remove(path)
        os.rmdir(os.path.dirname(path))  # only if it is empty now
    except OSError:
        pass
