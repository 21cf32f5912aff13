"""Track experiments."""

from __future__ import annotations

import os
import time
import uuid
import warnings
from typing import Any, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ato_sql._apply import get_or_create_project
from ato_sql._config import stored_config, structural_hash, to_json, value_hash
from ato_sql._engine import clean_error, show_url, writing
from ato_sql._errors import MetricError, NotFoundError, TrackerError, TrackerWarning
from ato_sql._facts import facts, here
from ato_sql._fingerprints import code_hash
from ato_sql._outcome import COMPLETED, RUNNING
from ato_sql._reader import is_run
from ato_sql._redact import redact_provenance
from ato_sql._run import Run
from ato_sql._schema import Experiment, MetricSummary, Project, keep_readable
from ato_sql._settings import read_settings
from ato_sql._values import clean_text
from ato_sql._writer import Writer


class SQLLogger:
    """Tracks runs of one project in one database.

    Nothing is opened or written before the first run starts. Any number of loggers, threads and
    processes may write to one database at once; a process forked from one that logs may go on
    logging to the same run.

    Args:
        config: a config whose `experiment.project_name` names the project and whose
            `experiment.sql.db_path` names the database: any SQLAlchemy URL or the path of an
            SQLite file. Optional beside `db_path`: `durability`, `on_error`, `heartbeat`,
            `journal_dir`, `artifact_dir`, `redact`, `secret_keys`, `git`; see `Settings`.

    Raises:
        SettingsError: one of these is missing or unknown.
        DatabaseError: `db_path` is not a database URL or its driver is not installed.

    Example:
        >>> logger = SQLLogger(config)
        >>> with logger.start(tags=['baseline']) as run:
        ...     run.log_metric('loss', 0.5, step=0)
    """

    def __init__(self, config: Any) -> None:
        self.config = config
        self._settings = read_settings(config)
        self._writer = Writer(self._settings)
        self._runs: dict[str, Run] = {}
        self._current: Run | None = None

    def run(
        self,
        tags: Sequence[str] | None = None,
        fingerprints: Any = None,
        provenance: Any = None,
        parent: Any = None,
    ) -> int:
        """Start a run and make it the current one; see `start`.

        Returns:
            The run id. It is negative if the database is out of reach: the run is stored, under
            an id of its own, once it is back.
        """
        self._current = self.start(tags, fingerprints, provenance, parent)
        return self._current.id

    def start(
        self,
        tags: Sequence[str] | None = None,
        fingerprints: Any = None,
        provenance: Any = None,
        parent: Any = None,
        config: Any = None,
    ) -> Run:
        """Start a run.

        Recorded are the config (secrets hidden), its hashes, the command line, git commit and
        dirty flag, host and process, Python and package versions, and the time in UTC.

        Args:
            tags: words to find it by.
            fingerprints: `scope.fingerprints`; see `Run.log_fingerprints`.
            provenance: `scope.history`, where each config value came from.
            parent: the `Run` this one belongs to, or its id or UUID.
            config: this run's own config, by default the logger's.

        Returns:
            The run; it is also a context manager. Several may be open at once.

        Raises:
            MetricError: tags or fingerprints are of a wrong kind.
            DatabaseError: the schema is newer than this ato-sql.
            TrackerError: with `on_error='raise'`, the database is out of reach.
        """
        event = None if fingerprints is None else code_hash(fingerprints)
        birth = self._birth(self.config if config is None else config)
        birth.update(
            tags=_tags(tags),
            parent_uuid=self._parent_uuid(parent),
            provenance=self._provenance(provenance),
            code_hash=event,
        )
        run = Run(self._writer, self._settings, str(uuid.uuid4()))
        self._runs = {u: r for u, r in self._runs.items() if not r.finished}
        self._runs[run.uuid] = run
        self._writer.begin(run.uuid, birth)
        if fingerprints is not None:
            run.log_fingerprints(fingerprints)
        return run

    def reopen(self, run: int | str) -> Run:
        """Go on with a run that ended, or whose process is gone: it is running again.

        What was logged stays; a metric without a step goes on after its last one.

        Args:
            run: its id or UUID.

        Raises:
            NotFoundError: there is no such run, or the database is out of reach.
        """
        row = self._one(select(Experiment).where(is_run(run)))
        if row is None:
            raise NotFoundError(f"there is no run {run!r} in {show_url(self._settings.url)}")
        query = select(MetricSummary).where(MetricSummary.run_id == row.id)
        steps = {summary.key: summary.last_step for summary in self._rows(query)}
        reopened = Run(self._writer, self._settings, row.uuid, row.id, steps)
        self._runs[row.uuid] = reopened
        self._writer.resume(
            row.uuid, {"status": RUNNING, "end_time": None, "error": None, **here()}
        )
        return reopened

    def _birth(self, config: Any) -> dict[str, Any]:
        settings = self._settings
        stored = stored_config(config, settings.redact, settings.secret_keys)
        started = time.time()
        return {
            "project": clean_text(settings.project),
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

    def get_current_run_id(self) -> int | None:
        """Return the id of the current run, None if there is none."""
        return None if self._current is None else self._current.id

    def get_current_run(self) -> Experiment | None:
        """Return the current run as it is in the database, None if there is none."""
        if self._current is None:
            return None
        query = select(Experiment).where(Experiment.uuid == self._current.uuid)
        run: Experiment | None = self._one(query)
        return run

    def log_metric(self, key: str, value: Any, step: int | None = None) -> None:
        """Record one value of a metric of the current run; see `Run.log_metric`."""
        (self._current or self._open_run()).log_metric(key, value, step)

    def log_metrics(self, values: Mapping[str, Any], step: int | None = None) -> None:
        """Record several metrics of the current run; see `Run.log_metrics`."""
        self._open_run().log_metrics(values, step)

    def log_artifact(
        self,
        run_id: int,
        file_path: str | os.PathLike[str],
        data_type: str,
        metadata: Any = None,
        copy: bool = False,
    ) -> None:
        """Record a file of the run `run_id`; see `Run.log_artifact`."""
        self._find(run_id).log_artifact(file_path, data_type, metadata, copy)

    def log_fingerprints(self, fingerprints: Any) -> None:
        """Record fingerprints of the current run; see `Run.log_fingerprints`."""
        self._open_run().log_fingerprints(fingerprints)

    def log_note(self, text: str) -> None:
        """Record a remark about the current run."""
        self._open_run().log_note(text)

    def update_status(self, status: str) -> None:
        """Set the status of the current run."""
        self._open_run().update_status(status)

    def finish(self, status: str = COMPLETED) -> None:
        """End the current run; all that was logged is in the database on return."""
        if self._current is not None:
            run, self._current = self._current, None
            run.finish(status)

    def flush(self) -> None:
        """Return when all that was logged is in the database (or, in trouble, in the journal)."""
        self._writer.flush()

    def close(self) -> None:
        """Flush and close the connections. Logging again opens new ones."""
        self._writer.close()

    def _open_run(self) -> Run:
        if self._current is None:
            raise TrackerError("no run is open; call logger.run() first")
        return self._current

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
        name = clean_text(self._settings.project)
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

        The same are the config's values (where it is tracked does not count) and the static
        fingerprints. Runs that were recorded with fingerprints are only found with them.

        Args:
            fingerprints: what `run` would be given.
            config: what `start` would be given, by default the logger's config.

        Returns:
            Whether there is such a run; False, with a warning, where the database is out of reach.
        """
        settings = self._settings
        whole = self.config if config is None else config
        wanted = value_hash(stored_config(whole, settings.redact, settings.secret_keys))
        code = code_hash(fingerprints)
        query = select(Experiment.id).where(
            Experiment.value_hash == wanted,
            Experiment.code_hash.is_(None) if code is None else Experiment.code_hash == code,
            Experiment.status == COMPLETED,
        )
        return self._one(query) is not None

    def _one(self, query: Any) -> Any:
        """Return the first object of a query; None where the database is out of reach."""
        return next(iter(self._rows(query.limit(1))), None)

    def _rows(self, query: Any) -> list[Any]:
        """Return the objects of a query; none where the database is out of reach."""
        self._writer.flush()
        try:
            with Session(self._writer.database.engine(), expire_on_commit=False) as session:
                return keep_readable(session, session.scalars(query), None)
        except DBAPIError as error:
            if self._settings.on_error == "raise":
                raise self._trouble(error) from None
            warnings.warn(str(self._trouble(error)), TrackerWarning, stacklevel=4)
            return []

    def _trouble(self, error: DBAPIError) -> TrackerError:
        url = self._settings.url
        return TrackerError(f"cannot read {show_url(url)}: {clean_error(error, url)}")

    def __repr__(self) -> str:
        return f"<SQLLogger {self._settings.project!r} in {show_url(self._settings.url)}>"


def _tags(tags: Sequence[str] | None) -> list[str]:
    if tags is None:
        return []
    if isinstance(tags, str):
        raise MetricError(f"tags must be a list of strings; write [{tags!r}]")
    return [clean_text(str(tag)) for tag in tags]
