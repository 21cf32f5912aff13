"""Track experiments."""

from __future__ import annotations

import time
import uuid
import warnings
from typing import Any, Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ato_adict import RunRecord, record_of
from ato_sql._current import CurrentRun
from ato_sql._db.engine import writing
from ato_sql._db.schema import (
    Artifact,
    Experiment,
    Input,
    Metric,
    MetricSummary,
    Project,
    keep_readable,
)
from ato_sql._errors import MetricError, NotFoundError, TrackerError, TrackerWarning
from ato_sql._facts.config import stored_config, structural_hash, to_json, value_hash
from ato_sql._facts.copies import artifact_folder
from ato_sql._facts.facts import facts, here
from ato_sql._facts.fingerprints import code_hash
from ato_sql._facts.inputs import is_unchanged
from ato_sql._facts.names import chosen_name, user_name
from ato_sql._facts.outcome import COMPLETED, RUNNING
from ato_sql._facts.settings import Settings, read_settings
from ato_sql._read.media import last_of_each
from ato_sql._read.reader import is_run
from ato_sql._read.status import is_lost
from ato_sql._values.redact import redact_provenance
from ato_sql._values.url import clean_error, resolve, show_url
from ato_sql._values.values import as_name, as_step, check_name, clean_text
from ato_sql._version import __version__
from ato_sql._write import batch as _batch
from ato_sql._write.announcing import announce
from ato_sql._write.apply import get_or_create_project
from ato_sql._write.gathering import Gathering
from ato_sql._write.monitor import is_wanted
from ato_sql._write.run import Run
from ato_sql._write.writer import Writer, writer_for

_CANDIDATES = 20  # earlier runs whose inputs are compared with what is there now


