"""A log in a database, which several programs on several machines may write at once.

Events have consecutive numbers. A program takes its turn: it locks the study, reads what others
have added, and adds its own, so that all programs see the same events in the same order. Who works
on what is no event, as no scheduler depends on it: a claim names the program, and counts as long
as that program shows signs of life.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from typing import Any, Callable, Iterator, NamedTuple, TypeVar

from ato_adict.surroundings import host_name, is_alive, process_identity
from ato_hyperband._errors import SearchError, SettingsError, StudyDamagedError
from ato_hyperband._study.database import Database, Execute, TakenError, UnreachableError
from ato_hyperband._study.identity import check_identity
from ato_hyperband._study.log import Event, Log, check_event

T = TypeVar("T")

# Seconds to wait for a database that does not answer.
PATIENCE = 60.0
_PAUSE = 0.2
_ATTEMPTS = 4
_TABLES = (
    "ato_study (name {key} PRIMARY KEY, settings {text} NOT NULL)",
    "ato_note (study {key} NOT NULL, {note_key} {key} NOT NULL, value {text} NOT NULL,"
    " PRIMARY KEY (study, {note_key}))",
    "ato_event (study {key} NOT NULL, seq INTEGER NOT NULL, body {text} NOT NULL,"
    " PRIMARY KEY (study, seq))",
    "ato_claim (study {key} NOT NULL, trial INTEGER NOT NULL, rung INTEGER NOT NULL,"
    " program {key} NOT NULL, PRIMARY KEY (study, trial, rung))",
    "ato_program (study {key} NOT NULL, id {key} NOT NULL, joined INTEGER NOT NULL,"
    " tracks INTEGER NOT NULL, host {text}, pid INTEGER, process {text},"
    " patience {seconds} NOT NULL, seen {seconds} NOT NULL, PRIMARY KEY (study, id))",
)


class Program(NamedTuple):
    """One of the programs that work on a study.

    Attributes:
        id: Its own.
        tracks: Whether it has a tracker.
        patience: Seconds without a sign of life after which it counts as dead.
    """

    id: str
    tracks: bool
    patience: float


class Turn:
    """What a program may do while it has the study to itself.

    Args:
        execute: Of the transaction.
        log: Whose turn it is.
        place: The number of the next event to read.
    """

    def __init__(self, execute: Execute, log: StoredLog, place: int) -> None:
        self._execute, self._log, self.place = execute, log, place
        self._study = log.study
        self.added: list[tuple[int, Event]] = []

    def news(self) -> list[tuple[int, Event]]:
        """The events that this program has not seen, with their numbers."""
        rows = self._execute(
            "SELECT seq, body FROM ato_event WHERE study = :study AND seq >= :seq ORDER BY seq",
            study=self._study,
            seq=self.place,
        )
        found = []
        for number, body in rows:
            if number != self.place:
                raise self._log.damaged(self.place, f"it is missing, before {number!r:.40}")
            found.append((number, self._log.event(number, body)))
            self.place += 1
        return found

    def append(self, event: Event) -> None:
        """Add an event after all there are."""
        self._execute(
            "INSERT INTO ato_event VALUES (:study, :seq, :body)",
            study=self._study,
            seq=self.place,
            body=json.dumps(event),
        )
        self.added.append((self.place, event))
        self.place += 1

    def append_once(self, event: Event) -> None:
        """Add an event if it is not there yet.

        Raises:
            SearchError: There is another in its place.
        """
        rows = self._execute(
            "SELECT body FROM ato_event WHERE study = :study AND seq = :seq",
            study=self._study,
            seq=self.place,
        )
        if not rows:
            self.append(event)
        elif self._log.event(self.place, rows[0][0]) == json.loads(json.dumps(event)):
            self.place += 1
        else:
            raise SearchError(
                f"another program is running study {self._study!r} in {self._log.database.name}; "
                "wait for it, or give another study_name"
            )

    def claim(self, trial: int, rung: int, program: str) -> None:
        """Say who works on a job, in place of whoever did."""
        self.release(trial, rung)
        self._execute(
            "INSERT INTO ato_claim VALUES (:study, :trial, :rung, :program)",
            study=self._study,
            trial=trial,
            rung=rung,
            program=program,
        )

    def release(self, trial: int, rung: int) -> None:
        """Say that nobody works on a job."""
        self._execute(
            "DELETE FROM ato_claim WHERE study = :study AND trial = :trial AND rung = :rung",
            study=self._study,
            trial=trial,
            rung=rung,
        )

    def claims(self) -> dict[tuple[int, int], str]:
        """The program that works on each job."""
        rows = self._execute(
            "SELECT trial, rung, program FROM ato_claim WHERE study = :study", study=self._study
        )
        return {(trial, rung): program for trial, rung, program in rows}

    def join(self, program: Program) -> int:
        """Enter a program into the list of those that work on the study; its place there."""
        last = "SELECT COALESCE(MAX(joined), 0) FROM ato_program WHERE study = :study"
        joined = int(self._execute(last, study=self._study)[0][0]) + 1
        enter(self._execute, self._log, program, joined)
        return joined

    def leave(self, program: str) -> None:
        """Take a program from the list, and its claims with it."""
        for table, column in (("ato_claim", "program"), ("ato_program", "id")):
            self._execute(
                f"DELETE FROM {table} WHERE study = :study AND {column} = :program",
                study=self._study,
                program=program,
            )

    def living(self, me: str) -> dict[str, bool]:
        """The programs at work in the order in which they joined, and whether each tracks.

        Args:
            me: The one that asks, which lives. What else runs in its process has been given up,
                such as a search in an earlier cell of a notebook.
        """
        rows = self._execute(
            f"SELECT id, tracks, host, pid, process, patience - ({self._log.database.now} - seen)"
            " FROM ato_program WHERE study = :study ORDER BY joined",
            study=self._study,
        )
        return {
            program: bool(tracks)
            for program, tracks, host, pid, process, left in rows
            if program == me or (left > 0 and _is_elsewhere(host, pid, process))
        }


def _mapping(text: Any) -> dict[str, Any]:
    """Return the mapping that a text holds; what is none raises an error of Python's."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise TypeError(f"{text!r:.40} is no mapping")
    return found


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _is_elsewhere(host: str, pid: int, process: str | None) -> bool:
    """Whether a program may live, in another process than this one."""
    return (host, pid) != (host_name(), os.getpid()) and is_alive(host, pid, process) is not False


