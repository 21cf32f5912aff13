"""Delete runs, and what nothing refers to any more."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from typing import Any, Callable, Container, Iterable, Iterator, Mapping, NamedTuple, Sequence

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
from ato_sql._exchange.importing import delete_rows
from ato_sql._exchange.records import FindCopy
from ato_sql._facts.files.artifacts import describe
from ato_sql._facts.files.claims import Owner, doubt_about, is_alone
from ato_sql._facts.files.copies import copies_in, date_back, is_copy, remove_copy
from ato_sql._facts.files.on_the_way import sweep
from ato_sql._facts.files.written import CLAIMS, RUNS, runs_of, written_in
from ato_sql._values.telling import tell
from ato_sql._values.time import from_seconds, now, to_seconds
from ato_sql._write.storing.apply import find_runs

# The path of a copy, as its run's artifacts tell it and as another may log it.
_COPY = re.compile(r"(?=(?:^|[/\\])(?P<two>[0-9a-f]{2})[/\\]((?P=two)[0-9a-f]{62})(?:[/\\]|$))")
_GRACE_SECONDS = 3600.0  # a copy may be older than its row by the time its writer takes
_CLOCK_SECONDS = 0.002  # moments are stored rounded
_WRITER_DAYS = 365  # a journal older than this is not recognised as replayed


class Cleanup(NamedTuple):
    """What `gc` or `delete_run` removed.

    Attributes:
        artifacts: paths of the copies that no run refers to.
        freed: their size in bytes.
        sources: number of fingerprints whose source no run refers to.
        environments: number of environments that no run refers to.
        waiting: paths of copies that no run refers to either, but that were logged within an hour:
            the run of whoever did may not be in the database yet.
        until: when `gc` removes the last of these.
    """

    artifacts: list[str]
    freed: int
    sources: int = 0
    environments: int = 0
    waiting: list[str] = []
    until: dt.datetime | None = None


Cleanup.__module__ = "ato_sql"


def delete_with_copies(
    engine: Engine, run: Experiment, find_copy: FindCopy, owner: Owner
) -> Cleanup:
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
    logged: dict[str, float] = {}
    for row in rows:
        path, moment = find_copy(row.stored, row.content_hash), to_seconds(row.created_at) or 0.0
        if path is not None and os.path.basename(path) == row.content_hash:
            logged[path] = max(moment, logged.get(path, 0.0))
    lost = [path for path in logged if os.path.basename(path) not in wanted]
    kept = [path for path in logged if os.path.basename(path) in wanted]
    own = _as_copied(_own_copies(lost, lambda folder: _is_own(folder, owner, engine)))
    own += _own_copies(kept, lambda folder: is_alone(folder, owner))
    return _removed({path: logged[path] + _CLOCK_SECONDS for path in own}, wanted)


def _removed(logged: Mapping[str, float], wanted: Mapping[str, float]) -> Cleanup:
    """Remove copies that nobody wants; tell which were logged again after a moment each."""
    sizes, waiting = {}, []
    for path, until in logged.items():
        later = wanted.get(os.path.basename(path))
        if later is not None:
            date_back(path, until, later)
            continue
        size = _size_of(path)
        if remove_copy(path, max(time.time() - _GRACE_SECONDS, until)):
            sizes[path] = size
        else:
            waiting.append(path)
    return Cleanup(list(sizes), sum(sizes.values()), waiting=waiting, until=_end_of(waiting))


def _size_of(path: str) -> int:
    if os.path.isdir(path):
        return sum(_size_of(os.path.join(path, name)) for name in os.listdir(path))
    return os.lstat(path).st_size if os.path.lexists(path) else 0


def _end_of(waiting: Sequence[str]) -> dt.datetime | None:
    """Return when the last of some copies is an hour old."""
    times = [os.stat(path).st_mtime for path in waiting if os.path.exists(path)]
    return from_seconds(max(times) + _GRACE_SECONDS) if times else None


def _own_copies(paths: Iterable[str], is_own: Callable[[str], bool]) -> list[str]:
    """Return which are copies in folders that are this database's; each folder is asked of once."""
    copies = {path: os.path.dirname(os.path.dirname(path)) for path in paths if is_copy(path)}
    folders = [folder for folder in set(copies.values()) if is_own(folder)]
    ours = {folder: written_in(folder) for folder in folders}
    return [
        path for path, folder in copies.items() if os.path.basename(path) in ours.get(folder, ())
    ]


