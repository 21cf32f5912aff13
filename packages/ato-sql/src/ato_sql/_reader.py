"""Open a database for questions, and find its projects and runs."""

from __future__ import annotations

import os
from typing import Any, Union

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ato_adict import ADict, did_you_mean
from ato_sql._config import from_json
from ato_sql._database import Database
from ato_sql._engine import clean_error, show_url, sqlite_file
from ato_sql._errors import DatabaseError, NotFoundError, TrackerError
from ato_sql._schema import (
    Experiment,
    Project,
    keep_readable,
)
from ato_sql._settings import read_settings
from ato_sql._status import show_status
from ato_sql._values import clean_text
from ato_sql._writer import flush_writers

RunId = Union[int, str]


class Reader:
    """Finds projects and runs; the base of what `SQLFinder` can be asked."""

    def __init__(self, config: Any) -> None:
        self._settings = read_settings(config, need_project=False)
        self._database = Database(self._settings.url)

    def get_projects(self) -> list[Project]:
        """Return all projects by name."""
        return self._all(select(Project).order_by(Project.name))

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
        run: Experiment | None = self._first(select(Experiment).where(is_run(run_id)))
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

    def close(self) -> None:
        """Close the connections; the next query opens new ones."""
        self._database.close()

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


def is_run(run_id: RunId) -> Any:
    if isinstance(run_id, str):
        return Experiment.uuid == run_id
    return Experiment.id == int(run_id)
