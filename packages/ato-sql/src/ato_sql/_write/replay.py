"""Store what a database refused before, once it takes it."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from typing import Any, NamedTuple

from ato_adict import replacing
from ato_sql._errors import DatabaseError
from ato_sql._values.url import clean_error
from ato_sql._write.apply import EVENTS, OutOfStepError, UnknownRunError
from ato_sql._write.batch import Batch, Metrics
from ato_sql._write.database import Database
from ato_sql._write.salvage import is_refusal


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


def replay(database: Database, path: str) -> Replayed:
    """Store the lines of a file; those that are refused again stay in it, else it is removed.

    Raises:
        DatabaseError: the file cannot be read or is none of refused values.
    """
    lines = _lines(path)
    batches = [_batch_of(path, number, line) for number, line in enumerate(lines, 1)]
    stored, known, left, refused = 0, 0, [], []
    for line, batch in zip(lines, batches):
        try:
            database.commit(batch, batch.births)
            stored += 1
        except OutOfStepError:
            known += 1
        except UnknownRunError as error:
            left.append(line)
            refused.append(f"its run {error} is not there")
        except Exception as error:
            if not is_refusal(error):
                raise
            left.append(line)
            refused.append(clean_error(error, database.url))
    if not left:
        os.remove(path)
    elif len(left) < len(lines):
        with replacing(path) as temporary, open(temporary, "w", encoding="utf-8") as file:
            file.writelines(left)
    return Replayed(stored, known, refused)


def _lines(path: str) -> list[str]:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise DatabaseError(f"{path} is no plain file")
        with open(path, encoding="utf-8") as file:
            return [line for line in file if line.strip()]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise DatabaseError(f"cannot read {path}: {reason}") from None


def _batch_of(path: str, number: int, line: str) -> Batch:
    """Read what `salvage.as_line` wrote; its own hash says whether it was stored before."""
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
