"""The log of a search: everything asked and told, in order, so that it can be replayed.

One narrow interface, `append` and `events`; the search does not know what is behind it.
"""

from __future__ import annotations

import json
import os
from typing import Any, Dict

from ato_hyperband._errors import SearchError, SettingsError, StudyMismatchError

Event = Dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ato_study (
    name TEXT PRIMARY KEY, settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ato_note (
    study TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (study, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ato_event (
    study TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (study, seq)) WITHOUT ROWID;
"""


class MemoryLog:
    """A log that ends with the process and keeps nothing: nobody will replay it."""

    def open(self, settings: Event) -> Event:
        """Begin; the settings are those given."""
        return settings

    def events(self) -> list[Event]:
        """Nothing happened before."""
        return []

    def go_on_after(self, count: int) -> None:
        """There is nothing to go on after."""

    def append(self, event: Event) -> None:
        """Let go of an event."""

    def note(self, key: str, value: str) -> None:
        """Let go of a note."""

    def notes(self) -> dict[str, str]:
        """Nothing was noted before."""
        return {}

    def close(self) -> None:
        """Nothing is held."""


class Past:
    """A log whose past was read by another process.

    Args:
        log: An opened log.
        events: What it held when the search began.
    """

    def __init__(self, log: Any, events: list[Event]) -> None:
        self._events = events
        self.append, self.close = log.append, log.close
        self.note, self.notes = log.note, log.notes

    def events(self) -> list[Event]:
        """All events of the past, in order."""
        return self._events


class SqliteLog:
    """A log in an SQLite file; several studies can share one.

    Each event is committed before the search goes on (write-ahead log, so a killed process
    loses nothing that was appended).

    Args:
        path: The file, made if missing; ':memory:' is allowed.
        study: Name of the study inside the file.
        shared: Whether several processes log the same events, each of them once.

    Raises:
        SettingsError: The file is not an SQLite database or cannot be opened.
    """

    def __init__(self, path: str, study: str, shared: bool = False) -> None:
        self._path, self._study = path, study
        self._insert = f"INSERT {'OR IGNORE ' if shared else ''}INTO ato_event VALUES (?, ?, ?)"
        self._db: Any = None
        self._next = 0

    def open(self, settings: Event) -> Event:
        """Begin or join the study; the settings it was begun with.

        Raises:
            StudyMismatchError: The file holds a study of that name with other settings.
        """
        import sqlite3

        try:
            self._db = sqlite3.connect(self._path, timeout=60, isolation_level=None)
            self._db.execute("PRAGMA busy_timeout=60000")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise SettingsError(f"storage {self._path!r} cannot be used: {error}") from None
        self._db.execute(
            "INSERT OR IGNORE INTO ato_study VALUES (?, ?)", (self._study, json.dumps(settings))
        )
        row = self._db.execute("SELECT settings FROM ato_study WHERE name = ?", (self._study,))
        return check_settings(self._study, settings, json.loads(row.fetchone()[0]))

    def events(self) -> list[Event]:
        """All events so far, in order."""
        query = "SELECT seq, body FROM ato_event WHERE study = ? ORDER BY seq"
        rows = self._db.execute(query, (self._study,)).fetchall()
        self._next = rows[-1][0] + 1 if rows else 0
        return [json.loads(body) for _, body in rows]

    def go_on_after(self, count: int) -> None:
        """Take so many events as the past, as another process has read it."""
        self._next = count

    def append(self, event: Event) -> None:
        """Commit one event.

        Raises:
            SearchError: Another process runs the same study, or the file cannot be written.
        """
        import sqlite3

        try:
            self._db.execute(self._insert, (self._study, self._next, json.dumps(event)))
        except sqlite3.IntegrityError:
            raise SearchError(
                f"another process is running study {self._study!r} in {self._path!r}; "
                "wait for it, or give another study_name"
            ) from None
        except sqlite3.Error as error:
            raise SearchError(f"storage {self._path!r} cannot be written: {error}") from error
        self._next += 1

    def note(self, key: str, value: str) -> None:
        """Keep a text that is no event, in place of any earlier one of that key."""
        self._db.execute("REPLACE INTO ato_note VALUES (?, ?, ?)", (self._study, key, value))

    def notes(self) -> dict[str, str]:
        """The texts kept by `note`."""
        query = "SELECT key, value FROM ato_note WHERE study = ?"
        return dict(self._db.execute(query, (self._study,)).fetchall())

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            self._db.close()
            self._db = None


def check_settings(study: str, given: Event, stored: Event) -> Event:
    """The stored settings, if a search with the given ones may continue them.

    A seed that was not given is taken from the study.

    Raises:
        StudyMismatchError: Something else differs; the message names it.
    """
    given = json.loads(json.dumps(given))
    for key in sorted(set(given) | set(stored)):
        if key == "seed" and given.get("seed_given") is False:
            continue
        if key != "seed_given" and given.get(key) != stored.get(key):
            raise StudyMismatchError(
                f"study {study!r} was begun with {key}={_brief(stored.get(key))}, this search has "
                f"{_brief(given.get(key))}; give the same, or another study_name or storage"
            )
    return stored


def _brief(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 200 else text[:197] + "..."


def make_log(storage: Any, study: str, shared: bool = False) -> Any:
    """The log behind a storage argument: None, an sqlite:/// URL, or a tracker with one.

    Args:
        storage: The argument.
        study: Name of the study.
        shared: As for SqliteLog.

    Raises:
        SettingsError: It is none of these.
    """
    if storage is None:
        return MemoryLog()
    url = storage if isinstance(storage, str) else _tracker_url(storage)
    if not url.startswith("sqlite:///"):
        raise SettingsError(
            f"storage {url!r} is not supported; give 'sqlite:///study.db' (an absolute path has "
            "four slashes) or a tracker that logs to SQLite"
        )
    path = url[len("sqlite:///") :]
    folder = os.path.dirname(os.path.abspath(path))
    if path != ":memory:" and not os.path.isdir(folder):
        raise SettingsError(f"storage {url!r} is in a folder that does not exist: {folder}")
    return SqliteLog(path, study, shared)


def _tracker_url(tracker: Any) -> str:
    config: Any = getattr(tracker, "config", None)
    try:
        return str(config["experiment"]["sql"]["db_path"])
    except (TypeError, KeyError):
        raise SettingsError(
            f"storage is {tracker!r}; give 'sqlite:///study.db' or a tracker such as SQLLogger"
        ) from None
