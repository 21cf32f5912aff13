"""URLs of databases: read, shown without passwords, and the files they name."""

from __future__ import annotations

import importlib.util
import os
import re

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ato_adict.surroundings import absolute, from_here
from ato_sql._errors import DatabaseError
from ato_sql._values.place import looks_like_url
from ato_sql._values.scratch import is_scratch, scratch_file
from ato_sql._values.secrets.texts.text import redact_text

_DRIVERS = {
    "postgresql": (("psycopg2", "psycopg2"), ("psycopg", "psycopg"), ("pg8000", "pg8000")),
    "mysql": (("pymysql", "pymysql"), ("MySQLdb", "mysqldb")),
    "mariadb": (("pymysql", "pymysql"), ("MySQLdb", "mysqldb")),
}
_EXTRA = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql"}

_PASSWORD = re.compile(r"(^(?:[\w+.\-]{2,}:?)?/{0,3}[^/\\:@]*:)[^\n]*@(?=[^@]*$)")


def parse_url(database: str | URL | os.PathLike[str]) -> URL:
    """Return the SQLAlchemy URL of a database given as URL or as the path of an SQLite file.

    Raises:
        DatabaseError: it cannot be read as one, or its driver is not installed.
    """
    if isinstance(database, URL):
        return _with_driver(_on_disk(database))
    text = os.fspath(database)
    if not looks_like_url(text):
        return _on_disk(URL.create("sqlite", database=text))
    if text.startswith("postgres://"):
        text = "postgresql" + text[len("postgres") :]
    try:
        return _with_driver(_on_disk(make_url(text)))
    except (ArgumentError, ValueError):
        shown = redact_text(_PASSWORD.sub(r"\1***@", text))
        raise DatabaseError(
            f"cannot read {shown!r} as a database URL; "
            "write it as sqlite:///experiments.db or postgresql://user@host/name"
        ) from None


def url_of_file(path: str) -> URL:
    """Return the URL of an SQLite file, whose path is as it is."""
    return URL.create("sqlite", database=path)


def _on_disk(url: URL) -> URL:
    """Replace a database in memory, which no other thread would see, by a file of this process."""
    if url.get_backend_name() != "sqlite":
        return url
    if url.host:
        raise DatabaseError(
            f"sqlite://{url.host} has two slashes, which name a host; "
            f"write sqlite:///{url.host}{'/' + url.database if url.database else ''}"
        )
    if str(url.database).startswith("file:") and "uri" not in url.query:
        path = str(url.database)[len("file:") :]
        raise DatabaseError(
            f"file:{path} is a URI of SQLite; write {path}, or sqlite:///file:{path}?uri=true"
        )
    if url.database not in (None, "", ":memory:"):
        return url.set(database=os.path.expandvars(os.path.expanduser(url.database)))
    return url.set(database=scratch_file())


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


def typed_url(url: URL) -> str:
    """Return a database as people type it: a path from here, or server and name; no credentials."""
    path = sqlite_file(url)
    if path is None:
        bare = URL.create(url.get_backend_name(), None, None, url.host, url.port, url.database)
        return redact_text(bare.render_as_string())
    if is_scratch(path):
        return "sqlite:// (in memory)"
    return from_here(path)


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


def resolve(url: URL) -> URL:
    """Return the URL with the path of its file made absolute, to mean the same in any folder."""
    path = sqlite_file(url)
    if path is None or path != url.database:
        return url
    return url.set(database=absolute(path))


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
