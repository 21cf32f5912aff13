"""Ask a database about its runs."""

from __future__ import annotations

import contextlib
import os
from typing import IO, Any, Iterator, Mapping, Sequence

from ato_adict import ADict
from ato_sql import _exchange, _read, _write
from ato_sql._errors import NotFound, TrackerError
from ato_sql._facts.settings import read_settings
from ato_sql._values.asked import (
    asked_flag,
    asked_text,
    check_file,
    path_text,
    run_value,
    whole_number,
)
from ato_sql._values.marked import from_json
from ato_sql._values.values import as_text, tag_texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from ato_sql._db.schema import (
        Artifact,
        Experiment,
        FingerprintSource,
        Metric,
        MetricSummary,
        Project,
    )
    from ato_sql._exchange.cleanup import Cleanup
    from ato_sql._exchange.importing import Intake
    from ato_sql._read.differences.compare import Comparison
    from ato_sql._read.points.metrics import Point
    from ato_sql._read.question.ask import Where
    from ato_sql._read.reader import Reader, RunId
    from ato_sql._read.stored import Stored
    from ato_sql._read.traces import TraceVersion
    from ato_sql._read.which.nesting import NestedRun
    from ato_sql._write.storing.replay import Replayed


class SQLFinder:
    """Asks a database about its runs.

    Nothing is created or changed by asking. A file of ato 2.2.1 is read from a copy that is brought
    up to date; a new run, and `upgrade`, bring the file itself up to date.

    Objects it returns can be read after the session is closed, from any thread. What this process
    has logged to the same database is written before each query. A run whose process is gone has
    the status `lost`.

    Args:
        config: a config whose `experiment.sql.db_path` names the database; by default it is the one
            that the environment variable `ATO_DB` names, else `experiments.db`.

    Raises:
        SettingsError: a setting is unknown or of the wrong kind.
        DatabaseError: it is not a database URL or its driver is not installed.
    """

    __module__ = "ato_sql"

    def __init__(self, config: Any = None) -> None:
        self._settings = read_settings(config, need_project=False)

    @property
    def _reader(self) -> Reader:
        """The database; opened, and its libraries loaded, at the first question."""
        opened: Reader | None = self.__dict__.get("reader")
        if opened is None:
            opened = self.__dict__.setdefault("reader", _read.reader.Reader(self._settings))
        return opened

    # -- projects and runs -----------------------------------------------------------------------

    def get_projects(self) -> list[Project]:
        """Return all projects by name."""
        return _read.reader.all_projects(self._reader)

    def find_project(self, project_name: str) -> Project | None:
        """Return a project, None if there is none of that name."""
        return _read.reader.find_project(self._reader, project_name)

    def get_project(self, project_name: str) -> Project:
        """Return a project.

        Raises:
            NotFoundError: there is none of that name.
        """
        return _read.reader.get_project(self._reader, project_name)

    def find_run(self, run_id: RunId) -> Experiment | None:
        """Return a run by its id or UUID, None if there is none."""
        return _read.reader.find_run(self._reader, run_id)

    def get_run(self, run_id: RunId) -> Experiment:
        """Return a run by its id or UUID.

        Raises:
            NotFoundError: there is none.
        """
        return _read.reader.get_run(self._reader, run_id)

    def artifacts(self, run_id: RunId) -> list[Artifact]:
        """Return the files that a run made, in the order they were logged.

        Raises:
            NotFoundError: there is no such run.
        """
        return self._reader.all(_read.logged.media.files_of(self.get_run(run_id).id))

    def media(
        self, run_id: RunId, key: str | None = None, kind: str | None = None
    ) -> list[Artifact]:
        """Return what a run logged by step besides numbers, by key and step.

        Each has `key`, `step`, `data_type` (its kind), `data_info`, and `read()` for its content.

        Args:
            run_id: the run.
            key: only what was logged under this.
            kind: only `'image'`, `'table'`, `'text'`, `'histogram'`, `'audio'` or `'video'`.

        Raises:
            NotFoundError: there is no such run or kind.
        """
        return self._reader.all(_read.logged.media.media_of(self.get_run(run_id).id, key, kind))

    def console(self, run_id: RunId) -> str:
        """Return what a run printed, where it was started with `console=True`.

        Raises:
            NotFoundError: there is no such run.
        """
        return _read.logged.console.read_console(self._reader, self.get_run(run_id).id)

    def children(self, run_id: RunId) -> list[Experiment]:
        """Return the runs whose parent is this one, such as the trials of a search.

        Raises:
            NotFoundError: there is no such run.
        """
        return self._runs(_read.which.runs.below(self.get_run(run_id).uuid))

    def named_run(
        self, text: int | str, only_one: bool = False, archived: bool | None = None
    ) -> Experiment:
        """Return the run that a text names, as every command takes it; a number is one too.

        Args:
            text: an id; a UUID or at least four letters of its beginning; a name; `last` or `-1`,
                `-2` for the one before; `best:<metric>`, or `best:-<metric>` for the smallest.
                Reruns of `ato verify` are called so only where no other run is.
            only_one: whether a name that several runs have names none, rather than the latest.
            archived: whether it must be archived, or must not be. The last and the best are not,
                unless this is True.

        Raises:
            NotFoundError: there is none, or several.
            MetricError: `only_one` or `archived` is of another kind.
        """
        alone = asked_flag("only_one", only_one)
        among = None if archived is None else asked_flag("archived", archived)
        return _read.which.naming.named_run(self._reader, text, alone, among)

    def get_config(self, run_id: RunId) -> ADict:
        """Return the config of a run as an `ADict`, NaN and ±inf restored, secrets hidden.

        What JSON cannot hold is still the mark it was stored as, with its type and repr.

        Raises:
            NotFoundError: there is no such run.
        """
        return ADict(from_json(self.get_run(run_id).config))

    def get_runs_in_project(self, project_name: str) -> list[Experiment]:
        """Return the runs of a project in the order they started; none for an unknown project."""
        return self._runs(_read.which.runs.in_project(project_name))

    def find_similar_runs(self, run_id: RunId) -> list[Experiment]:
        """Return the other runs whose configs have the same keys and types."""
        return self._runs(*_read.which.runs.similar(run_id))

    def find_best_run(
        self,
        project_name: str,
        metric_key: str,
        mode: str = "max",
        at: str = "best",
        reruns: bool = False,
    ) -> Experiment | NotFound:
        """Return the run of a project with the best value of a metric.

        NaN and ±inf are never the best. Of equals, the run that started first.

        Args:
            project_name: the project.
            metric_key: the metric.
            mode: `'max'` or `'min'`.
            at: compare each run's best value (`'best'`) or its value at the last step (`'last'`).
            reruns: whether those of `ato verify` count too.

        Returns:
            The run; `NotFound`, which is false and equals `{'error': 'Project not found'}` or
            `{'error': 'Run not found'}`, if there is none.

        Raises:
            NotFoundError: `mode` or `at` is something else.
            MetricError: `reruns` is neither True nor False.
        """
        query = _read.which.runs.best_of(mode, at, asked_flag("reruns", reruns))
        key = asked_text("a metric", metric_key)
        project = self.find_project(project_name)
        if project is None:
            return NotFound("project", project_name, "Project not found")
        values = {"project": project.id, "key": key}
        run: Experiment | None = self._reader.first(query, values)
        return NotFound("run", metric_key, "Run not found") if run is None else run

    def search(
        self,
        where: Where = None,
        order_by: str | None = None,
        tags: Sequence[str] | None = None,
        project_name: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Experiment]:
        """Return the runs that meet all conditions.

        Args:
            where: a question such as `'lr<0.05 tag:baseline'` or several, as `ato runs --where` and
                the filter of `ato ui` take it; see `ato_sql.reading.parse_question`. Or by field,
                the value it must equal, or an operator and a value such as `('<', 0.01)`, or a list
                of such pairs. Fields are `config.<key>`, `metric.<key>.<min|max|last|count>`
                (`last` where left out), `fingerprint.<trace id>`, `project` and the columns of a
                run (`status`, `start_time`, `git_commit`, …). Operators are `= != < <= > >=`, `in`,
                `not in`, `contains`, and `exists` with True or False.
            order_by: such a field; `'-metric.acc.max'` for the largest first. Runs without it come
                last. By default the order they started in.
            tags: all of these.
            project_name: only this project.
            limit: at most so many.
            offset: leave out so many at the start.

        Raises:
            QuestionError: an unknown field or status, a comparison that makes no sense, or a limit
                or offset that is below 0, beyond 64 bits or no whole number.
            NotFoundError: an unknown operator.
        """
        query = _read.which.runs.search(self._reader, where, order_by, tags, project_name)
        most = _read.which.runs.NO_LIMIT if limit is None else whole_number("limit", limit)
        first = 0 if offset is None else whole_number("offset", offset)
        if limit is not None or first:
            query = query.limit(most).offset(first)
        return self._runs(query)

    def count(
        self,
        where: Where = None,
        tags: Sequence[str] | None = None,
        project_name: str | None = None,
    ) -> int:
        """Return how many runs meet all conditions; see `search`."""
        return _read.which.runs.count(self._reader, where, tags, project_name)

    def nested_runs(
        self,
        where: Where = None,
        tags: Sequence[str] | None = None,
        project_name: str | None = None,
        limit: int | None = 50,
        order_by: str | None = None,
    ) -> list[NestedRun]:
        """Return the latest runs that meet all conditions, the trials of a search below it.

        Args:
            where: see `search`.
            tags: see `search`.
            project_name: see `search`.
            limit: at most so many, None for all. Runs that belong to none of the others come before
                those that do, of which the latest are returned.
            order_by: see `search`; then the runs are one by one, in this order.

        Returns:
            By id, each with `run`, its `depth` in the list, how many `children` it has among those
            asked for, and the id of its `parent` where that is not among them.
        """
        if order_by is not None:
            found = self.search(where, order_by, tags, project_name, limit)
            return _read.which.nesting.listed_runs(self._reader, found)
        most = None if limit is None else whole_number("limit", limit)
        return _read.which.nesting.nested_runs(self._reader, where, tags, project_name, most)

    def compare(self, run_a: RunId, run_b: RunId) -> Comparison:
        """Return what differs between two runs, as data; a notebook shows it as tables.

        Raises:
            NotFoundError: one of them does not exist.
        """
        with self.stored() as stored:
            return _read.differences.compare.compare_runs(
                stored, stored.run(run_a), stored.run(run_b)
            )

    @contextlib.contextmanager
    def stored(self) -> Iterator[Stored]:
        """Read runs as they are stored, for programs that explain them: `with finder.stored()`.

        See `ato_sql.comparing`.
        """
        with self._reader.connection() as connection:
            yield _read.stored.of_connection(connection, self._settings.shown)

    def why(self, *runs: RunId, project_name: str | None = None) -> Any:
        """Is part of ato, which knows code as well: `pip install ato`, and use `ato.SQLFinder`."""
        raise TrackerError(
            "why is in the package ato, which can read code: pip install ato, and use ato.SQLFinder"
        )

    def _runs(self, query: Any, values: Mapping[str, Any] | None = None) -> list[Experiment]:
        return _read.tables.Runs(self._reader.all(query, values), self._reader)

    def to_dataframe(
        self,
        project_name: str | None = None,
        where: Where = None,
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
        pandas = _exchange.files.import_pandas()
        runs = self.search(where, tags=tags, project_name=project_name)
        names = {project.id: project.name for project in self.get_projects()}
        rows = _read.frames.run_rows(runs, names, self.get_summaries([run.id for run in runs]))
        return _read.frames.frame_of(pandas, rows)

    # -- metrics ---------------------------------------------------------------------------------

    def get_metrics(
        self, run_id: RunId, key: str, max_points: int | None = None, axis: str | None = None
    ) -> list[Point]:
        """Return the values of one metric of a run by step.

        Args:
            run_id: the run.
            key: the metric.
            max_points: with more than so many values, return about that many: the smallest and
                the largest of each stretch, so that no spike is lost, and where there is NaN.
            axis: another metric, such as `epoch`: points have its values instead of steps, and
                those at whose step it has none are left out.

        Raises:
            NotFoundError: there is no such run, or no such metric in it.
            QuestionError: `max_points` is no number from 0 on, or a name no text.
        """
        key = asked_text("a metric", key)
        most = None if max_points is None else whole_number("max_points", max_points)
        if axis is not None:
            points = self.get_metrics(run_id, key, most)
            found = _read.points.metrics.along(points, self.get_metrics(run_id, axis))
            return _read.tables.History(found)
        value = run_value(run_id)
        number = self.get_run(value).id if isinstance(value, str) else value
        with self._reader.connection() as connection:
            points = _read.points.metrics.read_points(connection, number, key, most)
            if points:
                return _read.tables.History(points)
            raise _read.points.metrics.no_metric(connection, self.get_run(run_id).id, key)

    def get_metric_keys(self, run_id: RunId) -> list[str]:
        """Return the names of a run's metrics.

        Raises:
            NotFoundError: there is no such run.
        """
        return sorted(self.get_summaries([self.get_run(run_id).id]).popitem()[1])

    def known_metrics(self, project_name: str | None = None) -> list[str]:
        """Return the names of the metrics that runs have, of one project if it is named."""
        with self._reader.connection() as connection:
            return _read.stored.of_connection(connection).metrics(project_name)

    def known_tags(self) -> list[str]:
        """Return the tags of the last 200 runs."""
        with self._reader.connection() as connection:
            return _read.stored.of_connection(connection).tags()

    def get_summaries(self, run_ids: Sequence[int]) -> dict[int, dict[str, MetricSummary]]:
        """Return for each run, by metric, its count, extremes and last value."""
        return _read.points.metrics.read_summaries(self._reader, run_ids)

    def get_latest_metrics(
        self,
        run_id: RunId,
        limit: int | None = 10,
        keys: Sequence[str] | str | None = None,
        after: int = 0,
    ) -> list[Metric]:
        """Return the metrics a run logged last, in the order they were logged.

        Args:
            run_id: the run.
            limit: at most so many.
            keys: only these metrics, or this one.
            after: only those with a higher `id`, to go on from where one stopped.

        Raises:
            NotFoundError: there is no such run.
            QuestionError: a limit is no number from 0 on, `after` no number, or a key no text.
        """
        number = self.get_run(run_id).id
        most = None if limit is None else whole_number("limit", limit)
        first = whole_number("after", after, least=None)
        return _read.points.metrics.read_latest(self._reader, number, most, keys, first)

    # -- fingerprints ----------------------------------------------------------------------------

    def find_similar_runs_by_trace(
        self, run_id: RunId, trace_id: str, trace_type: str = "static"
    ) -> list[Experiment]:
        """Return the other runs in which a trace has the same fingerprint as in this one.

        Args:
            run_id: the run.
            trace_id: the trace.
            trace_type: `'static'`, the code, or `'runtime'`, the output.

        Raises:
            QuestionError: `trace_type` is one of these misspelt.
        """
        return self._runs(_read.traces.same_trace(run_id, trace_id, trace_type))

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
        with self._reader.connection() as connection:
            versions = _read.traces.count_versions(connection, project.id, trace_id)
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
            QuestionError: `trace_type` is `'static'` or `'runtime'`, misspelt.
        """
        with self._reader.connection() as connection:
            found = _read.traces.read_versions(connection, trace_id, trace_type, project_name)
        return _read.tables.Versions(found)

    def get_fingerprint_source(self, fingerprint: str) -> FingerprintSource | None:
        """Return what a fingerprint was made of, None if that was not recorded."""
        query = _read.traces.source_of(str(fingerprint))
        source: FingerprintSource | None = self._reader.first(query)
        return source

    # -- whole runs, and the database ------------------------------------------------------------

    def export(
        self,
        path: str | os.PathLike[str],
        project_name: str | None = None,
        run_ids: Sequence[RunId] | None = None,
        force: bool = False,
    ) -> int:
        """Write whole runs to a file of JSON lines, compressed if its name ends in `.gz`.

        Images, tables and the like are in it; artifacts are named by where their copies are.

        Args:
            path: the file; an earlier export there is replaced once all is written. The target of
                a link, mode and owner stay; a pipe or device is written to.
            project_name: only this project.
            run_ids: only these runs.
            force: also replace a file of another kind; never the database itself.

        Returns:
            How many runs.

        Raises:
            NotFoundError: there is no such project or run.
            ExportError: there is a file of another kind.
            MetricError: `path` is none, or no file can have it; `force` is neither True nor False.
        """
        over = asked_flag("force", force)
        ids = _read.reader.chosen_ids(self._reader, project_name, run_ids)
        return _exchange.whole_runs.export_runs(self._reader, path_text(path), ids, over)

    def export_to(
        self,
        file: IO[str],
        project_name: str | None = None,
        run_ids: Sequence[RunId] | None = None,
    ) -> int:
        """Write whole runs to an open text file; as `export` does.

        Raises:
            NotFoundError: there is no such project or run.
            MetricError: it is no text file that is open for writing.
        """
        check_file(file)
        ids = _read.reader.chosen_ids(self._reader, project_name, run_ids)
        return _exchange.whole_runs.export_runs(self._reader, file, ids)

    def import_(self, path: str | os.PathLike[str]) -> Intake:
        """Add the runs of a file that `export` wrote.

        A run that is there already, by its UUID, is left alone, or brought up to date if it was
        still running when it was taken in before; so doing it twice changes nothing.

        Raises:
            OSError: the file cannot be read.
            MetricError: `path` is none, or no file can have it.
            DatabaseError: the file is not such an export, or is torn, or runs in it do not fit the
                schema, which are named; all others are added.
        """
        return _exchange.whole_runs.import_file(self._reader, path_text(path))

    def merge(self, other_url: str | URL | os.PathLike[str]) -> Intake:
        """Add the runs of another database of any kind; as `import_` does.

        Raises:
            DatabaseError: the other database does not exist or is of a newer schema, or runs of it
                cannot be taken, which are named; all others are added.
        """
        return _exchange.whole_runs.merge_from(self._reader, other_url)

    def export_metrics(
        self,
        path: str | os.PathLike[str],
        project_name: str | None = None,
        run_ids: Sequence[RunId] | None = None,
        force: bool = False,
    ) -> int:
        """Write all values of all metrics as CSV or Parquet, by the ending of the name.

        Columns are `run_id`, `project`, `key`, `step`, `value` and `timestamp`. Files that are
        there are kept or replaced as `export` does.

        Returns:
            Of how many runs.

        Raises:
            NotFoundError: there is no such project or run.
            ExportError: there is a file of another kind.
            SettingsError: for Parquet, pandas or pyarrow is not installed.
            MetricError: `path` is none, or no file can have it; `force` is neither True nor False.
        """
        over = asked_flag("force", force)
        ids = _read.reader.chosen_ids(self._reader, project_name, run_ids)
        return _exchange.whole_runs.export_metrics(self._reader, path_text(path), ids, over)

    def delete_run(self, run_id: RunId, force: bool = False, vacuum: bool = True) -> Cleanup:
        """Delete a run, all its rows and the copies of its artifacts that no other run has.

        Copies in a folder that another database keeps copies in as well are left alone.

        Args:
            run_id: the run.
            force: also if it is still running.
            vacuum: give the freed space back to the disk (SQLite; servers do it by themselves).

        Returns:
            Which copies were removed, and which wait for `gc`, as they were logged again after
            this run did: the run of whoever did that may not be in the database yet.

        Raises:
            NotFoundError: there is none.
            TrackerError: it is still running.
            MetricError: `force` or `vacuum` is neither True nor False.
        """
        also_running, give_back = asked_flag("force", force), asked_flag("vacuum", vacuum)
        return _exchange.whole_runs.delete_run(self._reader, run_id, also_running, give_back)

    def rename(self, run_id: RunId, name: str) -> None:
        """Give a run another name.

        Raises:
            NotFoundError: there is no such run.
            MetricError: the name is empty, too long, or one that says which run otherwise, such
                as `last` or `12`.
        """
        number = self.get_run(run_id).id
        kept = self._settings.hide_name("a run's name", name)
        _exchange.marking.rename(self._reader.writable_engine(), number, kept)

    def tag(self, run_id: RunId, add: Sequence[str] = (), remove: Sequence[str] = ()) -> list[str]:
        """Add and remove tags of a run; return those it has then.

        Raises:
            NotFoundError: there is no such run.
            MetricError: a tag to be added has no letters, or tags are one string.
        """
        number = self.get_run(run_id).id
        hide, taken = self._settings.hide, tag_texts(remove)
        given, gone = map(hide, tag_texts(add)), [*taken, *map(hide, taken)]
        return _exchange.marking.change_tags(self._reader.writable_engine(), number, given, gone)

    def note(self, run_id: RunId, text: str) -> None:
        """Add a remark about a run.

        Raises:
            NotFoundError: there is no such run.
        """
        number, kept = self.get_run(run_id).id, self._settings.hide(as_text("a note", text))
        _exchange.marking.add_note(self._reader.writable_engine(), number, kept)

    def archive(self, run_id: RunId, archived: bool = True) -> int:
        """Leave a run out of lists and of what is called last or best, or take it back.

        A search takes its trials along.

        Returns:
            How many trials went with it.

        Raises:
            NotFoundError: there is no such run.
            MetricError: `archived` is neither True nor False.
        """
        number, taken = self.get_run(run_id).id, asked_flag("archived", archived)
        return _exchange.marking.archive(self._reader.writable_engine(), number, taken)

    def gc(self, dry_run: bool = False) -> Cleanup:
        """Remove copies of artifacts, sources and environments no run refers to; vacuum.

        Only a copy is removed whose content still is what was copied, an hour after it was last
        logged, and only from a folder that no other database keeps copies in. Those whose hour is
        not over are told as `waiting`.

        Args:
            dry_run: only tell what would be removed.

        Raises:
            MetricError: `dry_run` is neither True nor False.
        """
        only_told = asked_flag("dry_run", dry_run)
        return _exchange.whole_runs.remove_orphans(self._reader, only_told)

    def connection(self) -> Any:
        """Return a connection of SQLAlchemy, to ask by queries of one's own.

        Raises:
            TrackerError: the database cannot be reached.
        """
        return self._reader.connection()

    def must_exist(self) -> None:
        """Raise if there is no database to ask.

        Raises:
            DatabaseError: the SQLite file does not exist.
        """
        _exchange.whole_runs.must_exist(self._reader)

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Copy the whole database to a new file, also while programs write to it.

        Raises:
            DatabaseError: it is on a server, the file is there already or cannot be written.
            MetricError: `path` is none, or no file can have it.
        """
        target = path_text(path)
        self._reader.engine()
        _exchange.backup.back_up(self._settings.url, target)

    def replay(self, path: str | os.PathLike[str]) -> Replayed:
        """Store what this database refused before, from a `.rejected` file.

        What is stored leaves the file; doing it twice stores nothing twice.

        Raises:
            DatabaseError: the file cannot be read or is no such file.
            MetricError: `path` is none, or no file can have it.
        """
        reader, name = self._reader, path_text(path)
        _write.writer.flush_writers(self._settings)  # what is refused now is in the file as well
        return _write.storing.replay.replay(reader.database, name, reader.writable_engine)

    def upgrade(self) -> str | None:
        """Upgrade the schema where needed, as the first run of a program does too.

        Returns:
            Where the backup is, or None where there was nothing to upgrade.

        Raises:
            DatabaseError: there is no database, or no tracker has used it.
        """
        return _exchange.whole_runs.upgrade(self._reader)

    def close(self) -> None:
        """Close the connections; the next query opens new ones."""
        opened: Reader | None = self.__dict__.get("reader")
        if opened is not None:
            opened.close()

    def __repr__(self) -> str:
        return f"<SQLFinder of {self._settings.shown}>"
