"""From a database URL to an engine set up for many writers, and errors without passwords."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import os
import shutil
import tempfile
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from ato_sql._errors import DatabaseError
from ato_sql._redact import redact_text

BUSY_SECONDS = 20.0
SERVER_CONNECT_SECONDS = 10
_DRIVERS = {
    "postgresql": (("psycopg2", "psycopg2"), ("psycopg", "psycopg"), ("pg8000", "pg8000")),
    "mysql": (("pymysql", "pymysql"), ("MySQLdb", "mysqldb")),
    "mariadb": (("pymysql", "pymysql"), ("MySQLdb", "mysqldb")),
}
_EXTRA = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql"}


def parse_url(database: str | URL | os.PathLike[str]) -> URL:
    """Return the SQLAlchemy URL of a database given as URL or as the path of an SQLite file.

    Raises:
        DatabaseError: it cannot be read as one, or its driver is not installed.
    """
    if isinstance(database, URL):
        return _with_driver(_on_disk(database))
    text = os.fspath(database)
    if "://" not in text:
        return _on_disk(URL.create("sqlite", database=text))
    if text.startswith("postgres://"):
        text = "postgresql" + text[len("postgres") :]
    try:
        return _with_driver(_on_disk(make_url(text)))
    except (ArgumentError, ValueError):
        raise DatabaseError(
            f"cannot read {redact_text(text)!r} as a database URL; "
            "write it as sqlite:///experiments.db or postgresql://user@host/name"
        ) from None


def _on_disk(url: URL) -> URL:
    """Replace a database in memory, which no other thread would see, by a file of this process."""
    if url.get_backend_name() != "sqlite" or url.database not in (None, "", ":memory:"):
        return url
    if os.getpid() not in _SCRATCH:
        folder = tempfile.mkdtemp(prefix="ato-sql-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _SCRATCH[os.getpid()] = os.path.join(folder, "memory.sqlite")
    return url.set(database=_SCRATCH[os.getpid()])


# By process, the file that stands for `sqlite://`.
_SCRATCH: dict[int, str] = {}


def _with_driver(url: URL) -> URL:
    if url.drivername not in _DRIVERS:
        return url
    for module, driver in _DRIVERS[url.drivername]:
        if importlib.util.find_spec(module) is not None:
            return url.set(drivername=f"{url.drivername}+{driver}")
    extra = _EXTRA[url.drivername]
    raise DatabaseError(f"no driver for {url.drivername}; pip install 'ato-sql[{extra}]'")


def show_url(url: URL) -> str:
    """Return the URL as text without its credentials."""
    return redact_text(url.render_as_string(hide_password=True))


def clean_error(error: BaseException, url: URL) -> str:
    """Return the driver's own words, on one line, without credentials."""
    original = getattr(error, "orig", None) or error
    text = " ".join(str(original).split()) or type(original).__name__
    for secret in _secrets(url):
        text = text.replace(secret, "***")
    return redact_text(text)


def _secrets(url: URL) -> tuple[str, ...]:
    secrets = [str(url.password)] if url.password else []
    return tuple(s for s in secrets if len(s) > 2)


def sqlite_file(url: URL) -> str | None:
    """Return the path of the SQLite file, or None for memory and for servers."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    if url.database.startswith("file:"):
        path = url.database[len("file:") :].split("?")[0]
        return None if "mode=memory" in url.database or path == ":memory:" else path
    return url.database


def file_identity(path: str) -> tuple[int, int] | None:
    """Return what tells a file from another of the same name, or None where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def open_engine(url: URL, full_sync: bool = False) -> Engine:
    """Return an engine for `url`; no connection is made yet.

    Args:
        url: as `parse_url` returns it.
        full_sync: on SQLite, wait for the disk at each commit, so that even a power cut loses
            nothing that was committed.

    Raises:
        DatabaseError: there is no such database system or its driver is not installed.
    """
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite_engine(url, full_sync)
        return _server_engine(url)
    except NoSuchModuleError:
        raise DatabaseError(
            f"unknown database system {url.drivername!r}; "
            "the tracker knows sqlite, postgresql, mysql and mariadb"
        ) from None
    except ImportError as error:
        raise DatabaseError(f"the driver for {url.drivername} is not installed: {error}") from None


def _sqlite_engine(url: URL, full_sync: bool) -> Engine:
    settings: Any = {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    if sqlite_file(url) is not None:
        settings.update(poolclass=QueuePool, pool_size=2, max_overflow=20)
    engine = create_engine(url, **settings)
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


def _server_engine(url: URL) -> Engine:
    settings: Any = {"pool_size": 2, "max_overflow": 20, "pool_pre_ping": True}
    if url.drivername in ("postgresql+psycopg2", "postgresql+psycopg", "mysql+pymysql"):
        settings["connect_args"] = {"connect_timeout": SERVER_CONNECT_SECONDS}
    if url.drivername == "mariadb+pymysql":
        settings["connect_args"] = {"connect_timeout": SERVER_CONNECT_SECONDS}
    return create_engine(url, **settings)


def writing(engine: Engine) -> Engine:
    """Return the same engine whose transactions take the write lock at their start on SQLite.

    Use `with writing(engine).connect() as connection, connection.begin():`. The shorter
    `engine.begin()` is a generator: Ctrl-C just before it is resumed would leave the transaction
    open, with its lock, as long as the traceback keeps the generator.
    """
    return engine.execution_options(ato_write=True)
