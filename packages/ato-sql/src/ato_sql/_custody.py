"""Move runs between databases and files; delete them."""

from __future__ import annotations

import os
from typing import IO, Sequence

from sqlalchemy import select
from sqlalchemy.engine import URL

from ato_sql import _cleanup, _metrics
from ato_sql._artifacts import artifact_folder
from ato_sql._errors import TrackerError
from ato_sql._exchange import (
    put_lines,
    read_lines,
    write_csv,
    write_lines,
    write_parquet,
)
from ato_sql._intake import Intake, take_in
from ato_sql._outcome import RUNNING
from ato_sql._reader import Reader, RunId
from ato_sql._records import read_records
from ato_sql._schema import (
    Experiment,
)
from ato_sql._writer import flush_writers


class Custody(Reader):
    """What is done with whole runs."""

    def export(
        self,
        path: str | os.PathLike[str],
        project_name: str | None = None,
        run_ids: Sequence[RunId] | None = None,
    ) -> int:
        """Write whole runs to a file of JSON lines, compressed if its name ends in `.gz`.

        Args:
            path: the file; it is replaced once all is written.
            project_name: only this project.
            run_ids: only these runs.

        Returns:
            How many runs.

        Raises:
            NotFoundError: there is no such project or run.
        """
        ids = self._ids(project_name, run_ids)
        with self._connection() as connection:
            write_lines(os.fspath(path), read_records(connection, ids))
        return len(ids)

    def export_to(
        self,
        file: IO[str],
        project_name: str | None = None,
        run_ids: Sequence[RunId] | None = None,
    ) -> int:
        """Write whole runs to an open text file; as `export` does."""
        ids = self._ids(project_name, run_ids)
        with self._connection() as connection:
            put_lines(file, read_records(connection, ids))
        return len(ids)

    def import_(self, path: str | os.PathLike[str]) -> Intake:
        """Add the runs of a file that `export` wrote.

        A run that is there already, by its UUID, is left alone, or brought up to date if it was
        still running when it was taken in before; so doing it twice changes nothing.

        Raises:
            OSError: the file cannot be read.
            DatabaseError: the file is not such an export, or is torn; the runs before are added.
        """
        flush_writers(self._settings.url)
        return take_in(self._database.engine(), read_lines(os.fspath(path)))

    def merge(self, other_url: str | URL | os.PathLike[str]) -> Intake:
        """Add the runs of another database of any kind; as `import_` does.

        Raises:
            DatabaseError: the other database does not exist or is of a newer schema.
        """
        other = Reader({"experiment": {"sql": {"db_path": other_url}}})
        other.must_exist()
        try:
            with other._connection() as connection:
                ids = list(
                    connection.execute(select(Experiment.id).order_by(Experiment.id)).scalars()
                )
                records = read_records(connection, ids)
                flush_writers(self._settings.url)
                return take_in(self._database.engine(), records)
        finally:
            other.close()

    def export_metrics(
        self,
        path: str | os.PathLike[str],
        project_name: str | None = None,
        run_ids: Sequence[RunId] | None = None,
    ) -> int:
        """Write all values of all metrics as CSV or Parquet, by the ending of the name.

        Columns are `run_id`, `project`, `key`, `step`, `value` and `timestamp`.

        Returns:
            Of how many runs.

        Raises:
            NotFoundError: there is no such project or run.
            SettingsError: for Parquet, pandas or pyarrow is not installed.
        """
        ids = self._ids(project_name, run_ids)
        target = os.fspath(path)
        write = write_parquet if target.endswith((".parquet", ".pq")) else write_csv
        with self._connection() as connection:
            write(target, _metrics.read_all(connection, ids))
        return len(ids)

    def _ids(self, project_name: str | None, run_ids: Sequence[RunId] | None) -> list[int]:
        if run_ids is not None:
            return [self.get_run(run_id).id for run_id in run_ids]
        query = select(Experiment.id).order_by(Experiment.id)
        if project_name is not None:
            query = query.where(Experiment.project_id == self.get_project(project_name).id)
        with self._connection() as connection:
            return list(connection.execute(query).scalars())

    def delete_run(self, run_id: RunId, force: bool = False, vacuum: bool = True) -> None:
        """Delete a run, all its rows and the copies of its artifacts that no other run has.

        Args:
            run_id: the run.
            force: also if it is still running.
            vacuum: give the freed space back to the disk (SQLite; servers do it by themselves).

        Raises:
            NotFoundError: there is none.
            TrackerError: it is still running.
        """
        run = self.get_run(run_id)
        if run.status == RUNNING and not force:
            raise TrackerError(f"run {run.id} is running; finish it, or delete it with force=True")
        engine = self._database.engine()
        _cleanup.delete_run(engine, run.id)
        if vacuum:
            _cleanup.vacuum(engine)

    def gc(self, dry_run: bool = False) -> _cleanup.Cleanup:
        """Remove copies of artifacts, sources and environments no run refers to; vacuum.

        A folder of copies that several databases share is left alone.

        Args:
            dry_run: only tell what would be removed.
        """
        flush_writers(self._settings.url)
        folder = artifact_folder(self._settings.url, self._settings.artifact_dir)
        return _cleanup.collect(self._database.engine(), folder, dry_run)
