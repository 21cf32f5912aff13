"""A log in an SQLite file."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from ato_hyperband._errors import SearchError, SettingsError, StudyMismatchError
from ato_hyperband._study.log import Event, Log

# What studies were like that were stored before these could be chosen.
_BEFORE = {"vertices": True, "cost_aware": False}
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


class SqliteLog(Log):
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

    def open(self, identity: Event) -> Event:
        """Begin or join the study; what it was begun with.

        Raises:
            StudyMismatchError: The file holds a study of that name of another identity.
        """
        try:
            self._db = sqlite3.connect(self._path, timeout=60, isolation_level=None)
            self._db.execute("PRAGMA busy_timeout=60000")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise SettingsError(f"storage {self._path!r} cannot be used: {error}") from None
        self._db.execute(
            "INSERT OR IGNORE INTO ato_study VALUES (?, ?)", (self._study, json.dumps(identity))
        )
        row = self._db.execute("SELECT settings FROM ato_study WHERE name = ?", (self._study,))
        return _check_identity(self._study, identity, json.loads(row.fetchone()[0]))

    def events(self) -> list[Event]:
        query = "SELECT seq, body FROM ato_event WHERE study = ? ORDER BY seq"
        rows = self._db.execute(query, (self._study,)).fetchall()
        self._next = rows[-1][0] + 1 if rows else 0
        return [json.loads(body) for _, body in rows]

    def go_on_after(self, count: int) -> None:
        self._next = count

    def append(self, event: Event) -> None:
        """Commit one event.

        Raises:
            SearchError: Another process runs the same study, or the file cannot be written.
        """
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
        self._db.execute("REPLACE INTO ato_note VALUES (?, ?, ?)", (self._study, key, value))

    def notes(self) -> dict[str, str]:
        query = "SELECT key, value FROM ato_note WHERE study = ?"
        return dict(self._db.execute(query, (self._study,)).fetchall())

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _check_identity(study: str, given: Event, stored: Event) -> Event:
    """The stored identity, if a search with the given one may continue it.

    A seed that was not given is taken from the study.

    Raises:
        StudyMismatchError: Something else differs; the message names it.
    """
    given = json.loads(json.dumps(given))
    stored = {**_BEFORE, **stored}
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
