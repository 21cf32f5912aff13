"""An open database for questions: what every question goes through."""

from __future__ import annotations

import threading
from typing import Any, Mapping, Sequence, Union

from sqlalchemy import Select, bindparam, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ato_adict import did_you_mean
from ato_sql._db.read_only import ReadOnlyEngine
from ato_sql._db.schema import Experiment, Project, keep_readable
from ato_sql._errors import NotFoundError, TrackerError
from ato_sql._facts.files.copies import found_path
from ato_sql._facts.settings import Settings
from ato_sql._read.status import show_status
from ato_sql._values.asked import asked_list, asked_text, run_value
from ato_sql._values.url import clean_error, show_url, sqlite_file
from ato_sql._values.values import as_name, short
from ato_sql._write.storing.database import Database
from ato_sql._write.writer import flush_writers

RunId = Union[int, str]


class Reader:
    """A database that is asked; what this process has put for it is written before.

    Attributes:
        settings: where it is.
        database: itself.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.url, patience=settings.patience, reading=True)
        self._reading = ReadOnlyEngine(settings.url, settings.patience)
        self._lock = threading.Lock()
        # A database in memory is only where it is written.
        self._in_memory = settings.url.get_backend_name() == "sqlite" and (
            sqlite_file(settings.url) is None
        )

    def engine(self) -> Engine:
        """Return an engine for reading; nothing is created or changed.

        Raises:
            DatabaseError: there is no such database.
            TrackerError: it cannot be reached.
        """
        if self._in_memory:
            return self.writable_engine()
        flush_writers(self.settings)
        try:
            with self._lock:
                return self._reading.engine()
        except DBAPIError as error:
            raise self._trouble(error) from None

    def writable_engine(self) -> Engine:
        """Return the engine of a database that is made, or brought up to date, where needed.

        Raises:
            TrackerError: it cannot be reached.
        """
        flush_writers(self.settings)
        try:
            return self.database.engine()
        except DBAPIError as error:
            raise self._trouble(error) from None

    def close(self) -> None:
        """Close the connections; the next query opens new ones."""
        self._reading.close()
        self.database.close()

    def connection(self) -> Connection:
        """Return a connection, to be used in a `with` block.

        Raises:
            TrackerError: the database cannot be reached.
        """
        engine = self.engine()
        try:
            return engine.connect()
        except DBAPIError as error:
            raise self._trouble(error) from None

    def session(self) -> Session:
        """Return a session, to be used in a `with` block."""
        return Session(self.engine(), expire_on_commit=False, info={"find_copy": self.find_copy})

    def find_copy(self, stored: str, digest: str | None) -> str | None:
        """Return where a copy of an artifact is, from what is stored of its path.

        None for a path that is none of a copy.
        """
        return found_path(stored, digest, self.settings.url, self.settings.artifact_dir)

    def all(self, query: Select[Any], values: Mapping[str, Any] | None = None) -> list[Any]:
        """Return the objects of a query, readable without a session, runs with their status.

        A query that is made once, and asked with other values, takes half the time.
        """
        with self.session() as session:
            try:
                rows = keep_readable(session, session.scalars(query, values), self.session)
            except DBAPIError as error:
                raise self._trouble(error) from None
        show_status(row for row in rows if isinstance(row, Experiment))
        return rows

    def first(self, query: Select[Any], values: Mapping[str, Any] | None = None) -> Any:
        """Return the first object of a query that finds few, None if there is none."""
        return next(iter(self.all(query, values)), None)

    def _trouble(self, error: DBAPIError) -> TrackerError:
        url = self.settings.url
        return TrackerError(f"cannot read {show_url(url)}: {clean_error(error, url)}")


def is_run(run_id: RunId) -> Any:
    """Return the condition that a run has this id or UUID."""
    value = run_value(run_id)
    return (Experiment.uuid if isinstance(value, str) else Experiment.id) == value


def find_run(reader: Reader, run_id: RunId) -> Experiment | None:
    """Return a run by its id or UUID, None if there is none."""
    value = run_value(run_id)
    query = _BY_UUID if isinstance(value, str) else _BY_ID
    run: Experiment | None = reader.first(query, {"run": value})
    return run


_BY_UUID = select(Experiment).where(Experiment.uuid == bindparam("run"))
_BY_ID = select(Experiment).where(Experiment.id == bindparam("run"))


def get_run(reader: Reader, run_id: RunId) -> Experiment:
    """Return a run by its id or UUID.

    Raises:
        NotFoundError: there is none.
    """
    run = find_run(reader, run_id)
    if run is None:
        raise NotFoundError(f"there is no run {short(run_id)} in {show_url(reader.settings.url)}")
    return run


def all_projects(reader: Reader) -> list[Project]:
    """Return all projects by name."""
    return reader.all(select(Project).order_by(Project.name))


def find_project(reader: Reader, name: str) -> Project | None:
    """Return a project, None if there is none of that name."""
    kept = as_name(asked_text("a project", name))
    project: Project | None = reader.first(_PROJECT, {"name": kept})
    return project


_PROJECT = select(Project).where(Project.name == bindparam("name"))


def get_project(reader: Reader, name: str) -> Project:
    """Return a project.

    Raises:
        NotFoundError: there is none of that name.
    """
    project = find_project(reader, name)
    if project is None:
        hint = did_you_mean(name, [p.name for p in all_projects(reader)])
        raise NotFoundError(f"there is no project {name!r}{hint}")
    return project


def chosen_ids(
    reader: Reader, project_name: str | None, run_ids: Sequence[RunId] | None
) -> list[int]:
    """Return the ids of these runs, else of a project's runs, else of all.

    Raises:
        NotFoundError: there is no such project or run.
        QuestionError: they are no list.
    """
    if run_ids is not None:
        asked = asked_list("runs", "ids or UUIDs", run_ids)
        return [get_run(reader, run_id).id for run_id in asked]
    query = select(Experiment.id).order_by(Experiment.id)
    if project_name is not None:
        query = query.where(Experiment.project_id == get_project(reader, project_name).id)
    with reader.connection() as connection:
        return list(connection.execute(query).scalars())