def _as_copied(paths: Sequence[str]) -> list[str]:
    """Return which copies still are what was copied; say of the others that they stay."""
    same = [path for path in paths if _sizes_as_copied([path])]
    for path in set(paths).difference(same):
        text = f"the copy at {path} stays: it is not what was copied there; remove it by hand"
        tell(text)
    return same


def _sizes_as_copied(paths: Iterable[str]) -> dict[str, int]:
    """Return the sizes of the copies among some that hold the content they are named by."""
    found = ((path, describe(path)) for path in paths)
    return {
        path: content.size or 0 for path, content in found if content.hash == os.path.basename(path)
    }


def _is_own(folder: str, owner: Owner, engine: Engine) -> bool:
    """Tell whether only this database keeps copies in a folder; say so where it is one of several.

    It may as well be a copy of the one that does, or an earlier state of it that was put back.
    """
    if is_alone(folder, owner):
        unknown = _unknown_runs(folder, owner, engine)
        if not unknown:
            return True
        text = (
            f"the copies in {folder} stay: {len(unknown)} runs that this database does not have "
            "keep some there; it is an earlier state of itself, such as a backup that was put "
            f"back; if no other file has those runs, remove {os.path.join(folder, CLAIMS, RUNS)}"
        )
        tell(text)
        return False
    claim = doubt_about(folder, owner)
    if claim is not None:
        text = (
            f"the copies in {folder} stay: this database shares them with, or is a copy of, the "
            f"one that {claim} tells of; if that one is gone for good, remove that file"
        )
        tell(text)
    return False


def _unknown_runs(folder: str, owner: Owner, engine: Engine) -> set[str]:
    """Return the runs with copies in a folder that a database neither has nor has deleted."""
    try:
        noted = runs_of(folder, str(owner.uuid))
    except OSError:  # then nobody knows
        return {""}
    with engine.connect() as connection:
        return set(noted).difference(find_runs(connection, sorted(noted)), _deleted(connection))


def _deleted(connection: Connection) -> Iterable[str]:
    return connection.execute(select(table_of(DeletedRun).c.uuid)).scalars()


def _referred(connection: Connection) -> dict[str, float]:
    """The content of the copies that runs have or name, and when each was last logged."""
    artifact = table_of(Artifact)
    query = select(artifact.c.content_hash, func.max(artifact.c.created_at))
    query = query.where(artifact.c.stored.is_not(None)).group_by(artifact.c.content_hash)
    rows = [*connection.execute(query), *_named(connection)]
    wanted: dict[str, float] = {}
    for digest, moment in rows:
        wanted[digest] = max(to_seconds(moment) or 0.0, wanted.get(digest, 0.0))
    return wanted


def _named(connection: Connection) -> Iterator[tuple[str, Any]]:
    """Yield which copies the paths of artifacts name, and when these were logged.

    A run that goes on from the checkpoint of another may log that one's copy where it lies, or a
    file in a copied folder.
    """
    artifact = table_of(Artifact)
    query = select(artifact.c.path, artifact.c.created_at).where(artifact.c.stored.is_(None))
    for path, moment in connection.execute(query.where(func.length(artifact.c.path) > 64)):
        for named in _COPY.finditer(path):
            yield named.group(2), moment


def collect(engine: Engine, folder: str | None, owner: Owner, dry_run: bool = False) -> Cleanup:
    """Remove what no run refers to.

    Args:
        engine: the database.
        folder: where its copies of artifacts are; None to leave them alone, as one is in any case
            that is not only its own.
        owner: how it claims folders.
        dry_run: only tell.
    """
    is_own = folder is not None and _is_own(folder, owner, engine)
    with writing(engine).connect() as connection, connection.begin():
        lost = _lost_copies(folder, _referred(connection)) if folder and is_own else {}
        counts = _orphan_rows(connection, dry_run)
    orphans = {path: size for path, size in lost.items() if _is_old(path)}
    waiting = [path for path in lost if path not in orphans]
    if not dry_run:
        old = time.time() - _GRACE_SECONDS
        orphans = {path: size for path, size in orphans.items() if remove_copy(path, old)}
        if folder and is_own:
            sweep(folder)
        vacuum(engine)
    freed = sum(orphans.values())
    sources, environments = counts
    return Cleanup(list(orphans), freed, sources, environments, waiting, _end_of(waiting))


def _lost_copies(folder: str, referred: Container[str]) -> dict[str, int]:
    """Return the copies in a folder that ato wrote and no run refers to, with their sizes."""
    ours = written_in(folder)
    names = ((path, os.path.basename(path)) for path in copies_in(folder))
    return _sizes_as_copied(p for p, digest in names if digest in ours and digest not in referred)


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
