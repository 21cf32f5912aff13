"""Store what a database refused before, once it takes it."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from typing import Any, Callable, NamedTuple

from ato_adict import replacing
from ato_sql._errors import DatabaseError
from ato_sql._values.url import clean_error
from ato_sql._write.batch import Batch, Metrics
from ato_sql._write.journals.folders import open_left_behind
from ato_sql._write.journals.segment import CHUNK, Segment
from ato_sql._write.storing.apply import EVENTS, OutOfStepError, UnknownRunError
from ato_sql._write.storing.database import Database
from ato_sql._write.storing.salvage import is_refusal


class Replayed(NamedTuple):
    """What became of the lines of a `.rejected` file.

    Attributes:
        stored: how many were stored now.
        known: how many had been stored before.
        refused: for each that stays in the file, why.
    """

    stored: int
    known: int
    refused: list[str]


Replayed.__module__ = "ato_sql"


def replay(database: Database, path: str, ready: Callable[[], object]) -> Replayed:
    """Store the lines of a file; those that are refused again stay in it, else it is removed.

    A journal that was set aside is stored as far as it can be read.

    Args:
        database: where.
        path: the file.
        ready: makes the database ready; called where there is something to store in it.

    Raises:
        DatabaseError: the file cannot be read or is none of refused values.
    """
    _check_plain(path)
    if _is_journal(path):
        return _replay_journal(database, path, ready)
    lines = _lines(path)
    batches = [_batch_of(path, number, line) for number, line in enumerate(lines, 1)]
    if batches:
        ready()
    stored, known, left, refused = 0, 0, [], []
    for line, batch in zip(lines, batches):
        try:
            database.commit(batch, batch.births)
            stored += 1
        except OutOfStepError:
            known += 1
        except Exception as error:
            if not is_refusal(error):
                raise
            left.append(line)
            refused.append(_reason(error, database))
    if not left:
        os.remove(path)
    elif len(left) < len(lines):
        with replacing(path) as temporary, open(temporary, "w", encoding="utf-8") as file:
            file.writelines(left)
    return Replayed(stored, known, refused)


def _check_plain(path: str) -> None:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a pipe or device"
        raise DatabaseError(f"{path} is no plain file but {kind}; name the journal itself")


def _unreadable(path: str, error: Exception) -> DatabaseError:
    reason = getattr(error, "strerror", None) or "it is no text"
    return DatabaseError(f"cannot read {path}: {reason}")


# -- journals --------------------------------------------------------------------------------------


def _is_journal(path: str) -> bool:
    """Tell whether a file is a journal, of which every record has zeros, and not of lines."""
    try:
        with open(path, "rb") as file:
            return b"\0" in file.read(CHUNK)
    except OSError:
        return False


def _replay_journal(database: Database, path: str, ready: Callable[[], object]) -> Replayed:
    left = open_left_behind(path)
    if left is None:
        raise DatabaseError(f"cannot read {path}: a program is writing to it")
    try:
        if not left.segment.opened and not left.segment.names:
            raise DatabaseError(f"{path} is no journal of ato-sql and no text")
        if left.segment.batch(left.segment.end) is not None:
            ready()
        done = _replay_segment(database, left.segment)
        problem = left.problem()
        if problem is None and not done.refused:
            os.remove(path)
        return done if problem is None else done._replace(refused=[*done.refused, problem])
    finally:
        left.close()


def _replay_segment(database: Database, segment: Segment) -> Replayed:
    stored, known, size = 0, 0, CHUNK
    refused: list[str] = []
    while True:
        batch = segment.batch(segment.end, size)
        if batch is None:
            return Replayed(stored, known, refused)
        try:
            database.commit(batch, batch.births)
            stored += batch.size()
        except OutOfStepError as error:
            known += _count(segment, error.position)
            continue
        except Exception as error:
            if not is_refusal(error):
                raise
            if batch.size() > 1:
                size = (batch.end - batch.start) // 2
                continue
            refused.append(_reason(error, database))
        segment.done, size = batch.end, CHUNK


def _count(segment: Segment, end: int) -> int:
    """Pass over what is before a place, and count it."""
    count = 0
    while True:
        batch = segment.batch(end)
        if batch is None:
            segment.done = max(segment.done, end)
            return count
        count += batch.size()
        segment.done = batch.end


def _reason(error: Exception, database: Database) -> str:
    if isinstance(error, UnknownRunError):
        return f"its run {error} is not there"
    return clean_error(error, database.url)


# -- lines -----------------------------------------------------------------------------------------


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as file:
            return [line for line in file if line.strip()]
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _batch_of(path: str, number: int, line: str) -> Batch:
    """Read what `batch.as_line` wrote; its own hash says whether it was stored before."""
    try:
        data = json.loads(line)
        events = [(str(uuid), str(kind), dict(content)) for uuid, kind, content in data["events"]]
        rows = [(*map(str, row[:2]), row[2], int(row[3]), row[4]) for row in data["metrics"]]
        births = {str(uuid): dict(birth) for uuid, birth in data["births"].items()}
        wrong = [kind for _, kind, _ in events if kind not in EVENTS]
        if wrong or not all(isinstance(row[2], (int, float)) for row in rows):
            raise ValueError(wrong)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DatabaseError(
            f"line {number} of {path} is no refused value of ato-sql; nothing was stored"
        ) from None
    series = [row[:2] for row in rows]
    names: Any = {one: one for one in series}
    columns = ([row[at] for row in rows] for at in (3, 2, 4))
    digest = hashlib.sha256(line.strip().encode()).hexdigest()
    return Batch(digest[:36], 0, 1, events, Metrics(names, series, *columns), births)
