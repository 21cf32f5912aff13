"""Ask a database about its runs."""

from __future__ import annotations

import functools
import os
from typing import IO, Any, Mapping, NamedTuple, Sequence, Union

from sqlalchemy import Select, func, select
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ato_adict import ADict, did_you_mean
from ato_sql import _cleanup, _metrics
from ato_sql._artifacts import artifact_folder
from ato_sql._compare import Comparison, compare_runs
from ato_sql._config import from_json
from ato_sql._database import Database
from ato_sql._engine import clean_error, show_url, sqlite_file
from ato_sql._errors import DatabaseError, NotFound, NotFoundError, TrackerError
from ato_sql._exchange import (
    import_pandas,
    put_lines,
    read_lines,
    write_csv,
    write_lines,
    write_parquet,
)
from ato_sql._intake import Intake, take_in
from ato_sql._outcome import RUNNING
from ato_sql._records import read_records
from ato_sql._schema import (
    Experiment,
    Fingerprint,
    FingerprintSource,
    Metric,
    MetricSummary,
    Project,
    keep_readable,
)
from ato_sql._search import Search
from ato_sql._settings import read_settings
from ato_sql._status import lost_ids, show_status
from ato_sql._values import clean_text
from ato_sql._writer import flush_writers

RunId = Union[int, str]


class TraceVersion(NamedTuple):
    """One version of a traced function, or of its output, and the runs that had it.

    Attributes:
        fingerprint: its fingerprint.
        runs: the ids of the runs, in order.
        source: the source text, if it was recorded.
        canonical: the canonical form that was hashed, if it was recorded.
        location: file and line, if recorded.
    """

    fingerprint: str
    runs: list[int]
    source: str | None
    canonical: str | None
    location: str | None


