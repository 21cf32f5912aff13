"""Track experiments."""

from __future__ import annotations

import numbers
import os
import time
import uuid
from typing import Any, Sequence

from ato_adict import RunRecord, record_of
from ato_sql import _facts, _read, _write
from ato_sql._current import CurrentRun, finish_let_go
from ato_sql._errors import MetricError, TrackerError
from ato_sql._facts.outcome import RUNNING
from ato_sql._facts.rerun import TAG, Rerun, is_rerun, next_run
from ato_sql._facts.settings import Settings, read_settings
from ato_sql._values.place import absolute
from ato_sql._values.values import as_name, as_step, clean_text, short
from ato_sql._version import __version__

# Now, not with the first run: what a program does at its end, it registers after this import, and
# so its exit handlers run before the tracker's.
from ato_sql._write import ending as _ending  # noqa: F401

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._db.schema import Experiment, Project
    from ato_sql._read.own import OwnDatabase
    from ato_sql._write.run import Run
    from ato_sql._write.writer import Writer


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
        self._runs: dict[str, Run] = {}
        self._current: Run | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Pickled, it goes on in another process with the same current run."""
        return {"config": self.config, "settings": self._settings, "current": self._current}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.config, self._settings = state["config"], state["settings"]
        self._keep_writer(_write.writer.writer_for(self._settings))
        self._current = state["current"]
        self._runs = {} if self._current is None else {self._current.uuid: self._current}

    @property
    def url(self) -> str:
        """The URL of the database, with its password: `HyperBand(storage=logger)` asks for it."""
        place = self._settings.database
        if isinstance(place, str):
            return f"sqlite:///{place}"
        return place.render_as_string(hide_password=False)

    @property
    def _writer(self) -> Writer:
        """What brings the runs to the database; made, and its libraries loaded, at the first."""
        if not self._has_writer():
            self._keep_writer(_write.writer.Writer(self._settings))
        made: Writer = self.__dict__["writer"]
        return made

    def _has_writer(self) -> bool:
        return "writer" in self.__dict__

    def _keep_writer(self, writer: Writer) -> None:
        self.__dict__.setdefault("writer", writer)  # of two threads, the first one's

    @property
    def _database(self) -> OwnDatabase:
        return _read.own.OwnDatabase(self._writer, self._settings)

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

        The one that was current before is finished, if it is still open; so are those that
        loggers began by `run` which nobody holds any more, as `logger = SQLLogger(config)` in a
        loop makes them.

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
            MetricError: `last_step` without `resume`, or no integer; see `start` for the others.

        Returns:
            The run id. It is negative if the database is out of reach: the run is stored, under
            an id of its own, once it is back.
        """
        if last_step is not None and resume is None:
            raise MetricError("last_step says where a run goes on: it needs resume=")
        _check_beside(system, console)
        before, self._current = self._current, None
        if before is not None and not before.finished:
            before.finish()
        finish_let_go()
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
            config: this run's own config, by default the logger's: a mapping, or what a parser
                of `argparse` returned, a dataclass, a module, or what any object holds by name.
            name: what to call it; by default a name is chosen, such as `calm-otter-42`.
            system: log every so many seconds how busy the machine is; see `Run.watch`.
            console: keep what is printed; see `Run.watch`.

        Returns:
            The run; it is also a context manager. Several may be open at once.

        Raises:
            MetricError: tags, fingerprints, provenance, config or parent are of a wrong kind, or
                the name says which run otherwise: an id, `last`, `-1`, `best:…`.
            DatabaseError: the schema is newer than this ato-sql.
            SettingsError: `system` or `console`, see `Run.watch`.
            TrackerError: with `on_error='raise'`, the database is out of reach.
        """
        _check_beside(system, console)
        config = self.config if config is None else _facts.configs.given.run_config(config)
        record, settings = record_of(config) or RunRecord(), self._settings
        gathering = _write.beginning.gathering.Gathering(record, settings)
        if fingerprints is None:
            fingerprints = gathering.fingerprints()
        again = next_run()
        wanted = (again and again.uuid) or str(uuid.uuid4())
        birth = _write.beginning.birth.birth_of(settings, config, wanted, name)
        known = _write.run.Known(birth["name"], birth["user_name"])
        run = _write.run.Run(self._writer, settings, wanted, gathering=gathering, known=known)
        birth.update(
            tags=_write.beginning.birth.stored_tags(settings, tags, again is not None),
            parent_uuid=self._parent_uuid(_parent_of(parent, again)),
            provenance=_write.beginning.birth.stored_provenance(settings, provenance, record),
            code_hash=_code_hash(fingerprints),
        )
        self._runs = {u: r for u, r in self._runs.items() if not r.finished}
        self._runs[run.uuid] = run
        self._writer.begin(run.uuid, birth, run.gather)
        if parent is None:  # else its line says it for all that are below it
            _write.beginning.announcing.announce(settings, run.id, birth["project"])
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
            TrackerError: with `last_step`, the run is alive in another process; or `ato verify`
                started this program, and the run is none that it has made.
        """
        step = None if last_step is None else as_step("last_step", last_step)
        row = self._database.run(run)
        _check_rerun(row)
        known = self._runs.get(row.uuid)
        is_ours = known is not None and not known.finished
        is_beating = row.status == RUNNING and row.heartbeat is not None
        is_alive = is_beating and not _read.status.is_lost(row)
        if step is not None:
            if is_alive and not is_ours:
                raise TrackerError(f"run {row.id} is alive in another process; it cannot be cut")
            self._cut(row, step)
        if is_alive:
            return known if known is not None and is_ours else self._resumed(row, False)
        reopened = self._resumed(row, True)
        if row.end_time is not None:
            reopened.log_note(_first_end(row))
        changes = {"status": RUNNING, "end_time": None, "error": None, **_facts.facts.here()}
        beats = {"heartbeat_every": self._settings.heartbeat, "written_by": __version__}
        self._writer.resume(row.uuid, {**changes, **beats}, reopened.gather)
        if row.parent_uuid is None:
            project = row.project.name
            _write.beginning.announcing.announce(self._settings, row.id, project, goes_on=True)
        return reopened

    def _cut(self, row: Experiment, step: int) -> None:
        """Remove what a run logged at later steps."""
        count = self._database.count_after(row.id, step)
        if not count:
            return
        moment = time.time()
        text = f"went on from step {step}; what was logged at later steps, {count} values, is gone"
        self._writer.put_event(row.uuid, _write.batch.CUT, {"step": step})
        self._writer.put_event(row.uuid, _write.batch.NOTE, {"text": text, "timestamp": moment})
        self._writer.flush()

    def join(self, run: int | str) -> Run:
        """Write to a run that belongs to another process, such as rank 0 of a distributed program.

        Its `finish` only flushes: the process that began the run ends it. `run.uuid` names it, in
        an environment variable for example.

        Args:
            run: its id or UUID.

        Raises:
            NotFoundError: there is no such run, or the database is out of reach.
            TrackerError: `ato verify` started this program, and the run is none that it has made.
        """
        row = self._database.run(run)
        _check_rerun(row)
        return self._resumed(row, owned=False)

    def _resumed(self, row: Experiment, owned: bool) -> Run:
        steps = self._database.last_steps(row.id)
        status = RUNNING if owned else row.status or RUNNING
        known = _write.run.Known(row.name, row.user_name, status)
        run = _write.run.Run(
            self._writer, self._settings, row.uuid, row.id, steps, owned=owned, known=known
        )
        self._runs[row.uuid] = run
        return run

    def _parent_uuid(self, parent: Any) -> str | None:
        if parent is None:
            return None
        if isinstance(parent, numbers.Integral):
            parent = self._find(int(parent))
        found = getattr(parent, "uuid", parent)
        if not isinstance(found, (str, uuid.UUID)):
            raise MetricError(f"a run's parent is a Run, or its id or UUID, not {short(parent)}")
        return clean_text(str(found))[:36]

    # -- the current run -----------------------------------------------------------------------

    def get_current_run(self) -> Experiment | None:
        """Return the current run as it is in the database, None if there is none."""
        current = self._current_run()
        if current is None:
            return None
        return self._database.find(current.uuid)

    def flush(self) -> None:
        """Return when all that was logged is in the database (or, in trouble, in the journal)."""
        if self._has_writer():
            self._writer.flush()

    def close(self) -> None:
        """Flush and close the connections. Logging again opens new ones."""
        if self._has_writer():
            self._writer.close()

    def _find(self, run_id: int) -> Run:
        """Return the run with an id: one of this logger, else one in the database."""
        for run in self._runs.values():
            if run.answers_to(run_id):
                return run
        row = self._database.find(run_id)
        if row is None:
            raise MetricError(f"there is no run {short(run_id)}")
        known = _write.run.Known(row.name, row.user_name, row.status or RUNNING)
        return _write.run.Run(self._writer, self._settings, row.uuid, known=known)

    # -- the database --------------------------------------------------------------------------

    def get_or_create_project(self) -> Project:
        """Return the logger's project, creating it where there is none."""
        name = as_name(self._settings.project)
        self._writer.flush()
        self._database.make_project(name)
        return self._database.project(name)

    def skip_if_done(self, fingerprints: Any = None, config: Any = None) -> bool:
        """Tell whether the same was run to its end already, in whatever project.

        The same are the config's values (where it is tracked does not count), the static
        fingerprints, and the content of the files that the earlier run read. Runs that were
        recorded with fingerprints are only found with them.

        Args:
            fingerprints: what `run` would be given; by default what the config tells.
            config: what `start` would be given, by default the logger's config.

        Returns:
            Whether there is such a run; False, with a warning, where the database is out of reach,
            and False in a program that `ato verify` runs again.
        """
        if is_rerun():
            return False
        settings = self._settings
        whole = self.config if config is None else _facts.configs.given.run_config(config)
        record = record_of(whole)
        if fingerprints is None and record is not None:
            fingerprints = _write.beginning.gathering.Gathering(record, settings).fingerprints()
        wanted = _write.beginning.birth.value_hash_of(settings, whole)
        return self._database.has_done(wanted, _code_hash(fingerprints))

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

    def __repr__(self) -> str:
        return f"<SQLLogger {self._settings.project!r} in {self._settings.shown}>"


