"""From the journal to the database: in order, and knowing what to do when it cannot take it."""

from __future__ import annotations

import logging
import os
import random
import time
from typing import Iterator

from sqlalchemy.exc import IntegrityError

from ato_sql._db.engine import open_engine
from ato_sql._db.schema_setup import check_schema
from ato_sql._db.sqlite.leftover import log_is_of_another
from ato_sql._db.sqlite.logs import is_emptied
from ato_sql._errors import DatabaseError, TrackerError, TrackerWarning
from ato_sql._facts.settings import Settings
from ato_sql._values.telling import tell
from ato_sql._values.url import clean_error, show_url, sqlite_file
from ato_sql._write.batch import NOTE, Batch, Event
from ato_sql._write.journals.folders import (
    LeftBehind,
    distrusted,
    left_behind,
    open_left_behind,
    reject,
    remove_unborn,
)
from ato_sql._write.journals.journal import Journal
from ato_sql._write.journals.records import pack_other
from ato_sql._write.journals.segment import CHUNK, Segment
from ato_sql._write.storing.apply import OutOfStepError, RunKey
from ato_sql._write.storing.database import Database
from ato_sql._write.storing.salvage import is_about_a_value, is_refusal, is_too_large, lessened

_TRIES = 8  # of a batch that met another writer
_REFUSALS = 3  # of a batch the database is well enough to refuse
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0

log = logging.getLogger("ato_sql")


