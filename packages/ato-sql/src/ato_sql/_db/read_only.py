"""A database opened so that nothing in it can change.

One that an older version wrote, or to which ato 2.2.1 has added runs, is read from a copy that is
brought up to date; the file stays as it is.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import weakref
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from ato_adict.surroundings import absolute
from ato_sql._db.engine import PATIENCE_SECONDS, open_engine, refuse_unknown_options
from ato_sql._db.identity import current_revision, refuse_foreign, refuse_foreign_file
from ato_sql._db.revision import VERSION_TABLE
from ato_sql._db.schema_setup import check_schema, ensure_schema
from ato_sql._db.sqlite.damage import expect_damage, leave_out_damage
from ato_sql._db.sqlite.files import has_log_in_part, leave_no_log, uri_of
from ato_sql._db.sqlite.leftover import log_is_of_another
from ato_sql._db.sqlite.logs import is_emptied
from ato_sql._errors import DatabaseError
from ato_sql._values.types import JSON_SETTINGS, MYSQL
from ato_sql._values.url import file_identity, show_url, sqlite_file

# Every engine for reading of this process.
_ENGINES: weakref.WeakSet[ReadOnlyEngine] = weakref.WeakSet()


class ReadOnlyEngine:
    """Gives an engine for reading, a new one when the file was replaced.

    Args:
        url: where it is.
        patience: see `open_engine`.

    Raises:
        DatabaseError: it is not there, or not a tracker's.
        sqlalchemy.exc.SQLAlchemyError: it cannot be read.
    """

    def __init__(self, url: URL, patience: float = PATIENCE_SECONDS) -> None:
        self._url = url
        self._patience = patience
        self._path = sqlite_file(url)
        self._engine: Engine | None = None
        self._state: Any = None
        self._pid = 0
        self._copied = False
        self._opened: list[Engine] = []
        _ENGINES.add(self)
        weakref.finalize(self, _let_go, self._opened, os.getpid())

    def engine(self) -> Engine:
        """Return the engine; see the class for what it raises."""
        if self._engine is None or self._pid != os.getpid() or self._state != self._now():
            self.close()
            self._open()
        assert self._engine is not None
        return self._engine

    @property
    def is_file(self) -> bool:
        """Whether this is an SQLite file."""
        return self._path is not None

    def read_around_damage(self) -> bool:
        """Leave out what is damaged from now on, where that can be: in a file of SQLite."""
        if self._path is None:
            return False
        expect_damage(self._path)
        self.close()
        return True

    def close(self) -> None:
        """Close the connections; the next use opens new ones."""
        self._engine = None
        _let_go(self._opened, self._pid)

    def _open(self) -> None:
        self._pid, self._copied = os.getpid(), False
        self._state = self._now()
        engine = read_only_engine(self._url, self._patience)
        try:
            if not _is_ready(engine):
                _let_go([engine], self._pid)
                engine = self._copy()
        except (ValueError, TypeError) as error:  # texts that are none, versions that are none
            _let_go([engine], self._pid)
            shown = show_url(self._url)
            raise DatabaseError(f"cannot read {shown}, it is damaged: {error}") from None
        except BaseException:
            _let_go([engine], self._pid)
            raise
        self._state = self._now()
        self._engine = engine
        self._opened.append(engine)

    def _copy(self) -> Engine:
        older = DatabaseError(
            f"{show_url(self._url)} was written by an older version, and reading "
            "changes nothing; bring it up to date with: ato upgrade"
        )
        if self._path is None:
            raise older
        self._copied = True
        try:
            return _upgraded_copy(self._path)
        except SQLAlchemyError:
            raise older from None

    def _now(self) -> Any:
        """Return what tells that the file is another, or, of one that is copied, has changed."""
        if self._path is None:
            return None
        if not self._copied:
            return file_identity(self._path)
        return [_stamp(self._path + ending) for ending in ("", "-wal")]


def _let_go(opened: list[Engine], pid: int) -> None:
    """Close engines, if this process has opened them, and leave no empty log beside their files.

    Nor beside one that turns out to be another program's.
    """
    while opened:
        engine = opened.pop()
        if pid == os.getpid():
            engine.dispose()
            path = sqlite_file(engine.url)
            if path is not None:
                leave_no_log(path)


def close_read_files() -> None:
    """Close all SQLite files that are open for reading; see `close_files` of the writers."""
    for engine in list(_ENGINES):
        if engine.is_file:
            engine.close()


def read_only_engine(url: URL, patience: float = PATIENCE_SECONDS) -> Engine:
    """Return an engine whose connections can only read; `patience` as of `open_engine`."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, patience)
    engine = open_engine(url, patience=patience)
    event.listen(engine, "connect", _make_session_read_only)
    return engine