def enter(execute: Execute, log: StoredLog, program: Program, joined: int) -> None:
    """Write that a program lives, now, in place of what was known of it."""
    where = {"study": log.study, "id": program.id}
    execute("DELETE FROM ato_program WHERE study = :study AND id = :id", **where)
    execute(
        "INSERT INTO ato_program VALUES (:study, :id, :joined, :tracks, :host, :pid, :process,"
        f" :patience, {log.database.now})",
        joined=joined,
        tracks=int(program.tracks),
        host=host_name(),
        pid=os.getpid(),
        process=process_identity(os.getpid()),
        patience=program.patience,
        **where,
    )


class StoredLog(Log):
    """A log in a database; several studies can share one.

    Args:
        database: Where.
        study: Name of the study.

    Raises:
        SettingsError: The database cannot be used.
    """

    def __init__(self, database: Database, study: str) -> None:
        self.database, self.study = database, study
        self._place = 0

    def open(self, identity: Event) -> Event:
        """Begin or join the study; what it was begun with.

        Raises:
            StudyMismatchError: There is a study of that name of another identity.
        """
        try:
            self._create()
            stored = self._begun(identity)
        except UnreachableError as error:
            raise SettingsError(f"storage {self.database.name} cannot be used: {error}") from None
        except StudyDamagedError:
            raise
        except SearchError as error:
            raise SettingsError(str(error).replace("written", "used", 1)) from None
        return check_identity(self.study, identity, stored)

    def _create(self) -> None:
        kinds = self.database.types
        for attempt in range(_ATTEMPTS):
            try:
                with self.database.transaction() as execute:
                    for table in _TABLES:
                        execute(f"CREATE TABLE IF NOT EXISTS {table.format(**kinds)}")
                return
            except (TakenError, UnreachableError, SearchError):
                # Another program may be making them at this moment, which some servers refuse.
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(_PAUSE)

    def _begun(self, identity: Event) -> Event:
        find = "SELECT settings FROM ato_study WHERE name = :name"
        for _ in range(2):
            try:
                with self.database.transaction() as execute:
                    rows = execute(find, name=self.study)
                    if not rows:
                        insert = "INSERT INTO ato_study VALUES (:name, :settings)"
                        execute(insert, name=self.study, settings=json.dumps(identity))
                        return identity
                return self._settings(rows[0][0])
            except TakenError:  # another program has begun it at this moment
                continue
        raise SearchError(f"study {self.study!r} cannot be begun")

    def _settings(self, text: Any) -> Event:
        try:
            return _mapping(text)
        except (TypeError, ValueError, RecursionError) as error:
            raise StudyDamagedError(
                f"the settings of study {self.study!r} in {self.database.name} (table ato_study) "
                f"are damaged: {_said(error)}; give another study_name"
            ) from None

    def event(self, number: int, body: Any) -> Event:
        """The event that a row holds.

        Raises:
            StudyDamagedError: No search has written that.
        """
        try:
            event = _mapping(body)
            check_event(event)
        except (TypeError, ValueError, RecursionError) as error:
            raise self.damaged(number, _said(error)) from None
        return event

    def damaged(self, number: int, problem: str) -> StudyDamagedError:
        return StudyDamagedError(
            f"event {number} of study {self.study!r} in {self.database.name} (table ato_event, "
            f"seq {number}) is damaged: {problem}; with it and all after it deleted the search "
            "goes on from there"
        )

    def events(self) -> list[Event]:
        with self.turn() as turn:
            return [event for _, event in turn.news()]

    def go_on_after(self, count: int) -> None:
        self._place = count

    def start_again(self) -> None:
        """Read all events once more."""
        self._place = 0

    @contextlib.contextmanager
    def turn(self) -> Iterator[Turn]:
        """Have the study to oneself; what was added is kept if the block ends well.

        Raises:
            UnreachableError: The database does not answer; what was added may be lost or not.
        """
        with self.database.transaction(self.study) as execute:
            turn = Turn(execute, self, self._place)
            yield turn
        self._place = turn.place

    def append(self, event: Event) -> None:
        """Keep an event that several processes know, each of which adds it.

        Raises:
            SearchError: There is another event of that number, or it cannot be written.
        """
        try:
            with self.turn() as turn:
                turn.append_once(event)
        except UnreachableError as error:
            raise self.unreachable(error) from error

    def unreachable(self, error: Exception) -> SearchError:
        """What to say when the database does not answer."""
        return SearchError(
            f"storage {self.database.name} does not answer: {error}; "
            "started again, the search goes on from there"
        )

    def note(self, key: str, value: str) -> None:
        column = self.database.types["note_key"]

        def write() -> None:
            which = {"study": self.study, "key": key}
            with self.database.transaction(self.study) as execute:
                execute(f"DELETE FROM ato_note WHERE study = :study AND {column} = :key", **which)
                execute("INSERT INTO ato_note VALUES (:study, :key, :value)", value=value, **which)

        self.patiently(write)

    def notes(self) -> dict[str, str]:
        column = self.database.types["note_key"]

        def read() -> dict[str, str]:
            with self.database.transaction() as execute:
                query = f"SELECT {column}, value FROM ato_note WHERE study = :study"
                rows = dict(map(tuple, execute(query, study=self.study)))
                # What is no text is damaged, and not worth more than a search to begin with.
                return {key: value for key, value in rows.items() if isinstance(value, str)}

        return self.patiently(read)

    def patiently(self, action: Callable[[], T]) -> T:
        """Do something that may be done again, until the database answers.

        Raises:
            SearchError: It has not answered for a minute.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return action()
            except UnreachableError as error:
                if time.monotonic() > deadline:
                    raise self.unreachable(error) from error
                time.sleep(_PAUSE)

    def close(self) -> None:
        self.database.close()
