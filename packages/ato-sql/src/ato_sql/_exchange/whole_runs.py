"""Move runs between databases and files; delete them."""

from __future__ import annotations

import os
from typing import IO, Callable, Iterable, Sequence

from sqlalchemy.engine import URL

from ato_adict import did_you_mean_file
from ato_sql._db.read_only import refuse_unused
from ato_sql._errors import DatabaseError, TrackerError
from ato_sql._exchange.cleanup import Cleanup, collect, delete_with_copies, vacuum
from ato_sql._exchange.contents import Keeper
from ato_sql._exchange.files import Lines, put_lines, write_csv, write_lines, write_parquet
from ato_sql._exchange.importing import Intake, begun, take_in
from ato_sql._exchange.kinds import refuse_other_kinds
from ato_sql._exchange.records import Record, read_records
from ato_sql._facts.files.copies import artifact_folder
from ato_sql._facts.outcome import RUNNING
from ato_sql._facts.settings import read_settings
from ato_sql._read.points.metrics import read_all
from ato_sql._read.reader import Reader, RunId, chosen_ids, get_run
from ato_sql._values.url import show_url, sqlite_file
from ato_sql._write.journals.folders import abandoned


def export_runs(
    reader: Reader, target: str | IO[str], run_ids: Sequence[int], force: bool = False
) -> int:
    """Write whole runs as JSON lines to a path or an open file; return how many."""
    if isinstance(target, str):
        refuse_other_kinds(target, sqlite_file(reader.settings.url), force)
    with reader.connection() as connection:
        records = read_records(connection, run_ids, reader.find_copy)
        if isinstance(target, str):
            write_lines(target, records)
        else:
            put_lines(target, records)
    return len(run_ids)


def export_metrics(reader: Reader, path: str, run_ids: Sequence[int], force: bool = False) -> int:
    """Write all metrics of runs as CSV or Parquet, by the ending; return of how many runs."""
    refuse_other_kinds(path, sqlite_file(reader.settings.url), force)
    write = write_parquet if path.endswith((".parquet", ".pq")) else write_csv
    with reader.connection() as connection:
        write(path, read_all(connection, run_ids))
    return len(run_ids)


def merge_from(reader: Reader, other_url: str | URL | os.PathLike[str]) -> Intake:
    """Add the runs of another database; see `SQLFinder.merge`."""
    other = Reader(read_settings({"experiment": {"sql": {"db_path": other_url}}}, False))
    must_exist(other)
    try:
        ids = chosen_ids(other, None, None)
        with other.connection() as connection:
            records = read_records(connection, ids, other.find_copy)
            shown = show_url(other.settings.url)
            return take_records(reader, records, lambda: f"{shown}: ")
    finally:
        other.close()


def import_file(reader: Reader, path: str) -> Intake:
    """Add the runs of a file that `export_runs` wrote; see `SQLFinder.import_`."""
    lines = Lines(path)
    return take_records(reader, lines, lambda: f"{lines.where()}: ")


def take_records(
    reader: Reader, records: Iterable[Record], where: Callable[[], str] = str
) -> Intake:
    """Add the runs that some records tell of, with what was logged to them by step."""
    records = begun(records, where)  # before there is a database for them
    engine, settings = reader.writable_engine(), reader.settings
    folder = artifact_folder(settings.url, settings.artifact_dir)
    keeper = Keeper(folder, reader.database.owner(), settings.url)
    return take_in(engine, records, keeper, where)


def must_exist(reader: Reader) -> None:
    """Raise if a query would have to create the database.

    Raises:
        DatabaseError: the SQLite file does not exist.
    """
    path = sqlite_file(reader.settings.url)
    if path is not None and not os.path.exists(path):
        raise DatabaseError(f"there is no database {path}{did_you_mean_file(path)}")


def upgrade(reader: Reader) -> str | None:
    """Bring a tracker's database to the current schema; see `SQLFinder.upgrade`."""
    must_exist(reader)
    refuse_unused(reader.settings.url)  # an empty file is not to become a database
    reader.writable_engine()
    return reader.database.backup


def remove_orphans(reader: Reader, dry_run: bool) -> Cleanup:
    """Remove what no run refers to; see `SQLFinder.gc`."""
    refuse_unused(reader.settings.url)  # an empty file is not to become a database
    engine, settings = reader.writable_engine(), reader.settings
    folder: str | None = artifact_folder(settings.url, settings.artifact_dir)
    if abandoned(settings.url, settings.journal_dir):
        folder = None  # a run that is still in a journal may refer to any copy
    return collect(engine, folder, reader.database.owner(), dry_run)


def delete_run(reader: Reader, run_id: RunId, force: bool, give_back: bool) -> Cleanup:
    """Delete a run that is not running; see `SQLFinder.delete_run`."""
    run = get_run(reader, run_id)
    if run.status == RUNNING and not force:
        raise TrackerError(f"run {run.id} is running; finish it, or delete it with force=True")
    engine = reader.writable_engine()
    done = delete_with_copies(engine, run, reader.find_copy, reader.database.owner())
    if give_back:
        vacuum(engine)
    return done
