"""What questions are given, judged in one place for each kind: names, numbers, lists, runs, paths.

Every database would say something else of what is of another kind, and SQLite often nothing.
"""

from __future__ import annotations

import numbers
import os
import uuid
from typing import Any, Iterable

from ato_sql._errors import MetricError, NotFoundError, QuestionError
from ato_sql._values.values import clean_text, naming, short

_LEAST, _MOST = -(2**63), 2**63 - 1  # what every database, and every driver, has a place for


def asked_text(what: str, text: Any) -> str:
    """Return what a project, a metric or a trace is called, as databases keep it.

    Raises:
        QuestionError: it is no text.
    """
    if not isinstance(text, str):
        raise QuestionError(f"{what} is named by a text, not {short(text)}")
    return clean_text(text)


def asked_list(what: str, of: str, items: Any) -> list[Any]:
    """Return what is asked for by several at once.

    Args:
        what: the things.
        of: what each is given as.
        items: any collection.

    Raises:
        QuestionError: it is one thing, or one text, of which each letter would be one.
        MetricError: it fails where it is read.
    """
    with naming(f"the list of {what}"):
        if isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
            fix = ", not None" if items is None else f"; write [{short(items)}]"
            raise QuestionError(f"{what} are a list of {of}{fix}")
        return list(items)


def whole_number(name: str, number: Any, least: int | None = 0) -> int:
    """Return a number of things, or of the first of them, as every database takes it.

    Args:
        name: what is so many.
        number: an integer, of numpy too; True and False are none.
        least: the smallest that makes sense; None where any does.

    Raises:
        QuestionError: it is none, below the least or beyond 64 bits.
    """
    from_on = "" if least is None else f" from {least} on"
    is_whole = isinstance(number, numbers.Integral) and not isinstance(number, bool)
    if not is_whole or number < (_LEAST if least is None else least):
        raise QuestionError(f"{name} must be a whole number{from_on}, not {short(number)}")
    if number > _MOST:
        raise QuestionError(f"{name} must be below 2**63, not {short(number)}")
    return int(number)


def asked_flag(name: str, flag: Any) -> bool:
    """Return whether something is wanted; no text says no.

    Args:
        name: of what.
        flag: True or False, of numpy too.

    Raises:
        MetricError: it is neither.
    """
    if type(flag).__name__ in ("bool", "bool_"):  # the latter numpy's before its version 2
        return bool(flag)
    raise MetricError(f"{name} must be True or False, not {short(flag)}")


def bound(name: str, number: Any) -> float | None:
    """Return where a stretch of an axis begins or ends, None where there is no such end.

    Raises:
        QuestionError: it is no number.
    """
    if number is None:
        return None
    is_number = isinstance(number, numbers.Real) and not isinstance(number, bool)
    if not is_number or number != number:
        raise QuestionError(f"{name} must be a number, not {short(number)}")
    given: float = number  # an integer stays one: the last steps of 64 bits have no float
    return given


def run_value(run_id: Any) -> int | str:
    """Return what a run's id, or as text its UUID, is compared with in a query.

    Of a number for which no database has a place, nor a driver, that is 0, which no run has.

    Raises:
        NotFoundError: it is neither, as where an environment variable is not set.
    """
    if isinstance(run_id, (str, uuid.UUID)):
        return clean_text(str(run_id))
    try:
        number = int(run_id)
        is_whole = not isinstance(run_id, bytes) and bool(number == run_id)
    except (TypeError, ValueError, OverflowError):
        is_whole = False
    if not is_whole:
        raise NotFoundError(f"a run is named by its id or UUID, not {short(run_id)}")
    return number if 0 < number <= _MOST else 0


def path_text(path: Any) -> str:
    """Return the path of a file as a text.

    Raises:
        MetricError: it is none, or no file can have it.
    """
    try:
        text = os.fsdecode(path)
        if b"\0" in os.fsencode(text):
            raise ValueError
    except (TypeError, ValueError):  # the latter: a lone surrogate, too
        raise MetricError(f"a file is named by its path, not {short(path)}") from None
    return text


def check_file(file: Any) -> None:
    """Raise for what no text can be written to.

    Raises:
        MetricError: it is no open file, or one of bytes.
    """
    try:
        file.write("")
    except (AttributeError, TypeError, ValueError):  # the last of them: closed, or for reading
        raise MetricError(f"runs are written to an open text file, not {short(file)}") from None
