"""Where a database is, as it was given: told without SQLAlchemy where that is a file."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from ato_adict.surroundings import absolute as absolute_path
from ato_sql import _values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_SQLITE = "sqlite:///"
# `postgresql:/me:password@host`, `me:password@host`: no file has such a name without a folder.
_MEANT_AS_URL = re.compile(
    r"(?:postgres(?:ql)?|mysql|mariadb|sqlite)(?:\+\w+)?(?::|//)|(?![A-Za-z]:\\)[^/\\.][^/\\]*:.*@"
)


def looks_like_url(text: str) -> bool:
    """Whether a text is, or was meant to be, a URL rather than the path of a file."""
    return "://" in text or _MEANT_AS_URL.match(text) is not None


def is_url(database: Any) -> bool:
    """Tell whether this is a URL of SQLAlchemy, which who has none need not import."""
    sqlalchemy = sys.modules.get("sqlalchemy")
    return sqlalchemy is not None and isinstance(database, sqlalchemy.engine.URL)


def place_of(database: str | URL | os.PathLike[str]) -> str | URL:
    """Return the path of an SQLite file, else the URL; see `parse_url`.

    Raises:
        DatabaseError: it cannot be read as one, or its driver is not installed.
    """
    text = "" if is_url(database) else os.fspath(database)  # type: ignore[arg-type]
    path = text[len(_SQLITE) :] if text.startswith(_SQLITE) else text
    is_plain = path not in ("", ":memory:") and not path.startswith("file:")
    if not is_plain or looks_like_url(path) or "?" in path or "%" in path:
        return _values.url.parse_url(database)
    return os.path.expandvars(os.path.expanduser(path))


def absolute(place: str | URL) -> str | URL:
    """Return the place of a database as it is meant in any folder."""
    return absolute_path(place) if isinstance(place, str) else _values.url.resolve(place)


def url_of(place: str | URL) -> URL:
    """Return the URL of a database, from its place."""
    return _values.url.url_of_file(place) if isinstance(place, str) else place
