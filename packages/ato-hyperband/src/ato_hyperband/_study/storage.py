"""Which log a storage argument means."""

from __future__ import annotations

import os
from typing import Any

from ato_adict.surroundings import absolute
from ato_hyperband import _study
from ato_hyperband._errors import SettingsError
from ato_hyperband._study.log import Log
from ato_hyperband._study.url import hide_password

_SERVERS = ("postgresql", "mysql", "mariadb")


def make_log(storage: Any, study: str) -> Log:
    """The log behind a storage argument: None, the URL of a database, or a tracker with one.

    Args:
        storage: The argument.
        study: Name of the study.

    Raises:
        SettingsError: It is none of these, or what it needs is not installed.
    """
    if storage is None:
        return Log()
    url = storage if isinstance(storage, str) else _tracker_url(storage)
    if url.startswith("postgres://"):
        url = "postgresql" + url[len("postgres") :]
    if url.partition("://")[0].partition("+")[0] in _SERVERS:
        return _study.StoredLog(_study.ServerDatabase(url), study)
    return _study.StoredLog(_study.SqliteDatabase(_path_of(url)), study)


def _path_of(url: str) -> str:
    if not url.startswith("sqlite:///"):
        raise SettingsError(
            f"storage {hide_password(url)!r} is not supported; give 'sqlite:///study.db' (an "
            "absolute path has four slashes), 'postgresql://…', 'mysql://…', or a tracker that "
            "logs to one of these"
        )
    path = url[len("sqlite:///") :]
    folder = os.path.dirname(absolute(path))
    if path != ":memory:" and not os.path.isdir(folder):
        raise SettingsError(f"storage {url!r} is in a folder that does not exist: {folder}")
    return path


def _tracker_url(tracker: Any) -> str:
    """What a tracker says of its database: its `url`, else what its config says."""
    url = getattr(tracker, "url", None)
    if isinstance(url, str):
        return url
    config: Any = getattr(tracker, "config", None)
    try:
        return str(config["experiment"]["sql"]["db_path"])
    except (TypeError, KeyError):
        raise SettingsError(
            f"storage is {tracker!r}; give 'sqlite:///study.db' or a tracker such as SQLLogger"
        ) from None
