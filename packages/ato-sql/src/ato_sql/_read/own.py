"""What a logger asks of the database that it writes to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

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
from ato_sql._errors import NotFoundError, TrackerError
from ato_sql._facts.inputs import is_unchanged
from ato_sql._facts.outcome import COMPLETED
from ato_sql._facts.settings import Settings
from ato_sql._read.logged.media import last_of_each
from ato_sql._read.reader import is_run
from ato_sql._values.telling import tell
from ato_sql._values.url import clean_error, show_url
from ato_sql._values.values import as_name, short
from ato_sql._write.storing.apply import get_or_create_project
from ato_sql._write.writer import Writer

_CANDIDATES = 20  # earlier runs whose inputs are compared with what is there now


class OwnDatabase:
    """The database of a writer, asked after all that was logged is in it.

    Where it is out of reach there is nothing in it, with a warning, unless that is to be raised.
    """

    def __init__(self, writer: Writer, settings: Settings) -> None:
        self._writer = writer
        self._settings = settings

    def run(self, run: int | str) -> Experiment:
        """Return a run by its id or UUID.

        Raises:
            NotFoundError: there is no such run, or the database is out of reach.
        """
        row = self.find(run)
        if row is None:
            raise NotFoundError(f"there is no run {short(run)} in {self._settings.shown}")
        return row

    def find(self, run: int | str) -> Experiment | None:
        """Return a run by its id or UUID, None where it is not there."""
        row: Experiment | None = self._one(select(Experiment).where(is_run(run)))
        return row

    def last_steps(self, run_id: int) -> dict[Any, int]:
        """Return where each of a run's series of metrics and media goes on."""
        query = select(MetricSummary).where(MetricSummary.run_id == run_id)
        steps: dict[Any, int] = {one.key: one.last_step for one in self._rows(query)}
        for one in self._rows(select(Artifact).where(Artifact.id.in_(last_of_each(run_id)))):
            steps[one.data_type, one.key] = one.step
        return steps

    def count_after(self, run_id: int, step: int) -> int:
        """Return how many values a run has at later steps."""
        with self._session() as session:
            return sum(
                session.scalar(select(func.count()).where(of.run_id == run_id, of.step > step)) or 0
                for of in (Metric, Artifact)
            )

    def make_project(self, name: str) -> None:
        """Create a project where there is none of that name.

        Raises:
            TrackerError: the database is out of reach.
        """
        self._writer.flush()
        try:
            engine = writing(self._writer.database.engine())
            with engine.connect() as connection, connection.begin():
                get_or_create_project(connection, name)
        except DBAPIError as error:
            raise self._trouble(error) from None

    def project(self, name: str) -> Project:
        """Return a project that is there.

        Raises:
            TrackerError: it cannot be read.
        """
        project: Project | None = self._one(select(Project).where(Project.name == as_name(name)))
        if project is None:
            raise TrackerError(f"project {name!r} cannot be read back")
        return project

    def has_done(self, value_hash: str, code_hash: str | None) -> bool:
        """Tell whether a run of this config and code was completed on the inputs that are there."""
        query = select(Experiment).where(
            Experiment.value_hash == value_hash,
            Experiment.code_hash.is_(None)
            if code_hash is None
            else Experiment.code_hash == code_hash,
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
            tell(str(self._trouble(error)))
            return []

    def _trouble(self, error: DBAPIError) -> TrackerError:
        url = self._settings.url
        return TrackerError(f"cannot read {show_url(url)}: {clean_error(error, url)}")
