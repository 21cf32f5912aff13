"""One database as one process sees it: connects late, notices when the file is replaced."""

from __future__ import annotations

import os
import weakref
from typing import Any, Iterable, Mapping

from sqlalchemy import text
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from ato_sql._db.engine import PATIENCE_SECONDS, open_engine, writing
from ato_sql._db.identity import database_uuid
from ato_sql._db.read_only import close_read_files
from ato_sql._db.schema_setup import ensure_schema
from ato_sql._db.sqlite.logs import is_emptied, log_identity, part_from_log, set_log_aside
from ato_sql._errors import DatabaseError
from ato_sql._facts.files.claims import Owner, owner_of
from ato_sql._values.types import MYSQL
from ato_sql._values.url import file_identity, sqlite_file
from ato_sql._write.batch import Batch
from ato_sql._write.storing.apply import RunKey, apply_batch
from ato_sql._write.storing.carrying import carry_over

# Connections a child process inherited, the parent's, and those to files that were emptied.
_NOT_TO_BE_CLOSED: list[Engine] = []
# Every database of this process.
_DATABASES: weakref.WeakSet[Database] = weakref.WeakSet()


class Database:
    """A database whose schema is made ready at the first use.

    Args:
        url: where it is.
        full_sync: see `open_engine`.
        patience: see `open_engine`.
        reading: leave a database alone that has tables, but not a tracker's.

    Attributes:
        backup: where the copy made before an upgrade is.
        carried: whether runs were brought along as the file was removed or replaced.
    """

    def __init__(
        self,
        url: URL,
        full_sync: bool = False,
        patience: float = PATIENCE_SECONDS,
        reading: bool = False,
    ) -> None:
        self.url = url
        self._reading = reading
        self._patience = patience
        self._full_sync = full_sync
        self._file = sqlite_file(url)
        self._engine: Engine | None = None
        self._pid = os.getpid()
        self._identity: tuple[int, int] | None = None
        self._log: dict[str, object] = {}  # which files beside it are its log
        self._uuid: str | None = None
        self._nameless: Engine | None = None
        self.backup: str | None = None
        self.carried: bool = False
        _DATABASES.add(self)

    def engine(self) -> Engine:
        """Return an engine to a database with the current schema.

        Raises:
            DatabaseError: the schema is newer than this ato-sql, or there is no driver.
            sqlalchemy.exc.DBAPIError: it cannot be reached.
        """
        engine = self._engine  # another thread may close and reopen it meanwhile
        if engine is not None and self._pid != os.getpid():
            _NOT_TO_BE_CLOSED.append(engine)
            engine = None
        elif engine is not None and self._file and self._is_emptied(self._file):
            # What it had is gone. It is never read again, nor closed, which would fill it anew
            # with what is left in its log.
            _NOT_TO_BE_CLOSED.append(engine)
            os.remove(self._file)
            engine = self._engine = None
        elif engine is not None and self._file and file_identity(self._file) != self._identity:
            # Removed or replaced: the open file has no name any more, but what it had is there.
            self._nameless, self._engine = engine, None
            part_from_log(engine, self._file, self._log)
            engine = None
        return self._open() if engine is None else engine

    def _is_emptied(self, path: str) -> bool:
        return is_emptied(path) and file_identity(path) == self._identity

    def _open(self) -> Engine:
        if self._file is not None:
            folder = os.path.dirname(self._file)
            if folder:
                os.makedirs(folder, exist_ok=True)
            set_log_aside(self._file)
        engine = open_engine(self.url, self._full_sync, self._patience)
        try:
            self.backup = ensure_schema(engine, self._reading) or self.backup
        except BaseException:
            engine.dispose()
            raise
        self._pid = os.getpid()
        self._identity = file_identity(self._file) if self._file is not None else None
        self._note_log()
        self._engine = engine
        self._uuid = None
        return engine

    def owner(self) -> Owner:
        """Return how this database claims folders of copies; without its UUID if out of reach."""
        try:
            engine = self.engine()
            self._uuid = self._uuid or database_uuid(engine)
        except (DatabaseError, DBAPIError, OSError):
            pass
        return owner_of(self.url, self._uuid)

    def commit(self, batch: Batch, births: Mapping[str, dict[str, Any]]) -> dict[str, RunKey]:
        """Write a batch in one transaction; see `apply_batch`."""
        with writing(self.engine()).connect() as connection, connection.begin():
            if self._nameless is not None and births:
                self._carry_over(self._nameless, connection, births)
            keys = apply_batch(connection, batch, births)
        self._note_log()
        if self._nameless is not None:
            self._nameless.dispose()
            self._nameless = None
        return keys

    def _note_log(self) -> None:
        if self._file is not None:
            self._log = log_identity(self._file)

    def _carry_over(self, nameless: Engine, connection: Connection, uuids: Iterable[str]) -> None:
        pool: Any = nameless.pool
        if pool.checkedin():  # else it would open what has the name now
            with nameless.connect() as source:
                carry_over(source, connection, uuids)
            self.carried = True

    def largest_statement(self, error: BaseException) -> int | None:
        """Return how many bytes a statement may have; None where that is not the error's reason."""
        if not isinstance(error, OperationalError) or self.url.get_backend_name() not in MYSQL:
            return None
        try:
            self.close()  # the server hangs up on a statement that is too large
            with self.engine().connect() as connection:
                found = connection.execute(text("SELECT @@max_allowed_packet")).scalar()
            return None if found is None else int(found)
        except (DatabaseError, DBAPIError):
            return None

    def close(self) -> None:
        """Close the connections; the next use opens new ones."""
        for engine in (self._engine, self._nameless):
            if engine is not None and self._pid == os.getpid():
                engine.dispose()
        self._engine = self._nameless = None


def close_files() -> None:
    """Close all SQLite files, as must be before a fork.

    SQLite remembers for the whole process which locks it holds on a file. A child would inherit
    the memory but not the locks, and so believe in locks that it does not have.
    """
    close_read_files()
    for database in list(_DATABASES):
        if sqlite_file(database.url) is not None:
            database.close()