class Committer:
    """Writes a journal to its database; its user sees to it that one thread at a time is in here.

    While the database cannot take it, what is logged stays in the journal and is tried again, at
    growing intervals. Of what the database refuses, though it is well, all is stored but the single
    things that it does not take, which are set aside.

    Attributes:
        keys: by UUID, where the runs that are open are in the database.
        in_trouble: whether the last try failed.
    """

    def __init__(self, settings: Settings, journal: Journal) -> None:
        self._settings = settings
        self._journal = journal
        self.database: Database = Database(
            settings.url, settings.durability == "commit", settings.patience
        )
        self.keys: dict[str, RunKey] = {}
        self._warned: set[str] = set()
        self._noted: set[str] = set()  # the runs that have a note about what was refused
        self.renew()

    def renew(self) -> None:
        """Begin anew in a forked child: trouble, if there is any, is the parent's."""
        self.in_trouble: bool = False
        self._pause = 0.0
        self._retry_at = 0.0
        self._error: BaseException | None = None

    def prepare(self) -> None:
        """Open the database and store what earlier programs could not.

        Raises:
            DatabaseError: it can never be used: a newer schema, no driver.
        """
        try:
            self.database.engine()
            self._tell_of_distrusted()
            self.recover()
            remove_unborn(self._settings.url, self._settings.journal_dir)
        except DatabaseError:
            raise
        except Exception as error:
            self.note_trouble(error)

    def drain(self, now: bool = False) -> None:
        """Write to the database what the journal has at the moment.

        Args:
            now: also where it was in trouble and it is not yet time to try again.
        """
        if self.in_trouble and not now and time.monotonic() < self._retry_at:
            return
        try:
            if self.in_trouble:
                self.database.engine()
            self._tell_of_loss()
            for segment in list(self._journal.segments):
                if not self._journal.is_current(segment):
                    segment.seal()
                self._write(segment, segment.end)
                if segment.sealed:
                    self._journal.drop(segment)
        except Exception as error:
            self.note_trouble(error)
            return
        if self._journal.problem and self._journal.segments:
            reason = self._journal.problem
            self._warn("memory", f"no journal can be written ({reason}); a kill loses metrics")
        if self.database.carried:
            self.database.carried = False
            url = show_url(self._settings.url)
            self._warn("moved", f"{url} was removed or replaced; the open runs go on there, whole")
        if self.in_trouble:
            log.info("%s takes metrics again; nothing was lost", show_url(self._settings.url))
            refused = self._error if isinstance(self._error, TrackerError) else None
            self.renew()
            self._error = refused
            self._warned.discard("trouble")
            self.recover_quietly()  # which `prepare` may not have come to

    def check(self) -> None:
        """Raise what went wrong, where that is asked for.

        Raises:
            TrackerError: with `on_error='raise'`.
        """
        error, self._error = self._error, None
        if error is not None and self._settings.on_error == "raise":
            known = isinstance(error, TrackerError)  # which says what was refused
            raise (error if known else TrackerError(self._describe(error))) from None

    def forget(self, uuid: str) -> None:
        """Drop what is known of a run that has ended."""
        if not self.in_trouble:
            self._journal.forget(uuid)
            self.keys.pop(uuid, None)

    # -- the good way --------------------------------------------------------------------------

    def _write(self, segment: Segment, end: int) -> None:
        refusals, size = 0, CHUNK
        while True:
            batch = segment.batch(end, size)
            if batch is None:
                return
            try:
                self._commit(batch)
            except OutOfStepError as error:  # it has it already, at least the beginning
                segment.done = error.position
                continue
            except Exception as error:
                if not self._is_refused(error, batch):
                    raise
                refusals += 1
                if size == CHUNK and refusals < _REFUSALS and not is_about_a_value(error):
                    self.database.close()  # the next try looks whether the tables are there
                    continue
                if batch.size() > 1:
                    size = (batch.end - batch.start) // 2
                    continue
                self._store_less(batch, error)
            segment.done = batch.end
            refusals, size = 0, min(2 * size, CHUNK)

    def _is_refused(self, error: BaseException, batch: Batch) -> bool:
        if is_refusal(error):
            return True
        return is_too_large(error, batch, self.database.largest_statement(error))

    def _store_less(self, batch: Batch, error: BaseException) -> None:
        """Set aside a single thing that the database refuses, and store what it takes of it."""
        births = {**batch.births, **self._journal.births}
        path = reject(batch, births, self._settings.url, self._settings.journal_dir)
        reason = clean_error(error, self._settings.url)
        kept = f"what it refused is kept in {path}" if path else "what it refused is lost"
        text = f"the database refuses a value ({reason}); all else is stored, and {kept}"
        note = {"text": text, "timestamp": time.time()}
        notes = [(uuid, NOTE, note) for uuid in batch.runs() if uuid not in self._noted]
        self._noted.update(batch.runs())  # one note will do: the file has each of them
        for less in (one for found in lessened(batch) for one in _with_and_without(found, notes)):
            try:
                self._commit(less)
                break
            except Exception as again:
                if not self._is_refused(again, less):
                    raise
        if self._settings.on_error == "raise":
            self._error = TrackerError(text)
        else:
            self._warn("rejected", text)

    def _commit(self, batch: Batch) -> None:
        births = {**batch.births, **self._journal.births}
        for attempt in range(_TRIES):
            try:
                keys = self.database.commit(batch, births)
            except Exception as error:
                if attempt == _TRIES - 1 or not _met_another(error):
                    raise
                time.sleep(random.uniform(0.5, 1) * 0.02 * 2**attempt)  # not all at once again
            else:
                known = self._journal.births
                self.keys.update((u, k) for u, k in keys.items() if u in known)
                return

    # -- trouble -------------------------------------------------------------------------------

    def note_trouble(self, error: BaseException) -> None:
        """Remember that the database takes nothing now, and say so once."""
        self.database.close()  # the next try connects anew
        self.in_trouble = True
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._retry_at = time.monotonic() + self._pause
        self._error = error
        if self._settings.on_error != "raise":
            self._warn("trouble", self._describe(error))

    def note_silence(self) -> None:
        """Say that the database does not answer; the thread still waits for it."""
        error = TimeoutError(f"no answer for {self._settings.patience:g} seconds")
        self._error = error
        if self._settings.on_error != "raise":
            self._warn("trouble", self._describe(error))

    def _describe(self, error: BaseException) -> str:
        url, path = self._settings.url, self._journal.path
        text = f"cannot write to {show_url(url)}: {clean_error(error, url)}"
        where = f"in {path}" if path is not None else "in memory"
        return f"{text}; metrics are kept {where} and stored once they can be"

    def _tell_of_loss(self) -> None:
        """Say, once and with the runs too, how many metrics could be kept nowhere."""
        lost, self._journal.lost = self._journal.lost, 0
        if not lost:
            return
        text = f"{lost} metrics could be kept nowhere and are lost"
        for uuid in list(self._journal.births):
            note = {
                "text": f"of the runs of process {os.getpid()}, {text}",
                "timestamp": time.time(),
            }
            self._journal.append(pack_other(uuid, NOTE, note))
        self._warn("lost", text)

    # -- after earlier programs ----------------------------------------------------------------

    def _tell_of_distrusted(self) -> None:
        for path, reason in distrusted(self._settings.url, self._settings.journal_dir):
            self._warn(f"distrusted {path}", _not_stored(path, reason))

    def recover(self) -> None:
        """Store what programs that are gone could not; the rest later if it takes long."""
        deadline = time.monotonic() + self._settings.patience / 2
        for path in left_behind(self._settings.url, self._settings.journal_dir):
            if time.monotonic() > deadline:
                return
            left = open_left_behind(path)
            if left is None:
                continue
            try:
                self._write(left.segment, left.segment.end)
                self._discard(left)
            finally:
                left.close()

    def _discard(self, left: LeftBehind) -> None:
        problem, kept = left.problem(), left.discard()
        if kept is None:
            log.info("stored what an earlier program kept in %s", left.path)
        else:
            text = f"of {left.path}, which a program left, {problem}; all else is stored"
            self._warn(f"damaged {left.path}", f"{text}, and the file is kept as {kept}")

    def recover_quietly(self) -> None:
        """Store what programs that are gone could not, if it can be now."""
        if self.in_trouble:
            return
        try:
            self.recover()
        except Exception as error:  # the next program will
            log.info("what a killed program left cannot be stored now: %s", error)

    def _warn(self, kind: str, text: str) -> None:
        if kind in self._warned:
            return
        self._warned.add(kind)
        try:
            tell(text)
        except TrackerWarning:  # warnings are errors here; the program goes on
            log.warning("%s", text)