class SQLLogger(CurrentRun):
    """Tracks runs of one project in one database.

    Nothing is opened or written before the first run starts. Any number of loggers, threads and
    processes may write to one database at once; a process forked from one that logs may go on
    logging to the same run.

    Args:
        config: a config; none is needed. `experiment.project_name` names the project, by default
            it is the program's name; `experiment.sql.db_path` names the database, any SQLAlchemy
            URL or the path of an SQLite file, by default `ATO_DB`, else `experiments.db`. Beside
            `db_path` may stand `durability`, `on_error`, `heartbeat`,
            `journal_dir`, `artifact_dir`, `redact`, `secret_keys`, `git`; see `Settings`.

    Raises:
        SettingsError: one of these is unknown or of the wrong kind.
        DatabaseError: `db_path` is not a database URL or its driver is not installed.

    Example:
        >>> logger = SQLLogger(config)
        >>> with logger.start(tags=['baseline']) as run:
        ...     run.log_metric('loss', 0.5, step=0)
    """

    __module__ = "ato_sql"

    def __init__(self, config: Any = None) -> None:
        config = {} if config is None else config
        self.config: Any = config
        self._settings = _resolved(read_settings(config))
        self._writer = Writer(self._settings)
        self._runs: dict[str, Run] = {}
        self._current: Run | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Pickled, it goes on in another process with the same current run."""
        return {"config": self.config, "settings": self._settings, "current": self._current}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.config, self._settings = state["config"], state["settings"]
        self._writer = writer_for(self._settings)
        self._current = state["current"]
        self._runs = {} if self._current is None else {self._current.uuid: self._current}

    def run(
        self,
        tags: Sequence[str] | None = None,
        fingerprints: Any = None,
        provenance: Any = None,
        parent: Any = None,
        resume: int | str | None = None,
        name: str | None = None,
        last_step: int | None = None,
        system: Any = None,
        console: bool = False,
    ) -> int:
        """Start a run and make it the current one; see `start`.

        The one that was current before is finished, if it is still open.

        Args:
            tags: see `start`.
            fingerprints: see `start`.
            provenance: see `start`.
            parent: see `start`.
            resume: go on with this run, by its id or UUID, instead; see `reopen`.
            name: see `start`.
            last_step: with `resume`, see `reopen`.
            system: see `start`.
            console: see `start`.

        Raises:
            MetricError: `last_step` without `resume`, or no integer.

        Returns:
            The run id. It is negative if the database is out of reach: the run is stored, under
            an id of its own, once it is back.
        """
        if last_step is not None and resume is None:
            raise MetricError("last_step says where a run goes on: it needs resume=")
        before, self._current = self._current, None
        if before is not None and not before.finished:
            before.finish()
        if resume is not None:
            run = self.reopen(resume, last_step)
            run.watch(system, console)
        else:
            given = {"name": name, "system": system, "console": console}
            run = self.start(tags, fingerprints, provenance, parent, **given)
        self._make_current(run)
        return run.id

    def start(
        self,
        tags: Sequence[str] | None = None,
        fingerprints: Any = None,
        provenance: Any = None,
        parent: Any = None,
        config: Any = None,
        name: str | None = None,
        system: Any = None,
        console: bool = False,
    ) -> Run:
        """Start a run.

        Recorded are the config (secrets hidden), its hashes, the command line, git commit and
        dirty flag, host and process, Python and package versions, and the time in UTC. A config
        that an entry of a scope received also tells where its values came from, and, where the
        scope is ato-trace's, the fingerprints, the files that are read, the source of the
        project's own modules, and variables, threads and seeds.

        Args:
            tags: words to find it by.
            fingerprints: instead of those the config tells; see `Run.log_fingerprints`.
            provenance: where each config value came from, instead of what the config tells.
            parent: the `Run` this one belongs to, or its id or UUID.
            config: this run's own config, by default the logger's.
            name: what to call it; by default a name is chosen, such as `calm-otter-42`.
            system: log every so many seconds how busy the machine is; see `Run.watch`.
            console: keep what is printed; see `Run.watch`.

        Returns:
            The run; it is also a context manager. Several may be open at once.

        Raises:
            MetricError: tags or fingerprints are of a wrong kind.
            DatabaseError: the schema is newer than this ato-sql.
            SettingsError: with `system`, see `Run.watch`.
            TrackerError: with `on_error='raise'`, the database is out of reach.
        """
        is_wanted(system)  # before there is a run
        config = self.config if config is None else config
        record = record_of(config) or RunRecord()
        gathering = Gathering(record, self._settings)
        if fingerprints is None:
            fingerprints = gathering.fingerprints()
        if provenance is None and record.provenance is not None:
            provenance = record.provenance()
        event = None if fingerprints is None else code_hash(fingerprints)
        birth = self._birth(config)
        birth.update(
            tags=[self._settings.hide(tag) for tag in _tags(tags)],
            parent_uuid=self._parent_uuid(parent),
            provenance=self._provenance(provenance),
            code_hash=event,
        )
        run = Run(self._writer, self._settings, str(uuid.uuid4()), gathering=gathering)
        birth["name"] = chosen_name(run.uuid) if name is None else check_name("a run's name", name)
        birth["user_name"] = user_name()
        self._runs = {u: r for u, r in self._runs.items() if not r.finished}
        self._runs[run.uuid] = run
        self._writer.begin(run.uuid, birth, run.gather)
        if parent is None:  # else its line says it for all that are below it
            announce(self._settings, run.id, birth["project"])
        if fingerprints:
            run.log_fingerprints(fingerprints)
        run.watch(system, console)
        return run

    def reopen(self, run: int | str, last_step: int | None = None) -> Run:
        """Go on with a run that ended, or whose process is gone: it is running again.

        What was logged stays, its first end and traceback too, in a note; a metric without a step
        goes on after its last one. A run that is alive in another process is joined instead, see
        `join`.

        Args:
            run: its id or UUID.
            last_step: the step of the checkpoint it goes on from. What its metrics have at later
                steps is removed, and a note says how much that was.

        Raises:
            NotFoundError: there is no such run, or the database is out of reach.
            MetricError: `last_step` is no integer.
            TrackerError: with `last_step`, the run is alive in another process.
        """
        step = None if last_step is None else as_step("last_step", last_step)
        row = self._row(run)
        known = self._runs.get(row.uuid)
        is_ours = known is not None and not known.finished
        is_alive = row.status == RUNNING and row.heartbeat is not None and not is_lost(row)
        if step is not None:
            if is_alive and not is_ours:
                raise TrackerError(f"run {row.id} is alive in another process; it cannot be cut")
            self._cut(row, step)
        if is_alive:
            return known if known is not None and is_ours else self._resumed(row, False)
        reopened = self._resumed(row, True)
        if row.end_time is not None:
            reopened.log_note(_first_end(row))
        changes = {"status": RUNNING, "end_time": None, "error": None, **here()}
        beats = {"heartbeat_every": self._settings.heartbeat, "written_by": __version__}
        self._writer.resume(row.uuid, {**changes, **beats}, reopened.gather)
        if row.parent_uuid is None:
            announce(self._settings, row.id, row.project.name, goes_on=True)
        return reopened

    def _cut(self, row: Experiment, step: int) -> None:
        """Remove what a run logged at later steps."""
        with self._session() as session:
            count = sum(
                session.scalar(select(func.count()).where(of.run_id == row.id, of.step > step)) or 0
                for of in (Metric, Artifact)
            )
        if not count:
            return
        moment = time.time()
        text = f"went on from step {step}; what was logged at later steps, {count} values, is gone"
        self._writer.put_event(row.uuid, _batch.CUT, {"step": step})
        self._writer.put_event(row.uuid, _batch.NOTE, {"text": text, "timestamp": moment})
        self._writer.flush()

    def join(self, run: int | str) -> Run:
        """Write to a run that belongs to another process, such as rank 0 of a distributed program.

        Its `finish` only flushes: the process that began the run ends it. `run.uuid` names it, in
        an environment variable for example.

        Args:
            run: its id or UUID.

        Raises:
            NotFoundError: there is no such run, or the database is out of reach.
        """
        return self._resumed(self._row(run), owned=False)

    def _row(self, run: int | str) -> Experiment:
        row: Experiment | None = self._one(select(Experiment).where(is_run(run)))
        if row is None:
            raise NotFoundError(f"there is no run {run!r} in {show_url(self._settings.url)}")
        return row

    def _resumed(self, row: Experiment, owned: bool) -> Run:
        query = select(MetricSummary).where(MetricSummary.run_id == row.id)
        steps: dict[Any, int] = {one.key: one.last_step for one in self._rows(query)}
        for one in self._rows(select(Artifact).where(Artifact.id.in_(last_of_each(row.id)))):
            steps[one.data_type, one.key] = one.step
        run = Run(self._writer, self._settings, row.uuid, row.id, steps, owned=owned)
        self._runs[row.uuid] = run
        return run

    def _birth(self, config: Any) -> dict[str, Any]:
        settings = self._settings
        stored = stored_config(config, settings.redact, settings.secret_keys)
        started = time.time()
        return {
            "project": as_name(settings.project),
            "config": stored,
            "structural_hash": structural_hash(config),
            "value_hash": value_hash(stored),
            "status": RUNNING,
            "start_time": started,
            "heartbeat": started,
            "heartbeat_every": settings.heartbeat,
            **facts(settings.redact, settings.secret_keys, settings.git),
        }

    def _provenance(self, history: Any) -> Any:
        data = to_json(history)
        return (
            redact_provenance(data, self._settings.secret_keys) if self._settings.redact else data
        )

    def _parent_uuid(self, parent: Any) -> str | None:
        if parent is None:
            return None
        if isinstance(parent, int):
            parent = self._find(parent)
        found = getattr(parent, "uuid", parent)
        return clean_text(str(found))[:36]

    # -- the current run -----------------------------------------------------------------------

    def get_current_run(self) -> Experiment | None:
        """Return the current run as it is in the database, None if there is none."""
        current = self._current_run()
        if current is None:
            return None
        query = select(Experiment).where(Experiment.uuid == current.uuid)
        run: Experiment | None = self._one(query)
        return run

    def flush(self) -> None:
        """Return when all that was logged is in the database (or, in trouble, in the journal)."""
        self._writer.flush()

    def close(self) -> None:
        """Flush and close the connections. Logging again opens new ones."""
        self._writer.close()

    def _find(self, run_id: int) -> Run:
        """Return the run with an id: one of this logger, else one in the database."""
        for run in self._runs.values():
            if run.answers_to(run_id):
                return run
        row = self._one(select(Experiment).where(Experiment.id == run_id))
        if row is None:
            raise MetricError(f"there is no run {run_id!r}")
        return Run(self._writer, self._settings, row.uuid)

    # -- the database --------------------------------------------------------------------------

    def get_or_create_project(self) -> Project:
        """Return the logger's project, creating it where there is none."""
        name = as_name(self._settings.project)
        self._writer.flush()
        try:
            engine = writing(self._writer.database.engine())
            with engine.connect() as connection, connection.begin():
                get_or_create_project(connection, name)
        except DBAPIError as error:
            raise self._trouble(error) from None
        project: Project | None = self._one(select(Project).where(Project.name == name))
        if project is None:
            raise TrackerError(f"project {name!r} cannot be read back")
        return project

    def skip_if_done(self, fingerprints: Any = None, config: Any = None) -> bool:
        """Tell whether the same was run to its end already, in whatever project.

        The same are the config's values (where it is tracked does not count), the static
        fingerprints, and the content of the files that the earlier run read. Runs that were
        recorded with fingerprints are only found with them.

        Args:
            fingerprints: what `run` would be given; by default what the config tells.
            config: what `start` would be given, by default the logger's config.

        Returns:
            Whether there is such a run; False, with a warning, where the database is out of reach.
        """
        settings = self._settings
        whole = self.config if config is None else config
        wanted = value_hash(stored_config(whole, settings.redact, settings.secret_keys))
        record = record_of(whole)
        if fingerprints is None and record is not None:
            fingerprints = Gathering(record, settings).fingerprints()
        code = code_hash(fingerprints)
        query = select(Experiment).where(
            Experiment.value_hash == wanted,
            Experiment.code_hash.is_(None) if code is None else Experiment.code_hash == code,
            Experiment.status == COMPLETED,
        )
        done = self._rows(query.order_by(Experiment.id.desc()).limit(_CANDIDATES))
        return any(self._inputs_are_unchanged(run.id) for run in done)

    def _inputs_are_unchanged(self, run_id: int) -> bool:
        read = select(Input).where(Input.run_id == run_id, Input.hash.is_not(None))
        inputs = [one for one in self._rows(read) if one.path and "://" not in one.path]
        return all(is_unchanged(one.path, str(one.hash)) for one in inputs if one.how != "updated")

    def _one(self, query: Any) -> Any:
        """Return the first object of a query; None where the database is out of reach."""
        return next(iter(self._rows(query.limit(1))), None)

    def _session(self) -> Session:
        """Return a session that sees all that was logged."""
        self._writer.flush()
        return Session(self._writer.database.engine(), expire_on_commit=False)

    def _rows(self, query: Any) -> list[Any]:
        """Return the objects of a query; none where the database is out of reach."""
        try:
            with self._session() as session:
                return keep_readable(session, session.scalars(query), self._session)
        except DBAPIError as error:
            if self._settings.on_error == "raise":
                raise self._trouble(error) from None
            warnings.warn(str(self._trouble(error)), TrackerWarning, stacklevel=4)
            return []

    @property
    def session(self) -> Any:
        """Not here any more: ato 2.2.1 had a session of SQLAlchemy.

        Raises:
            AttributeError: always; it names what to use.
        """
        raise AttributeError(
            "SQLLogger has no session since ato 3.0; read with SQLFinder(config), or run queries "
            "of your own in `with SQLFinder(config).connection() as connection`"
        )

    def _trouble(self, error: DBAPIError) -> TrackerError:
        url = self._settings.url
        return TrackerError(f"cannot read {show_url(url)}: {clean_error(error, url)}")

    def __repr__(self) -> str:
        return f"<SQLLogger {self._settings.project!r} in {show_url(self._settings.url)}>"


def _first_end(row: Experiment) -> str:
    """Return what a run says of its earlier end when it goes on."""
    ended = f"{row.end_time:%Y-%m-%d %H:%M:%S} UTC"
    error = f"\n{row.error}" if row.error else ""
    return f"ended as {row.status} at {ended}, before it was reopened{error}"


def _resolved(settings: Settings) -> Settings:
    """Return the settings with all paths made absolute: the program may change its folder."""
    url = resolve(settings.url)
    return settings._replace(url=url, artifact_dir=artifact_folder(url, settings.artifact_dir))


def _tags(tags: Sequence[str] | None) -> list[str]:
    if tags is None:
        return []
    if isinstance(tags, str):
        raise MetricError(f"tags must be a list of strings; write [{tags!r}]")
    return [clean_text(str(tag)) for tag in tags]
