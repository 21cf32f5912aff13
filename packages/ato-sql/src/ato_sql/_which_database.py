"""Which database a command means."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from ato_sql._finder import SQLFinder

DEFAULT_DATABASE = "experiments.db"


def database_url(database: str | None = None) -> URL:
    """Return the database a command means.

    Args:
        database: a URL or the path of an SQLite file; without it the environment variable
            `ATO_DB`, else `experiments.db` in the working directory.

    Raises:
        DatabaseError: there is no such file; the message says what was tried.
    """
    from ato_sql._engine import parse_url, sqlite_file
    from ato_sql._errors import DatabaseError

    named = database or os.environ.get("ATO_DB")
    url = parse_url(named or DEFAULT_DATABASE)
    path = sqlite_file(url)
    if path is None or os.path.isfile(path):
        return url
    if database:
        raise DatabaseError(f"there is no database {path}")
    if named:
        raise DatabaseError(f"there is no database {path}, which ATO_DB names")
    raise DatabaseError(
        f"there is no {DEFAULT_DATABASE} in {os.getcwd()}, ATO_DB is not set and no --db was given"
    )


def open_finder(database: str | None = None) -> SQLFinder:
    """Return a finder of the database a command means; see `database_url`.

    Raises:
        DatabaseError: there is no such file.
    """
    from ato_sql._finder import SQLFinder

    return SQLFinder({"experiment": {"sql": {"db_path": database_url(database)}}})
