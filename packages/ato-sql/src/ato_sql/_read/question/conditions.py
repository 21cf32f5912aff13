"""Conditions on one field each, as SQL in the words of each database.

Every name and value is a bound parameter; none becomes part of a statement. Columns are those of
the tables, so that the conditions fit queries for objects and for rows alike.
"""

from __future__ import annotations

import datetime as dt
import json
import operator
from typing import Any, Callable

from sqlalchemy import (
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.engine import Connection

from ato_sql._db.schema import Note, table_of
from ato_sql._errors import QuestionError
from ato_sql._facts.configs.config import to_json
from ato_sql._facts.configs.params import NAN, NUMBERS, TEXTS, leaf_text, sort_key
from ato_sql._facts.rerun import TAG
from ato_sql._read.question.fields import (
    FLAG,
    MOMENT,
    PARAMS,
    PRINTS,
    PROJECTS,
    RUN_FIELDS,
    RUNS,
    SUMMARIES,
    WHOLE,
)
from ato_sql._read.status import LOST, lost_runs
from ato_sql._values.time import span
from ato_sql._values.types import MYSQL
from ato_sql._values.values import clean_text, short

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "==": operator.eq,
    ":": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NOTES = table_of(Note).c
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


# -- rows that belong to a run ---------------------------------------------------------------------


def param(key: str, *conditions: Any) -> Any:
    """Return the condition that a run has a config key, under conditions on its value."""
    return exists().where(PARAMS.run_id == RUNS.id, PARAMS.key == key, *conditions)


def summary(key: str, *conditions: Any) -> Any:
    """Return the condition that a run has a metric, under conditions on its summary."""
    return exists().where(SUMMARIES.run_id == RUNS.id, SUMMARIES.key == key, *conditions)


def trace(trace_id: str, *conditions: Any) -> Any:
    """Return the condition that a run has a fingerprint of a trace."""
    return exists().where(PRINTS.run_id == RUNS.id, PRINTS.trace_id == trace_id, *conditions)


def note(condition: Any) -> Any:
    """Return the condition that a run has such a note."""
    return exists().where(_NOTES.run_id == RUNS.id, condition)


NOTE_TEXT = _NOTES.text


# -- texts -----------------------------------------------------------------------------------------


def contains(column: Any, text: str) -> Any:
    """Return the condition that a text holds another, upper and lower case alike."""
    return func.lower(column).contains(text.lower(), autoescape=True)


def contains_exactly(connection: Connection, column: Any, text: str) -> Any:
    """Return the condition that a text holds another, upper and lower case distinct everywhere."""
    if connection.dialect.name == "postgresql":
        return func.strpos(cast(column, Text), text) > 0  # which the others do by themselves
    return func.instr(column, text) > 0


def in_json(text: str) -> str:
    """Return a text as it stands inside stored JSON."""
    return json.dumps(text)[1:-1]


def anywhere(word: str) -> Any:
    """Return the condition that a word stands in what people say of a run, its config or host."""
    escaped = in_json(word)
    choices = [
        contains(RUNS.name, word),
        contains(cast(RUNS.tags, Text), escaped),
        contains(RUNS.host, word),
        RUNS.git_commit.startswith(word.lower(), autoescape=True),
        exists().where(PARAMS.run_id == RUNS.id, contains(PARAMS.text, escaped)),
        note(contains(NOTE_TEXT, word)),
    ]
    if is_whole(word):
        choices.append(RUNS.id == int(word))
    return or_(*choices)


# -- reruns ----------------------------------------------------------------------------------------

_TAGS = cast(RUNS.tags, Text)
# Told by text, which every database can, and by REPLACE, which tells upper case from lower case on
# all of them; inside the JSON of a tag, a quote of its own has a backslash before it.
RERUN = and_(
    RUNS.parent_uuid.is_not(None),
    func.coalesce(func.length(func.replace(_TAGS, f'"{TAG}"', "")) != func.length(_TAGS), false()),
)
ARCHIVED = func.coalesce(RUNS.archived, false())


def counts(run_id: Any, reruns: bool) -> Any:
    """Return the condition that a row is of a run that is not archived, and perhaps no rerun."""
    return ~exists().where(RUNS.id == run_id, ARCHIVED if reruns else or_(RERUN, ARCHIVED))


# -- what a run itself holds -----------------------------------------------------------------------


def run_column(connection: Connection, field: str) -> Any:
    """Return the column of a field; the status is the one that is shown."""
    if field == "project":
        return select(PROJECTS.name).where(PROJECTS.id == RUNS.project_id).scalar_subquery()
    if field == "status":
        lost = [run.id for run in lost_runs(connection)]
        return case((RUNS.id.in_(lost), literal(LOST)), else_=RUNS.status) if lost else RUNS.status
    if field == "run_name":
        return RUNS.name
    # A run that nobody archived has NULL there, which would be neither true nor false.
    return {"rerun": RERUN, "archived": ARCHIVED}.get(field, RUNS.get(field))


def compare_run(name: str, field: str, column: Any, sign: str, value: Any) -> Any:
    """Compare a column of a run with a value of its kind, or with a text that says one.

    Raises:
        QuestionError: the value is of another kind.
    """
    if value is None and sign in ("=", "==", "!="):
        return column.is_not(None) if sign == "!=" else column.is_(None)
    kind = RUN_FIELDS[field]
    if kind == MOMENT:
        return _compare_moment(name, column, sign, value)
    if kind == WHOLE:
        value = _whole(name, sign, value)
    elif kind == FLAG:
        value = _flag(name, value)
    else:
        value = needed_text(name, sign, value)
    return COMPARE[sign](column, value)


def is_whole(text: str) -> bool:
    """Tell whether a text is a whole number of 64 bits."""
    return text.isdecimal() and len(text) < 19


def needed_text(name: str, sign: str, value: Any) -> str:
    """Return what a text is compared with; SQLite would compare it with anything.

    Raises:
        QuestionError: it is no text.
    """
    if not isinstance(value, str):
        raise QuestionError(f"{name} {sign} needs a text, not {short(value)}")
    return clean_text(value)


def _whole(name: str, sign: str, value: Any) -> Any:
    if is_number(value) and abs(value) < 2**63:
        return value
    if isinstance(value, str) and is_whole(value):
        return int(value)
    raise QuestionError(f"{name} {sign} needs a whole number, not {short(value)}")


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else short(value)


def _flag(name: str, value: Any) -> bool:
    found = _FLAGS.get(_text_of(value).lower())
    if found is None:
        raise QuestionError(f"{name} needs true or false, not {short(value)}")
    return found


def _compare_moment(name: str, column: Any, sign: str, value: Any) -> Any:
    """Compare with a moment, or with a day, minute or second as a whole."""
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=dt.timezone.utc)
        return COMPARE[sign](column, moment)
    found = span(_text_of(value))
    if found is None:
        raise QuestionError(f"{name} needs a day like 2026-11-24, not {short(value)}")
    begin, end = found
    within = and_(column >= begin, column < end)
    return {
        "<": column < begin,
        "<=": column < end,
        ">": column >= end,
        ">=": column >= begin,
        "!=": not_(within),
    }.get(sign, within)


