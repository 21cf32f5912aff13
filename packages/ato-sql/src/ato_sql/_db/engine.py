"""From a database URL to an engine set up for many writers."""

from __future__ import annotations

import functools
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.pool import QueuePool

from ato_adict import did_you_mean
from ato_sql._db.watchdog import watch
from ato_sql._errors import DatabaseError
from ato_sql._values.types import JSON_SETTINGS, MYSQL
from ato_sql._values.url import clean_error, show_url, sqlite_file

PATIENCE_SECONDS = 20.0
_SYSTEMS = ("sqlite", "postgresql", "mysql", "mariadb")


def open_engine(url: URL, full_sync: bool = False, patience: float = PATIENCE_SECONDS) -> Engine:
    """Return an engine for `url`; no connection is made yet.

    Args:
        url: as `parse_url` returns it.
        full_sync: on SQLite, wait for the disk at each commit, so that even a power cut loses
            nothing that was committed.
        patience: seconds to wait for another program's lock, or for a server to answer a call.

    Raises:
        DatabaseError: there is no such database system, its driver is not installed, or the URL has
            options that it cannot use.
    """
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite_engine(url, full_sync, patience)
        return _server_engine(url, patience)
    except NoSuchModuleError:
        raise _unknown(url) from None
    except (ValueError, TypeError) as error:  # `?connect_timeout=soon`
        raise _unusable(url, error) from None
    except ImportError as error:
        if url.get_backend_name() not in _SYSTEMS:  # SQLAlchemy has it, the tracker does not
            raise _unknown(url) from None
        raise DatabaseError(f"the driver for {url.drivername} is not installed: {error}") from None


def _unknown(url: URL) -> DatabaseError:
    known = f"{', '.join(_SYSTEMS[:-1])} and {_SYSTEMS[-1]}"
    hint = did_you_mean(url.get_backend_name(), _SYSTEMS)
    return DatabaseError(
        f"unknown database system {url.drivername!r}; the tracker knows {known}{hint}"
    )


# What SQLAlchemy hands to Python's sqlite3; with `uri=true` SQLite itself takes all others.
_SQLITE_OPTIONS = (
    *("timeout", "isolation_level", "detect_types", "check_same_thread", "cached_statements"),
    "uri",
)


def refuse_unknown_options(url: URL) -> None:
    """Raise where the URL of an SQLite file has an option that SQLAlchemy would go on without.

    Raises:
        DatabaseError: it has.
    """
    for name in () if "uri" in url.query else url.query:
        if name not in _SQLITE_OPTIONS:
            hint = did_you_mean(name, _SQLITE_OPTIONS)
            raise DatabaseError(f"{show_url(url)}: SQLite has no option {name!r}{hint}")


def _sqlite_engine(url: URL, full_sync: bool, patience: float) -> Engine:
    refuse_unknown_options(url)
    settings: Any = {"connect_args": {"timeout": patience, "check_same_thread": False}}
    if sqlite_file(url) is not None:
        settings.update(poolclass=QueuePool, pool_size=2, max_overflow=20)
    engine = create_engine(url, **JSON_SETTINGS, **settings)
    event.listen(engine, "connect", functools.partial(_set_up_sqlite, full_sync))
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "close", _end_transaction)
    return engine


def _set_up_sqlite(full_sync: bool, connection: Any, record: object) -> None:
    # SQLAlchemy's own BEGIN (below) replaces the driver's, which starts too late to lock.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=" + ("FULL" if full_sync else "NORMAL"))


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("ato_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _end_transaction(connection: Any, record: object) -> None:
    """Give up the lock before a connection is closed.

    After Ctrl-C SQLAlchemy closes the connection at once, but SQLite keeps a closed connection
    open, with its lock, while there are statements of it; and the traceback keeps those.
    """
    connection.rollback()


def _server_engine(url: URL, patience: float) -> Engine:
    if url.get_backend_name() in MYSQL and not url.database and not url.query:
        raise DatabaseError(f"{show_url(url)} names no database; write it behind the host: /name")
    watched = url.drivername in _WATCHED
    settings: Any = {"pool_size": 2, "max_overflow": 20, "pool_pre_ping": not watched}
    settings["connect_args"] = _server_timeouts(url.drivername, patience)
    engine = create_engine(url, **JSON_SETTINGS, **settings)
    event.listen(engine, "do_connect", functools.partial(_connect, url))
    if watched:
        watch(engine, max(1, int(patience)) + _LATER)
    return engine


def _connect(url: URL, dialect: Any, record: object, arguments: Any, options: Any) -> Any:
    """Connect; what a driver says of options that it does not know is no error of a database."""
    try:
        return dialect.connect(*arguments, **options)
    except dialect.dbapi.Error:
        raise
    except Exception as error:
        raise _unusable(url, error) from None


def _unusable(url: URL, error: Exception) -> DatabaseError:
    said = f"{type(error).__name__}: {clean_error(error, url)}"
    return DatabaseError(f"{show_url(url)} has options that its driver cannot use: {said}")


_WATCHED = ("postgresql+psycopg2", "postgresql+psycopg")
_LATER = 5  # seconds that the server is given to say itself that it waited in vain


def _server_timeouts(driver: str, patience: float) -> dict[str, Any]:
    """Return how a driver is told not to wait for ever."""
    seconds = max(1, int(patience))
    connect = {"connect_timeout": min(seconds, 10)}
    if driver in _WATCHED:
        return {**connect, "options": f"-c lock_timeout={seconds}s"}
    if driver in ("mysql+pymysql", "mariadb+pymysql"):
        waiting = f"SET SESSION innodb_lock_wait_timeout={seconds}, lock_wait_timeout={seconds}"
        return {
            **connect,
            "read_timeout": seconds + _LATER,
            "write_timeout": seconds + _LATER,
            "init_command": waiting,
        }
    return {}


def writing(engine: Engine) -> Engine:
    """Return the same engine whose transactions take the write lock at their start on SQLite.

    Use `with writing(engine).connect() as connection, connection.begin():`. The shorter
    `engine.begin()` is a generator: Ctrl-C just before it is resumed would leave the transaction
    open, with its lock, as long as the traceback keeps the generator.
    """
    return engine.execution_options(ato_write=True)
