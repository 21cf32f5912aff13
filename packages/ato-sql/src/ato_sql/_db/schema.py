# ruff: noqa: UP006, UP007, UP045 - SQLAlchemy evaluates these annotations, on Python 3.7 too.
"""The tables. Names of tables and columns that ato 2.2.1 had are unchanged."""

from __future__ import annotations

import datetime as dt
from typing import Any, List, Optional, Union

from sqlalchemy import ForeignKey, Index, Table, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, object_session
from sqlalchemy.orm.attributes import set_committed_value

from ato_sql._db.revision import HEAD as HEAD
from ato_sql._db.revision import VERSION_TABLE
from ato_sql._errors import NotFoundError
from ato_sql._facts.media.pieces import content_of
from ato_sql._values.types import (
    JSONValue,
    UTCDateTime,
    big_int,
    double,
    long_text,
    name,
    sorted_name,
)
from ato_sql._values.values import join

OLD_VERSION = "2.2.1"  # which leaves out the columns that it does not know

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal


class Base(DeclarativeBase):
    """The declarative base of every table of the tracker."""

    # Opens a session for what is read later of an object whose session is closed.
    _reopen: Any = None

    def _related(self, cls: Any, condition: Any) -> List[Any]:
        """Return the rows of another table that belong to this one, read now."""
        query = select(cls).where(condition).order_by(cls.id)
        session = object_session(self)
        if session is not None:
            return list(session.scalars(query))
        if self._reopen is None:
            return []
        with self._reopen() as session:
            assert isinstance(session, Session)
            return keep_readable(session, session.scalars(query), self._reopen)

    def __repr__(self) -> str:
        """Show what identifies the object."""
        names = ("id", "name", "key", "status", "trace_id", "fingerprint", "path", "step")
        shown = [f"{n}={self.__dict__[n]!r}" for n in names if self.__dict__.get(n) is not None]
        return f"<{type(self).__name__} {' '.join(shown)}>"

    def _run(self) -> Any:
        return next(iter(self._related(Experiment, Experiment.id == self.__dict__["run_id"])), None)


def table_of(model: Any) -> Table:
    """Return the table behind a mapped class."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def keep_readable(session: Session, rows: Any, reopen: Any) -> List[Any]:
    """Detach objects so that they can be read after the session is closed."""
    found = list(rows)
    session.expunge_all()
    for row in found:
        if isinstance(row, Base):
            row._reopen = reopen
        if isinstance(row, Artifact) and row.stored is not None and "find_copy" in session.info:
            path = session.info["find_copy"](row.stored, row.content_hash)
            set_committed_value(row, "stored", path)
    return found


class Project(Base):
    """What runs are grouped by."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(big_int(), primary_key=True)
    name: Mapped[str] = mapped_column(name(), unique=True, index=True)
    description: Mapped[Optional[str]] = mapped_column(long_text())
    created_at: Mapped[Optional[dt.datetime]] = mapped_column(UTCDateTime())

    @property
    def runs(self) -> List[Experiment]:
        """The runs of this project."""
        return self._related(Experiment, Experiment.project_id == self.id)