class SQLFinder:
    """Asks a database about its runs.

    Objects it returns can be read after the session is closed, from any thread. What this process
    has logged to the same database is written before each query. A run whose process is gone has
    the status `lost`.

    Args:
        config: a config whose `experiment.sql.db_path` names the database.

    Raises:
        SettingsError: it is missing.
        DatabaseError: it is not a database URL or its driver is not installed.
    """

    def __init__(self, config: Any) -> None:
        self._settings = read_settings(config, need_project=False)
        self._database = Database(self._settings.url)

    # -- one thing -----------------------------------------------------------------------------

    def find_project(self, project_name: str) -> Project | None:
        """Return a project, None if there is none of that name."""
        project: Project | None = self._first(
            select(Project).where(Project.name == clean_text(project_name))
        )
        return project

    def get_project(self, project_name: str) -> Project:
        """Return a project.

        Raises:
            NotFoundError: there is none of that name.
        """
        project = self.find_project(project_name)
        if project is None:
            hint = did_you_mean(project_name, [p.name for p in self.get_projects()])
            raise NotFoundError(f"there is no project {project_name!r}{hint}")
        return project

    def find_run(self, run_id: RunId) -> Experiment | None:
        """Return a run by its id or UUID, None if there is none."""
        run: Experiment | None = self._first(select(Experiment).where(_is_run(run_id)))
        return run

    def get_run(self, run_id: RunId) -> Experiment:
        """Return a run by its id or UUID.

        Raises:
            NotFoundError: there is none.
        """
        run = self.find_run(run_id)
        if run is None:
            raise NotFoundError(f"there is no run {run_id!r} in {show_url(self._settings.url)}")
        return run

    def get_config(self, run_id: RunId) -> ADict:
        """Return the config of a run as an `ADict`, NaN and ±inf restored, secrets hidden.

        What JSON cannot hold is still the mark it was stored as, with its type and repr.

        Raises:
            NotFoundError: there is no such run.
        """
        return ADict(from_json(self.get_run(run_id).config))

    def find_best_run(
        self, project_name: str, metric_key: str, mode: str = "max", at: str = "best"
    ) -> Experiment | NotFound:
        """Return the run of a project with the best value of a metric.

        NaN and ±inf are never the best. Of equals, the run that started first.

        Args:
            project_name: the project.
            metric_key: the metric.
            mode: `'max'` or `'min'`.
            at: compare each run's best value (`'best'`) or its value at the last step (`'last'`).

        Returns:
            The run; `NotFound`, which is false and equals `{'error': 'Project not found'}` or
            `{'error': 'Run not found'}`, if there is none.

        Raises:
            NotFoundError: `mode` or `at` is something else.
        """
        largest = _choice("mode", mode, ["max", "min"]) == "max"
        column = {
            "best": MetricSummary.max if largest else MetricSummary.min,
            "last": MetricSummary.last,
        }[_choice("at", at, ["best", "last"])]
        project = self.find_project(project_name)
        if project is None:
            return NotFound("project", project_name, "Project not found")
        among = (
            MetricSummary.project_id == project.id,
            MetricSummary.key == clean_text(metric_key),
        )
        # Two steps, each one look into an index on every database.
        best = (
            select(func.max(column) if largest else func.min(column))
            .where(*among)
            .scalar_subquery()
        )
        run_id = select(func.min(MetricSummary.run_id)).where(*among, column == best)
        run = self._first(select(Experiment).where(Experiment.id == run_id.scalar_subquery()))
        return NotFound("run", metric_key, "Run not found") if run is None else run

    # -- lists of runs -------------------------------------------------------------------------

    def get_projects(self) -> list[Project]:
        """Return all projects by name."""
        return self._all(select(Project).order_by(Project.name))

    def get_runs_in_project(self, project_name: str) -> list[Experiment]:
        """Return the runs of a project in the order they started; none for an unknown project."""
        project = select(Project.id).where(Project.name == clean_text(project_name))
        runs = select(Experiment).where(Experiment.project_id == project.scalar_subquery())
        return self._all(runs.order_by(Experiment.id))

    def find_similar_runs(self, run_id: RunId) -> list[Experiment]:
        """Return the other runs whose configs have the same keys and types."""
        structure = select(Experiment.structural_hash).where(_is_run(run_id)).scalar_subquery()
        same = Experiment.structural_hash == structure
        return self._all(select(Experiment).where(same, ~_is_run(run_id)).order_by(Experiment.id))

    def find_similar_runs_by_trace(
        self, run_id: RunId, trace_id: str, trace_type: str = "static"
    ) -> list[Experiment]:
        """Return the other runs in which a trace has the same fingerprint as in this one.

        Args:
            run_id: the run.
            trace_id: the trace.
            trace_type: `'static'`, the code, or `'runtime'`, the output.
        """
        trace = (
            Fingerprint.trace_id == clean_text(trace_id),
            Fingerprint.trace_type == trace_type,
        )
        own = select(Experiment.id).where(_is_run(run_id)).scalar_subquery()
        prints = select(Fingerprint.fingerprint).where(*trace, Fingerprint.run_id == own)
        same = select(Fingerprint.run_id).where(*trace, Fingerprint.fingerprint.in_(prints))
        runs = select(Experiment).where(Experiment.id.in_(same), Experiment.id != own)
        return self._all(runs.order_by(Experiment.id))

    def search(
        self,
        where: Mapping[str, Any] | None = None,
        order_by: str | None = None,
        tags: Sequence[str] | None = None,
        project_name: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Experiment]:
        """Return the runs that meet all conditions.

        Args:
            where: by field, the value it must equal, or an operator and a value such as
                `('<', 0.01)`, or a list of such pairs. Fields are `config.<key>`,
                `metric.<key>.<min|max|last|count>` (`last` where left out),
                `fingerprint.<trace id>`, `project` and the columns of a run (`status`,
                `start_time`, `git_commit`, …). Operators are `= != < <= > >=`, `in`, `not in`,
                `contains`, and `exists` with True or False.
            order_by: such a field; `'-metric.acc.max'` for the largest first. Runs without it come
                last. By default the order they started in.
            tags: all of these.
            project_name: only this project.
            limit: at most so many.
            offset: leave out so many at the start.

        Raises:
            NotFoundError: an unknown field or operator.
        """
        chosen = functools.partial(self._chosen, where, tags, project_name)
        with self._connection() as connection:
            search = _search_on(connection, where, order_by)
            query = chosen(select(Experiment), search).order_by(*search.order(order_by))
        if limit is not None or offset:
            query = query.limit(2**62 if limit is None else limit).offset(offset)
        return self._all(query)

    def count(
        self,
        where: Mapping[str, Any] | None = None,
        tags: Sequence[str] | None = None,
        project_name: str | None = None,
    ) -> int:
        """Return how many runs meet all conditions; see `search`."""
        with self._connection() as connection:
            search = _search_on(connection, where, None)
            query = self._chosen(
                where, tags, project_name, select(func.count(Experiment.id)), search
            )
            return int(connection.execute(query).scalar() or 0)

    def _chosen(
        self,
        where: Mapping[str, Any] | None,
        tags: Sequence[str] | None,
        project_name: str | None,
        query: Any,
        search: Search,
    ) -> Any:
        query = query.where(*search.conditions(where), *search.tagged(tags))
        if project_name is not None:
            project = select(Project.id).where(Project.name == clean_text(project_name))
            query = query.where(Experiment.project_id == project.scalar_subquery())
        return query

    # -- traces --------------------------------------------------------------------------------

    def get_trace_statistics(self, project_name: str, trace_id: str) -> dict[str, Any] | NotFound:
        """Return how many versions of a trace a project has seen, of the code and of the output.

        Returns:
            A dict with `project_name`, `trace_id`, `static_trace_versions` and
            `runtime_trace_versions`; `NotFound`, which equals `{'error': 'Project not found'}`,
            for an unknown project.
        """
        project = self.find_project(project_name)
        if project is None:
            return NotFound("project", project_name, "Project not found")
        count = func.count(func.distinct(Fingerprint.fingerprint))
        query = (
            select(Fingerprint.trace_type, count)
            .join(Experiment, Experiment.id == Fingerprint.run_id)
            .where(
                Experiment.project_id == project.id, Fingerprint.trace_id == clean_text(trace_id)
            )
            .group_by(Fingerprint.trace_type)
        )
        with self._connection() as connection:
            versions = {row[0]: int(row[1]) for row in connection.execute(query)}
        return {
            "project_name": project_name,
            "trace_id": trace_id,
            "static_trace_versions": versions.get("static", 0),
            "runtime_trace_versions": versions.get("runtime", 0),
        }

    def history(
        self, trace_id: str, trace_type: str = "static", project_name: str | None = None
    ) -> list[TraceVersion]:
        """Return the versions of a traced function, the oldest first, with the runs of each.

        Raises:
            NotFoundError: nothing was recorded under that trace id.
        """
        query = (
            select(Fingerprint.fingerprint, Fingerprint.run_id)
            .where(
                Fingerprint.trace_id == clean_text(trace_id), Fingerprint.trace_type == trace_type
            )
            .order_by(Fingerprint.run_id)
        )
        if project_name is not None:
            query = (
                query.join(Experiment, Experiment.id == Fingerprint.run_id)
                .join(Project, Project.id == Experiment.project_id)
                .where(Project.name == clean_text(project_name))
            )
        with self._connection() as connection:
            runs: dict[str, list[int]] = {}
            for fingerprint, run_id in connection.execute(query):
                runs.setdefault(fingerprint, []).append(run_id)
            if not runs:
                raise self._no_trace(connection, trace_id, trace_type)
            sources = _sources(connection, list(runs))
        return [TraceVersion(f, ids, *sources.get(f, (None,) * 3)) for f, ids in runs.items()]

    def _no_trace(self, connection: Connection, trace_id: str, trace_type: str) -> NotFoundError:
        known = select(Fingerprint.trace_id).where(Fingerprint.trace_type == trace_type).distinct()
        hint = did_you_mean(trace_id, list(connection.execute(known).scalars()))
        return NotFoundError(f"nothing was recorded of the {trace_type} trace {trace_id!r}{hint}")

    def get_fingerprint_source(self, fingerprint: str) -> FingerprintSource | None:
        """Return what a fingerprint was made of, None if that was not recorded."""
        query = select(FingerprintSource).where(FingerprintSource.fingerprint == str(fingerprint))
        source: FingerprintSource | None = self._first(query)
        return source

    # -- metrics -------------------------------------------------------------------------------

    def get_metrics(
        self, run_id: RunId, key: str, max_points: int | None = None
    ) -> list[_metrics.Point]:
        """Return the values of one metric of a run by step.

        Args:
            run_id: the run.
            key: the metric.
            max_points: with more than so many values, return about that many: the smallest and
                the largest of each stretch of steps, so that no spike is lost. NaN and ±inf are
                left out then.

        Raises:
            NotFoundError: there is no such run, or no such metric in it.
        """
        number = run_id if isinstance(run_id, int) else self.get_run(run_id).id
        with self._connection() as connection:
            points = _metrics.read_points(connection, number, clean_text(key), max_points)
            if points:
                return points
            raise _metrics.no_metric(connection, self.get_run(run_id).id, key)

    def get_metric_keys(self, run_id: RunId) -> list[str]:
        """Return the names of a run's metrics.

        Raises:
            NotFoundError: there is no such run.
        """
        return sorted(self.get_summaries([self.get_run(run_id).id]).popitem()[1])

    def get_summaries(self, run_ids: Sequence[int]) -> dict[int, dict[str, MetricSummary]]:
        """Return for each run, by metric, its count, extremes and last value."""
        found: dict[int, dict[str, MetricSummary]] = {run_id: {} for run_id in run_ids}
        for start in range(0, len(run_ids), 500):
            some = list(run_ids)[start : start + 500]
            query = select(MetricSummary).where(MetricSummary.run_id.in_(some))
            for summary in self._all(query.order_by(MetricSummary.run_id, MetricSummary.key)):
                found[summary.run_id][summary.key] = summary
        return found

    def get_latest_metrics(
        self,
        run_id: RunId,
        limit: int | None = 10,
        keys: Sequence[str] | None = None,
        after: int = 0,
    ) -> list[Metric]:
        """Return the metrics a run logged last, in the order they were logged.

        Args:
            run_id: the run.
            limit: at most so many.
            keys: only these metrics.
            after: only those with a higher `id`, to go on from where one stopped.

        Raises:
            NotFoundError: there is no such run.
        """
        query = select(Metric).where(Metric.run_id == self.get_run(run_id).id, Metric.id > after)
        if keys is not None:
            query = query.where(Metric.key.in_([clean_text(key) for key in keys]))
        return self._all(query.order_by(Metric.id.desc()).limit(limit))[::-1]

    def compare(self, run_a: RunId, run_b: RunId) -> Comparison:
        """Return what differs between two runs: "why did this change?".

        Raises:
            NotFoundError: one of them does not exist.
        """
        first, second = self.get_run(run_a), self.get_run(run_b)
        with self._session() as session:
            return compare_runs(session, first, second)

    # -- data frames and files -----------------------------------------------------------------

    def to_dataframe(
        self,
        project_name: str | None = None,
        where: Mapping[str, Any] | None = None,
        tags: Sequence[str] | None = None,
    ) -> Any:
        """Return a pandas data frame with one row for each run.

        Columns are `project`, `status`, `tags`, `start_time`, `end_time`, `config.<key>` and
        `metric.<key>.<min|max|last|count>`; the index is the run id.

        Args:
            project_name: only this project.
            where: only these runs; see `search`.
            tags: only runs with all of these.

        Raises:
            SettingsError: pandas is not installed.
        """
        from ato_sql._frames import run_rows

        pandas = import_pandas()
        runs = self.search(where, tags=tags, project_name=project_name)
        names = {project.id: project.name for project in self.get_projects()}
        rows = run_rows(runs, names, self.get_summaries([run.id for run in runs]))
        return pandas.DataFrame(rows).set_index("id") if rows else pandas.DataFrame()

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
        other = SQLFinder({"experiment": {"sql": {"db_path": other_url}}})
        other.must_exist()
        try:
            with other._connection() as connection:
                records = read_records(connection, other._ids(None, None))
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

    # -- cleaning up ---------------------------------------------------------------------------

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

    # -- the database --------------------------------------------------------------------------

    def must_exist(self) -> None:
        """Raise if a query would have to create the database.

        Raises:
            DatabaseError: the SQLite file does not exist.
        """
        path = sqlite_file(self._settings.url)
        if path is not None and not os.path.exists(path):
            raise DatabaseError(f"there is no database {path}")

    def upgrade(self) -> str | None:
        """Upgrade the schema where needed; every first query does it too.

        Returns:
            Where the backup is, or None where there was nothing to upgrade.
        """
        self._database.engine()
        return self._database.backup

    def _connection(self) -> Connection:
        flush_writers(self._settings.url)
        try:
            return self._database.engine().connect()
        except DBAPIError as error:
            raise self._trouble(error) from None

    def _session(self) -> Session:
        flush_writers(self._settings.url)
        try:
            return Session(self._database.engine(), expire_on_commit=False)
        except DBAPIError as error:
            raise self._trouble(error) from None

    def _all(self, query: Select[Any]) -> list[Any]:
        with self._session() as session:
            try:
                rows = keep_readable(session, session.scalars(query), self._session)
            except DBAPIError as error:
                raise self._trouble(error) from None
        show_status(row for row in rows if isinstance(row, Experiment))
        return rows

    def _first(self, query: Select[Any]) -> Any:
        return next(iter(self._all(query.limit(1))), None)

    def _trouble(self, error: DBAPIError) -> TrackerError:
        url = self._settings.url
        return TrackerError(f"cannot read {show_url(url)}: {clean_error(error, url)}")

    def close(self) -> None:
        """Close the connections; the next query opens new ones."""
        self._database.close()

    def __repr__(self) -> str:
        return f"<SQLFinder of {show_url(self._settings.url)}>"


def _is_run(run_id: RunId) -> Any:
    if isinstance(run_id, str):
        return Experiment.uuid == run_id
    return Experiment.id == int(run_id)


def _choice(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        hint = did_you_mean(str(value), allowed)
        raise NotFoundError(
            f"{name} must be {' or '.join(map(repr, allowed))}, not {value!r}{hint}"
        )
    return value


def _search_on(
    connection: Connection, where: Mapping[str, Any] | None, order_by: str | None
) -> Search:
    by_status = "status" in (where or {}) or (order_by or "").lstrip("-+") == "status"
    return Search(connection.dialect.name, lost_ids(connection) if by_status else ())


def _sources(connection: Connection, fingerprints: list[str]) -> dict[str, Any]:
    table = FingerprintSource
    columns = (table.fingerprint, table.source, table.canonical, table.location)
    found: dict[str, Any] = {}
    for start in range(0, len(fingerprints), 500):
        some = fingerprints[start : start + 500]
        query = select(*columns).where(table.fingerprint.in_(some))
        found.update((row[0], tuple(row[1:])) for row in connection.execute(query))
    return found