def refuse_unused(url: URL) -> None:
    """Raise where no tracker has used a database; nothing is changed.

    Raises:
        DatabaseError: none has, or it cannot be read.
    """
    engine = read_only_engine(url)
    try:
        with engine.connect() as connection:
            _check_used(engine, connection)
    finally:
        _let_go([engine], os.getpid())


def is_trackers(url: URL) -> bool:
    """Tell whether a database is there and is a tracker's; nothing is changed."""
    try:
        engine = read_only_engine(url)
    except (DatabaseError, SQLAlchemyError):
        return False
    try:
        with engine.connect() as connection:
            has_version = engine.dialect.has_table(connection, VERSION_TABLE)
            return has_version or current_revision(connection) is not None
    except (DatabaseError, SQLAlchemyError):
        return False
    finally:
        _let_go([engine], os.getpid())


def _check_used(engine: Engine, connection: Connection) -> None:
    if not engine.dialect.has_table(connection, "experiments"):
        refuse_foreign(connection, reading=True)
        shown = show_url(engine.url)
        raise DatabaseError(f"{shown} holds no runs: it has not been used by a tracker")


def _is_ready(engine: Engine) -> bool:
    with engine.connect() as connection:
        _check_used(engine, connection)
        # There each table counts as soon as it is made.
        if engine.dialect.name in MYSQL and current_revision(connection) is None:
            refuse_foreign(connection, reading=True)
            raise DatabaseError(
                f"the tables of {show_url(engine.url)} are not all made: a program is at it now, "
                "or was stopped in the midst; ask again, or start a run, which goes on with it"
            )
    return check_schema(engine)


def _upgraded_copy(path: str) -> Engine:
    folder = tempfile.mkdtemp(prefix="ato-reading-")
    target = os.path.join(folder, "copy.db")
    source, copy = sqlite3.connect(_uri(path), uri=True), sqlite3.connect(target)
    with copy:
        source.backup(copy)
    source.close()
    copy.close()
    leave_no_log(path)
    url = URL.create("sqlite", database=target)
    engine = open_engine(url)
    ensure_schema(engine, back_up=False)
    weakref.finalize(engine, shutil.rmtree, folder, ignore_errors=True)
    return engine


def _stamp(path: str) -> Any:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _sqlite_engine(url: URL, patience: float) -> Engine:
    refuse_unknown_options(url)
    path = sqlite_file(url)
    if path is None or not os.path.isfile(path):
        raise DatabaseError(
            f"there is no database at {path or show_url(url)}; runs make one, "
            "or name another with --db or ATO_DB"
        )
    if is_emptied(path) and os.path.exists(path + "-wal"):
        raise DatabaseError(
            f"{path} is empty, but its log {path}-wal is not: it was emptied by mistake, or is "
            "still to be copied; to read it would remove the log"
        )
    if log_is_of_another(path):
        raise DatabaseError(
            f"{path}-wal is the log of another state of {path}, which a backup has replaced; "
            "move it away, or start a run, which sets it aside"
        )
    if has_log_in_part(path):
        refuse_foreign_file(url, reading=True)
    uri = _uri(path)

    def connect() -> sqlite3.Connection:
        opened = sqlite3.connect(uri, uri=True, timeout=patience, check_same_thread=False)
        leave_out_damage(opened, path)
        return opened

    settings: Any = {**JSON_SETTINGS, "poolclass": QueuePool, "pool_size": 8}
    return create_engine(url, creator=connect, **settings)


def _uri(path: str) -> str:
    uri = uri_of(path)
    return uri + "&immutable=1" if _is_sealed(uri, path) else uri


def _is_sealed(uri: str, path: str) -> bool:
    """Whether the file can be read only as one that nobody changes.

    A file in write-ahead mode in a folder that is not writable cannot be locked; without a log
    beside it, nobody writes it.
    """
    if os.path.exists(f"{path}-wal") or os.access(os.path.dirname(absolute(path)), os.W_OK):
        return False
    connection = sqlite3.connect(uri, uri=True)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
    return False


def _make_session_read_only(connection: Any, record: object) -> None:
    cursor = connection.cursor()
    if hasattr(connection, "set_session"):  # psycopg2, whose transactions begin by themselves
        connection.set_session(readonly=True)
    elif "psycopg" in type(connection).__module__:
        connection.read_only = True
    else:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
    cursor.close()