def has_tag(connection: Connection, tag: str) -> Any:
    """Return the condition that a run has a tag."""
    dialect = connection.dialect.name
    if dialect == "sqlite":
        each = func.json_each(RUNS.tags).table_valued("value")
        return exists(select(each.c.value).where(each.c.value == tag))
    if dialect in MYSQL:
        # Not `== 1`: MariaDB takes two such equations for one where tags differ only in case.
        return func.json_contains(RUNS.tags, json.dumps(tag)) > 0
    from sqlalchemy.dialects.postgresql import JSONB

    return cast(RUNS.tags, JSONB).contains(cast([tag], JSONB))


# -- config values ---------------------------------------------------------------------------------


def leaf_equals(value: Any) -> Any:
    """Return the condition that a config value equals a Python value."""
    data = to_json(value)
    if is_number(value):
        return PARAMS.sort_key == sort_key(data)
    return PARAMS.text == leaf_text(data)


def is_number(value: Any) -> bool:
    """Tell whether a value is a number, NaN and ±inf too; True and False are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def compare_leaf(sign: str, value: Any) -> Any:
    """Compare a config value by order: with a number, else texts with a text."""
    key = sort_key(to_json(value))
    if key is None or key == NAN:
        return false()
    kind = IS_TEXT if key.startswith(TEXTS) else IS_NUMBER
    return and_(COMPARE[sign](PARAMS.sort_key, key), kind)


IS_NUMBER = PARAMS.sort_key.like(f"{NUMBERS}%")
IS_TEXT = PARAMS.sort_key.like(f"{TEXTS}%")