def store_left_behind(settings: Settings) -> None:
    """Store what killed programs left, if one may; this creates and upgrades nothing."""
    for path, reason in distrusted(settings.url, settings.journal_dir):
        tell(_not_stored(path, reason))
    if not left_behind(settings.url, settings.journal_dir):
        return
    file = sqlite_file(settings.url)
    if file is not None and (not os.path.exists(file) or is_emptied(file)):
        return
    if file is not None and log_is_of_another(file):  # which to open it would apply
        return
    engine = open_engine(settings.url)
    try:
        if check_schema(engine):
            reader = Committer(settings, Journal(settings.url, settings.journal_dir, _nothing))
            reader.recover()
            reader.database.close()
    except Exception as error:  # the next program that tracks there will
        log.info("what a killed program left cannot be stored now: %s", error)
    finally:
        engine.dispose()


def _not_stored(path: str, reason: str) -> str:
    return f"{path} is not stored, as {reason}"


def _with_and_without(batch: Batch, notes: list[Event]) -> Iterator[Batch]:
    """Yield a batch with notes, and then, should it be these that are refused, without."""
    yield batch._replace(events=[*batch.events, *notes])
    yield batch


def _nothing() -> None:
    """The journal of a reader is never turned."""


def _met_another(error: BaseException) -> bool:
    """Tell whether a batch failed only because another writer was at the same place."""
    if isinstance(error, IntegrityError):
        return True
    text = str(getattr(error, "orig", error)).lower()
    return "deadlock" in text or "serialize" in text or "record has changed" in text