class Experiment(Base):
    """One run.

    Attributes:
        id: the run id, unique in its database.
        uuid: unique everywhere; what export, import and merge go by.
        config: the config as JSON, secrets redacted.
        structural_hash: of the config's keys and types.
        value_hash: of the config's values, less project name and database.
        code_hash: of the run's static fingerprints.
        status: `running`, `completed`, `failed`, `interrupted` or what `update_status` was given;
            objects read through `SQLFinder` say `lost` of a run whose process is gone.
        start_time: UTC.
        end_time: UTC; None while running.
        heartbeat: when the run last showed a sign of life, UTC.
        heartbeat_every: seconds between signs of life.
        process: identifies the process on its host beyond a pid that may be used again.
        provenance: where each config value came from (`scope.history`).
        error: the traceback of a run that failed.
        name: what it is called, given or chosen.
        user_name: who started it.
        archived: whether it is left out of lists.
        written_by: the version of the tracker that wrote it.
    """

    __tablename__ = "experiments"

    id: Mapped[int] = mapped_column(big_int(), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    config: Mapped[Any] = mapped_column(JSONValue(), nullable=False)
    structural_hash: Mapped[Optional[str]] = mapped_column(name(64))
    tags: Mapped[Optional[List[str]]] = mapped_column(JSONValue())
    status: Mapped[Optional[str]] = mapped_column(name(), index=True)
    start_time: Mapped[Optional[dt.datetime]] = mapped_column(UTCDateTime())
    end_time: Mapped[Optional[dt.datetime]] = mapped_column(UTCDateTime())
    uuid: Mapped[str] = mapped_column(name(36))
    parent_uuid: Mapped[Optional[str]] = mapped_column(name(36), index=True)
    value_hash: Mapped[Optional[str]] = mapped_column(name(64))
    code_hash: Mapped[Optional[str]] = mapped_column(name(64))
    provenance: Mapped[Optional[Any]] = mapped_column(JSONValue())
    command: Mapped[Optional[List[str]]] = mapped_column(JSONValue())
    directory: Mapped[Optional[str]] = mapped_column(long_text())
    git_commit: Mapped[Optional[str]] = mapped_column(name(64))
    git_dirty: Mapped[Optional[bool]] = mapped_column()
    git_diff_hash: Mapped[Optional[str]] = mapped_column(name(64))
    host: Mapped[Optional[str]] = mapped_column(name())
    pid: Mapped[Optional[int]] = mapped_column(big_int())
    process: Mapped[Optional[str]] = mapped_column(name())
    environment_hash: Mapped[Optional[str]] = mapped_column(name(64))
    heartbeat: Mapped[Optional[dt.datetime]] = mapped_column(UTCDateTime())
    heartbeat_every: Mapped[Optional[float]] = mapped_column(double())
    error: Mapped[Optional[str]] = mapped_column(long_text())
    user_name: Mapped[Optional[str]] = mapped_column(name())
    archived: Mapped[Optional[bool]] = mapped_column()
    written_by: Mapped[Optional[str]] = mapped_column(name(32), server_default=OLD_VERSION)
    name: Mapped[Optional[str]] = mapped_column(name(), index=True)

    __table_args__: Any = (
        Index("ux_experiments_uuid", "uuid", unique=True),
        Index("ix_experiments_structural_hash", "structural_hash", "id"),
        Index("ix_experiments_value_hash", "value_hash", "code_hash"),
        Index("ix_experiments_start_time", "start_time"),
    )

    def __bool__(self) -> Literal[True]:
        return True  # so that `if best:` tells a run from a `NotFound` to type checkers too

    @property
    def project(self) -> Project:
        """The project this run belongs to.

        Raises:
            NotFoundError: the database is damaged, and has no such project.
        """
        found: List[Project] = self._related(Project, Project.id == self.project_id)
        if not found:
            raise NotFoundError(f"run {self.id} is damaged: there is no project {self.project_id}")
        return found[0]

    @property
    def metrics(self) -> List[Metric]:
        """Every value of every metric, as logged."""
        return self._related(Metric, Metric.run_id == self.id)

    @property
    def artifacts(self) -> List[Artifact]:
        """The files it made."""
        return self._related(Artifact, (Artifact.run_id == self.id) & Artifact.key.is_(None))

    @property
    def media(self) -> List[Artifact]:
        """What it logged by step besides numbers: images, tables, texts, histograms, …."""
        return self._related(Artifact, (Artifact.run_id == self.id) & Artifact.key.is_not(None))

    @property
    def fingerprints(self) -> List[Fingerprint]:
        """The fingerprints of its code and outputs."""
        return self._related(Fingerprint, Fingerprint.run_id == self.id)

    @property
    def inputs(self) -> List[Input]:
        """The files it read."""
        return self._related(Input, Input.run_id == self.id)

    @property
    def modules(self) -> List[RunSource]:
        """The project's own modules that it had loaded."""
        return self._related(RunSource, RunSource.run_id == self.id)

    @property
    def notes(self) -> List[Note]:
        """The remarks made about it."""
        return self._related(Note, Note.run_id == self.id)

    def _repr_html_(self) -> str:
        """Show what a run is called, how it ended and its config, as a table."""
        from ato_adict.notebooks import html_table
        from ato_sql._facts.configs.params import leaves
        from ato_sql._values.shown import text_of

        names = ("id", "name", "status", "start_time", "end_time", "tags")
        known = [(name, self.__dict__[name]) for name in names if self.__dict__.get(name)]
        config = leaves(self.__dict__.get("config") or {})
        rows = [*known, *((f"config.{key}", value) for key, value in dict(config).items())]
        return html_table(["", ""], [[name, text_of(value)] for name, value in rows])


class Metric(Base):
    """One value of one metric.

    `value` is NULL for NaN and ±inf; `special` then says which. For an integer that a float cannot
    hold, `value` is the nearest float and `special` has its digits. `number` gives the value back.
    """

    __tablename__ = "metrics"

    id: Mapped[int] = mapped_column(big_int(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"))
    key: Mapped[str] = mapped_column(name())
    value: Mapped[Optional[float]] = mapped_column(double())
    step: Mapped[int] = mapped_column(big_int())
    timestamp: Mapped[Optional[dt.datetime]] = mapped_column(UTCDateTime())
    special: Mapped[Optional[str]] = mapped_column(long_text())

    __table_args__: Any = (Index("ix_metrics_run_id_key_step", "run_id", "key", "step"),)

    @property
    def run(self) -> Experiment:
        """The run it belongs to."""
        return self._run()  # type: ignore[no-any-return]

    @property
    def number(self) -> Union[int, float]:
        """The value as logged, NaN and ±inf and large integers too."""
        return join(self.value, self.special)


class MetricSummary(Base):
    """What queries over many runs need of a metric, kept up to date as it is logged."""

    __tablename__ = "metric_summaries"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("experiments.id"), primary_key=True, autoincrement=False
    )
    key: Mapped[str] = mapped_column(name(), primary_key=True)
    project_id: Mapped[int] = mapped_column(big_int())
    count: Mapped[int] = mapped_column(big_int())
    min: Mapped[Optional[float]] = mapped_column(double())
    min_step: Mapped[Optional[int]] = mapped_column(big_int())
    max: Mapped[Optional[float]] = mapped_column(double())
    max_step: Mapped[Optional[int]] = mapped_column(big_int())
    last: Mapped[Optional[float]] = mapped_column(double())
    last_step: Mapped[int] = mapped_column(big_int())
    last_special: Mapped[Optional[str]] = mapped_column(long_text())

    __table_args__: Any = (
        Index("ix_metric_summaries_min", "project_id", "key", "min"),
        Index("ix_metric_summaries_max", "project_id", "key", "max"),
        Index("ix_metric_summaries_last", "project_id", "key", "last"),
    )


class Param(Base):
    """One leaf of a run's config, for searching.

    `text` is JSON, `number` its numeric value, and `sort_key` compares as the leaf itself does; see
    `ato_sql._facts.configs.params`.
    """

    __tablename__ = "params"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("experiments.id"), primary_key=True, autoincrement=False
    )
    key: Mapped[str] = mapped_column(name(), primary_key=True)
    text: Mapped[str] = mapped_column(name())
    number: Mapped[Optional[float]] = mapped_column(double())
    sort_key: Mapped[Optional[str]] = mapped_column(sorted_name())

    __table_args__: Any = (
        Index("ix_params_key_sort_key", "key", "sort_key"),
        Index("ix_params_key_text", "key", "text"),
    )


class Artifact(Base):
    """One file a run made, or, where it has a key, what was logged by step besides numbers.

    Attributes:
        path: as it was logged.
        data_type: what the user called it; with a key `image`, `table`, `text`, `histogram`,
            `audio` or `video`.
        data_info: the metadata the user gave; a text or histogram itself.
        key: what `log_image` and its like were given.
        step: the same.
        files: of a folder, `name`, `size` and `hash` of the files in it, the first 10,000.
        stored: where its copy is. In the table relative to the folder of the database where it is
            below that; of a run that was merged or imported, the copy of the other database.
    """

    __tablename__ = "artifacts"

    id: Mapped[int] = mapped_column(big_int(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), index=True)
    path: Mapped[str] = mapped_column(long_text())
    data_type: Mapped[Optional[str]] = mapped_column(name())
    data_info: Mapped[Optional[Any]] = mapped_column(JSONValue())
    size: Mapped[Optional[int]] = mapped_column(big_int())
    content_hash: Mapped[Optional[str]] = mapped_column(name(64), index=True)
    stored: Mapped[Optional[str]] = mapped_column(long_text())
    created_at: Mapped[Optional[dt.datetime]] = mapped_column(UTCDateTime())
    key: Mapped[Optional[str]] = mapped_column(name())
    step: Mapped[Optional[int]] = mapped_column(big_int())
    files: Mapped[Optional[Any]] = mapped_column(JSONValue())

    __table_args__: Any = (Index("ix_artifacts_run_id_key_step", "run_id", "key", "step"),)

    def read(self) -> Any:
        """Return the content: of a table `columns` and `rows`, a text, a histogram, else bytes.

        Raises:
            FileNotFoundError: there is no copy, or it is not there any more.
            ArtifactError: it is a folder.
            DatabaseError: it is not what was logged.
        """
        kind = self.data_type if self.key else None
        return content_of(kind, self.data_info, self.stored, self.content_hash, self.size)

    @property
    def run(self) -> Experiment:
        """The run it belongs to."""
        return self._run()  # type: ignore[no-any-return]


class Fingerprint(Base):
    """The fingerprint of one traced function (`static`) or of its output (`runtime`) in a run."""

    __tablename__ = "fingerprints"

    id: Mapped[int] = mapped_column(big_int(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), index=True)
    trace_id: Mapped[str] = mapped_column(name())
    trace_type: Mapped[str] = mapped_column(name(32))
    fingerprint: Mapped[str] = mapped_column(name(128))

    __table_args__: Any = (
        Index("ix_fingerprints_trace", "trace_id", "trace_type", "fingerprint", "run_id"),
    )

    @property
    def run(self) -> Experiment:
        """The run it belongs to."""
        return self._run()  # type: ignore[no-any-return]


class FingerprintSource(Base):
    """What a fingerprint was made of, once per distinct fingerprint."""

    __tablename__ = "fingerprint_sources"

    fingerprint: Mapped[str] = mapped_column(name(128), primary_key=True)
    canonical: Mapped[Optional[str]] = mapped_column(long_text())
    source: Mapped[Optional[str]] = mapped_column(long_text())
    location: Mapped[Optional[str]] = mapped_column(long_text())
    kind: Mapped[Optional[str]] = mapped_column(name(32))
    form: Mapped[Optional[int]] = mapped_column(big_int())
    skipped: Mapped[Optional[Any]] = mapped_column(JSONValue())


class Input(Base):
    """One file that a run read.

    Attributes:
        name: its path below the project's folder, or what `log_input` was given.
        path: its path, absolute; NULL for what is no file.
        size: in bytes, when it was read.
        mtime: when it was last changed then, in seconds since 1970.
        hash: `sha256:…` of its content, `sampled:…` of a very large one, `listed:…` of a folder.
        reader: the function, file and line that opened it.
        how: `read`, `updated` if the run wrote it as well, or `logged` by `log_input`.
        problem: why there is no hash, or what it does not cover.
    """

    __tablename__ = "inputs"

    id: Mapped[int] = mapped_column(big_int(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), index=True)
    path: Mapped[Optional[str]] = mapped_column(long_text())
    size: Mapped[Optional[int]] = mapped_column(big_int())
    mtime: Mapped[Optional[float]] = mapped_column(double())
    hash: Mapped[Optional[str]] = mapped_column(name(80))
    reader: Mapped[Optional[str]] = mapped_column(long_text())
    how: Mapped[Optional[str]] = mapped_column(name(32))
    problem: Mapped[Optional[str]] = mapped_column(long_text())
    name: Mapped[str] = mapped_column(long_text())

    @property
    def run(self) -> Experiment:
        """The run it belongs to."""
        return self._run()  # type: ignore[no-any-return]


class SourceText(Base):
    """The text of a source file, or of a small input, once per distinct content."""

    __tablename__ = "source_texts"

    hash: Mapped[str] = mapped_column(name(80), primary_key=True)
    text: Mapped[Optional[str]] = mapped_column(long_text())


class RunSource(Base):
    """One of the project's own modules that a run had loaded, and the hash of its source."""

    __tablename__ = "run_sources"

    id: Mapped[int] = mapped_column(big_int(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), index=True)
    module: Mapped[str] = mapped_column(name())
    path: Mapped[Optional[str]] = mapped_column(long_text())
    hash: Mapped[str] = mapped_column(name(80), index=True)
    name: Mapped[str] = mapped_column(long_text())

    @property
    def run(self) -> Experiment:
        """The run it belongs to."""
        return self._run()  # type: ignore[no-any-return]


class Environment(Base):
    """Python, platform and package versions, once per distinct environment."""

    __tablename__ = "environments"

    hash: Mapped[str] = mapped_column(name(64), primary_key=True)
    data: Mapped[Any] = mapped_column(JSONValue(), nullable=False)


class Note(Base):
    """A remark about a run."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(big_int(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"), index=True)
    text: Mapped[str] = mapped_column(long_text())
    timestamp: Mapped[Optional[dt.datetime]] = mapped_column(UTCDateTime())


class ConsoleText(Base):
    """A piece of what a run printed; of a long output the first and the last pieces stay.

    Attributes:
        number: which piece, from 0 on.
    """

    __tablename__ = "console"

    id: Mapped[int] = mapped_column(big_int(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("experiments.id"))
    number: Mapped[int] = mapped_column(big_int())
    text: Mapped[str] = mapped_column(long_text())

    __table_args__: Any = (Index("ix_console_run_id_number", "run_id", "number"),)


class LastBatch(Base):
    """Up to where the database has a journal, so that what is sent twice is stored once."""

    __tablename__ = "writers"

    uuid: Mapped[str] = mapped_column(name(36), primary_key=True)
    last_batch: Mapped[int] = mapped_column(big_int())
    updated_at: Mapped[Optional[dt.datetime]] = mapped_column(UTCDateTime())


class SchemaVersion(Base):
    """One row: the revision of the schema, and what the database is called wherever it is moved."""

    __tablename__ = VERSION_TABLE

    version_num: Mapped[str] = mapped_column(name(32), primary_key=True)
    database: Mapped[Optional[str]] = mapped_column(name(36))


class DeletedRun(Base):
    """A run that was deleted while it went on, so that its process does not bring it back."""

    __tablename__ = "deleted_runs"

    uuid: Mapped[str] = mapped_column(name(36), primary_key=True)
    deleted_at: Mapped[Optional[dt.datetime]] = mapped_column(UTCDateTime())


CHILDREN = (
    Metric,
    MetricSummary,
    Param,
    Artifact,
    Fingerprint,
    Input,
    RunSource,
    Note,
    ConsoleText,
)
"""The tables whose rows belong to one run."""

# Set here, not in the classes: SQLAlchemy looks up the names in their annotations in `__module__`.
for _model in (Base, Project, Experiment, *CHILDREN, FingerprintSource, SourceText, Environment):
    _model.__module__ = "ato_sql"
