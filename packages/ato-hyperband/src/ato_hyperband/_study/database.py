"""The databases that a study can be kept in: an SQLite file, or a server through SQLAlchemy.

One connection each, and transactions in which a study can be locked. The statements are those of
`stored`, with named parameters, which both understand.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sqlite3
from typing import Any, Callable, Iterator, List

from ato_hyperband._errors import SearchError, SettingsError
from ato_hyperband._study.url import hide_password

# Seconds to wait for another program's lock.
LOCK_SECONDS = 60
# Seconds after which a server ends the turn of a program that has been suspended in its middle.
IDLE_SECONDS = 15

# Runs one statement of a transaction, with its parameters by name; the rows it gave.
Execute = Callable[..., List[Any]]


class UnreachableError(Exception):
    """The database does not answer at the moment; what the transaction did may be lost or not."""


class TakenError(Exception):
    """A row of that key is there already."""


class Database:
    """What a log needs of a database.

    Attributes:
        name: How messages call it; without a password.
        is_shared: Whether other connections see the same data.
        now: An SQL expression: the database's time in seconds.
        types: SQL types by what they are for.
    """

    name: str
    is_shared = True
    now: str
    types: dict[str, str]

    def transaction(self, study: str | None = None) -> Any:
        """A context manager that gives an `Execute`; committed if its block ends well.

        Args:
            study: Lock this study first, so that nobody else changes it meanwhile.

        Raises:
            UnreachableError: The database does not answer, or the lock could not be had.
            TakenError: A key is there already.
            SearchError: The database refuses a statement.
        """
        raise NotImplementedError

    def another(self) -> Database:
        """The same database for another thread."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the connection; the next transaction makes another."""
        raise NotImplementedError


class SqliteDatabase(Database):
    """An SQLite file, in WAL mode: a killed process loses nothing that was committed."""

    now = "((julianday('now') - 2440587.5) * 86400.0)"
    types = {"key": "TEXT", "text": "TEXT", "seconds": "REAL", "note_key": '"key"'}

    def __init__(self, path: str) -> None:
        self._path, self.name = path, repr(path)
        self.is_shared = path != ":memory:"
        self._db: Any = None

    def _connection(self) -> Any:
        if self._db is None:
            db = sqlite3.connect(
                self._path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=NORMAL")
            except sqlite3.Error:
                db.close()
                raise
            self._db = db
        return self._db

    @contextlib.contextmanager
    def transaction(self, study: str | None = None) -> Iterator[Execute]:
        try:
            db = self._connection()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield lambda statement, **parameters: db.execute(statement, parameters).fetchall()
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
        except sqlite3.IntegrityError as error:
            raise TakenError(str(error)) from error
        except sqlite3.Error as error:
            raise SearchError(f"storage {self.name} cannot be written: {error}") from error

    def another(self) -> Database:
        return SqliteDatabase(self._path)

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


class ServerDatabase(Database):
    """PostgreSQL or MySQL/MariaDB, through SQLAlchemy, which is loaded with the first transaction.

    Args:
        url: With a driver or without.

    Raises:
        SettingsError: SQLAlchemy or the driver is not installed.
    """

    _EXTRAS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql"}
    _DRIVERS = {"postgresql": "psycopg2", "mysql": "pymysql", "mariadb": "pymysql"}

    def __init__(self, url: str) -> None:
        kind, _, rest = url.partition("://")
        system, _, driver = kind.partition("+")
        driver = driver or self._DRIVERS[system]
        self._url, self.name = f"{system}+{driver}://{rest}", repr(hide_password(url))
        for needed in ("sqlalchemy", driver):
            if not _is_installed(needed):
                extra = f"ato-hyperband[{self._EXTRAS[system]}]"
                raise SettingsError(
                    f"storage on {system} needs SQLAlchemy and a driver: pip install '{extra}'"
                )
        is_mysql = system != "postgresql"
        self.now = "unix_timestamp(now(6))" if is_mysql else "extract(epoch FROM clock_timestamp())"
        key = "VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" if is_mysql else "TEXT"
        text = "LONGTEXT CHARACTER SET utf8mb4" if is_mysql else "TEXT"
        note_key = "`key`" if is_mysql else '"key"'
        self.types = {"key": key, "text": text, "seconds": "DOUBLE PRECISION", "note_key": note_key}
        self._is_mysql = is_mysql
        self._made: Any = None

    @property
    def _engine(self) -> Any:
        if self._made is None:
            self._made = self._make_engine()
        return self._made

    def _make_engine(self) -> Any:
        from sqlalchemy import create_engine, event
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError

        wait: dict[str, Any] = {"connect_timeout": 10}
        if self._url.startswith(("postgresql+psycopg2:", "postgresql+psycopg:")):
            wait["options"] = f"-c idle_in_transaction_session_timeout={IDLE_SECONDS}s"
        try:
            engine = create_engine(
                self._url, isolation_level="READ COMMITTED", pool_size=1, connect_args=wait
            )
        except (ArgumentError, NoSuchModuleError, ValueError):
            raise SettingsError(
                f"cannot read storage {self.name} as a URL; write it as "
                "postgresql://user@host/name or mysql://user@host/name"
            ) from None
        if self._is_mysql:
            event.listen(engine, "connect", _end_idle_transactions)
        return engine

    @contextlib.contextmanager
    def transaction(self, study: str | None = None) -> Iterator[Execute]:
        from sqlalchemy import exc, text

        try:
            with self._engine.connect() as connection, connection.begin():

                def execute(statement: str, **parameters: Any) -> list[Any]:
                    found = connection.execute(text(statement), parameters)
                    return list(found) if found.returns_rows else []

                if study is not None:
                    execute("SELECT name FROM ato_study WHERE name = :name FOR UPDATE", name=study)
                yield execute
        except exc.IntegrityError as error:
            raise TakenError(str(error.orig)) from error
        except (exc.OperationalError, exc.InterfaceError) as error:
            raise UnreachableError(str(error.orig).strip()) from error
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise UnreachableError(str(error.orig).strip()) from error
            raise SearchError(f"storage {self.name} cannot be written: {error.orig}") from error

    def another(self) -> Database:
        return ServerDatabase(self._url)

    def close(self) -> None:
        if self._made is not None:
            self._made.dispose()


def _end_idle_transactions(connection: Any, record: object) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION idle_transaction_timeout={IDLE_SECONDS}")
    except connection.Error:
        pass  # MySQL has no such setting: there the turn ends with the connection


def _is_installed(module: str) -> bool:
    # None in its place is how a module is taken away.
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:
        return False