def _check_beside(system: Any, console: Any) -> None:
    """Raise if what is to be kept beside a run cannot be, before there is the run."""
    _write.beside.monitor.is_wanted(system)
    _write.beside.console.is_wanted(console)


def _first_end(row: Experiment) -> str:
    """Return what a run says of its earlier end when it goes on."""
    ended = f"{row.end_time:%Y-%m-%d %H:%M:%S} UTC"
    error = f"\n{row.error}" if row.error else ""
    return f"ended as {row.status} at {ended}, before it was reopened{error}"


def _check_rerun(row: Experiment) -> None:
    """Raise where a program that is run again would write to what was logged before."""
    is_own = TAG in (row.tags or ()) and (
        row.pid == os.getpid() or (row.status == RUNNING and not _read.status.is_lost(row))
    )
    if is_rerun() and not is_own:
        raise TrackerError(
            f"run {row.id} stays as it is: ato verify has started this program, which would go on "
            "with a run that was logged before; let it start anew, such as without the checkpoint"
        )


def _code_hash(fingerprints: Any) -> str | None:
    code: str | None = None
    if fingerprints is not None:
        code = _facts.fingerprints.code_hash(fingerprints)
    return code


def _resolved(settings: Settings) -> Settings:
    """Return the settings with all paths made absolute: the program may change its folder."""
    place = absolute(settings.database)
    if isinstance(place, str):  # copies go beside the file, wherever the program is
        return settings._replace(database=place)
    folder = _facts.files.copies.artifact_folder(place, settings.artifact_dir)
    return settings._replace(database=place, artifact_dir=folder)


def _parent_of(parent: Any, again: Rerun | None) -> Any:
    """Return the parent that a run was given; in a rerun, without one, the run that is verified."""
    if again is None or (parent is not None and again.uuid is None):
        return parent
    return again.original
