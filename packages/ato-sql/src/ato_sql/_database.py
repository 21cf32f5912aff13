"""One database as one process sees it: connects late, notices when the file is replaced."""

from __future__ import annotations

import os
import weakref
from typing import Any, Mapping

from sqlalchemy.engine import URL, Engine

from ato_sql._apply import RunKey, apply_batch
from ato_sql._batch import Batch
from ato_sql._birth import ensure_schema
from ato_sql._engine import file_identity, open_engine, sqlite_file, writing

# Connections to servers a child process inherited: the parent's, so not used and not closed.
_INHERITED: list[Engine] = []
# Every database of this process.
_DATABASES: weakref.WeakSet[Database] = weakref.WeakSet()


class Database:
    """A database whose schema is made ready at the first use."""

    def __init__(self, url: URL, full_sync: bool = False) -> None:
        self.url = url
        self._full_sync = full_sync
        self._file = sqlite_file(url)
        self._engine: Engine | None = None
        self._pid = os.getpid()
        self._identity: tuple[int, int] | None = None
        self.backup: str | None = None
        _DATABASES.add(self)

    def engine(self) -> Engine:
        """Return an engine to a database with the current schema.

        Raises:
            DatabaseError: the schema is newer than this ato-sql, or there is no driver.
            sqlalchemy.exc.DBAPIError: it cannot be reached.
        """
        engine = self._engine  # another thread may close and reopen it meanwhile
        if engine is not None and self._pid != os.getpid():
            _INHERITED.append(engine)
            engine = None
        elif engine is not None and self._file and file_identity(self._file) != self._identity:
            self.close()  # removed or replaced: the open file has no name any more
            engine = None
        return self._open() if engine is None else engine

    def _open(self) -> Engine:
        if self._file is not None:
            folder = os.path.dirname(self._file)
            if folder:
                os.makedirs(folder, exist_ok=True)
        engine = open_engine(self.url, self._full_sync)
        try:
            self.backup = ensure_schema(engine) or self.backup
        except BaseException:
            engine.dispose()
            raise
        self._pid = os.getpid()
        self._identity = file_identity(self._file) if self._file is not None else None
        self._engine = engine
        return engine

    def commit(self, batch: Batch, births: Mapping[str, dict[str, Any]]) -> dict[str, RunKey]:
        """Write a batch in one transaction; see `apply_batch`."""
        with writing(self.engine()).connect() as connection, connection.begin():
            return apply_batch(connection, batch, births)

    def close(self) -> None:
        """Close the connections; the next use opens new ones."""
        engine, self._engine = self._engine, None
        if engine is not None and self._pid == os.getpid():
            engine.dispose()


def close_files() -> None:
    """Close all SQLite files, as must be before a fork.

    SQLite remembers for the whole process which locks it holds on a file. A child would inherit
    the memory but not the locks, and so believe in locks that it does not have.
    """
    for database in list(_DATABASES):
        if sqlite_file(database.url) is not None:
            database.close()
