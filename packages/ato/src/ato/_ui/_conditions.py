"""From the terms of a filter to SQL conditions on runs.

Every name and value is a bound parameter; none becomes part of a statement.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import operator
from typing import Any, Callable, Iterable, Sequence

from sqlalchemy import Text, and_, cast, exists, func, not_, or_, select

from ato._ui._answer import QuestionError
from ato._ui._filter import Term
from ato_adict import did_you_mean
from ato_sql.reading import lost_runs, tables

RUNS_TABLE = tables["experiments"]
RUNS, PARAMS, SUMMARIES = RUNS_TABLE.c, tables["params"].c, tables["metric_summaries"].c
NOTES = tables["notes"].c
STATISTICS = ("last", "min", "max", "count")
OWN_FIELDS = ("id", "status", "tag", "host", "commit", "note", "parent", "started", "error")
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    ":": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def conditions(connection: Any, project_id: int, terms: Iterable[Term]) -> list[Any]:
    """Return the conditions of a project's runs.

    Raises:
        QuestionError: a term names an unknown field or compares what has no order.
    """
    found = []
    for term in terms:
        condition = _condition(connection, project_id, term)
        found.append(not_(condition) if term.negated else condition)
    return found


def _condition(connection: Any, project_id: int, term: Term) -> Any:
    if term.field is None:
        return _anywhere(term.value)
    own = _OWN.get(term.field)
    if own is not None:
        return own(connection, project_id, term)
    kind, key, statistic = resolve(connection, project_id, term.field)
    if kind == "config":
        return _config(key, term)
    return _metric(key, statistic, term)


def resolve(connection: Any, project_id: int, name: str) -> tuple[str, str, str]:
    """Return ('config', key, '') or ('metric', key, statistic) for a field or column.

    `config.` and `metric.` may be left out, and so may the statistic, which then is the last value.

    Raises:
        QuestionError: the project has no such key or metric.
    """
    kind, _, rest = name.partition(".")
    if kind != "metric" and _known_key(connection, project_id, rest if kind == "config" else name):
        return "config", rest if kind == "config" else name, ""
    if kind != "config":
        for key, statistic in _readings(rest if kind == "metric" else name):
            if _known_metric(connection, project_id, key):
                return "metric", key, statistic
    raise QuestionError(f"there is no {name!r}{_hint(connection, project_id, name)}")


def _readings(name: str) -> list[tuple[str, str]]:
    key, _, statistic = name.rpartition(".")
    whole = [(name, "last")]
    return [(key, statistic), *whole] if key and statistic in STATISTICS else whole


def _known_key(connection: Any, project_id: int, key: str) -> bool:
    query = (
        select(PARAMS.run_id)
        .join(RUNS_TABLE, RUNS.id == PARAMS.run_id)
        .where(PARAMS.key == key, RUNS.project_id == project_id)
    )
    return connection.execute(query.limit(1)).first() is not None


def _known_metric(connection: Any, project_id: int, key: str) -> bool:
    query = select(SUMMARIES.run_id).where(SUMMARIES.project_id == project_id, SUMMARIES.key == key)
    return connection.execute(query.limit(1)).first() is not None


def _hint(connection: Any, project_id: int, name: str) -> str:
    query = select(SUMMARIES.key).where(SUMMARIES.project_id == project_id).distinct().limit(500)
    metrics = list(connection.execute(query).scalars())
    latest = select(func.max(RUNS.id)).where(RUNS.project_id == project_id).scalar_subquery()
    keys = list(connection.execute(select(PARAMS.key).where(PARAMS.run_id == latest)).scalars())
    return did_you_mean(name, [*OWN_FIELDS, *keys, *metrics])


def contains(column: Any, text: str) -> Any:
    """Return the condition that a text column holds a text, upper and lower case alike."""
    return func.lower(column).contains(text.lower(), autoescape=True)


def _anywhere(word: str) -> Any:
    escaped = json.dumps(word)[1:-1]  # as it stands inside stored JSON
    choices = [
        contains(cast(RUNS.tags, Text), escaped),
        contains(RUNS.host, word),
        RUNS.git_commit.startswith(word.lower(), autoescape=True),
        exists().where(PARAMS.run_id == RUNS.id, contains(PARAMS.text, escaped)),
        exists().where(NOTES.run_id == RUNS.id, contains(NOTES.text, word)),
    ]
    if word.isdecimal() and len(word) < 19:
        choices.append(RUNS.id == int(word))
    return or_(*choices)


def _config(key: str, term: Term) -> Any:
    at_key = and_(PARAMS.run_id == RUNS.id, PARAMS.key == key)
    number = _number(term.value)
    if term.operator in ("<", "<=", ">", ">="):
        if number is None:
            raise QuestionError(f"{key} {term.operator} needs a number, not {term.value!r}")
        return exists().where(at_key, _COMPARE[term.operator](PARAMS.number, number))
    if term.operator == ":" and number is None:
        return exists().where(at_key, contains(PARAMS.text, json.dumps(term.value)[1:-1]))
    equal = or_(PARAMS.text.in_(_spellings(term.value)), *_equal_number(number))
    if term.operator == "!=":
        return exists().where(at_key, not_(equal))
    return exists().where(at_key, equal)


def _spellings(value: str) -> Sequence[str]:
    constants = {"True": "true", "False": "false", "None": "null"}
    return [json.dumps(value), constants.get(value, value)]


def _equal_number(number: float | None) -> Sequence[Any]:
    # NULL <> 1 is neither true nor false; a text is not equal to any number.
    return [] if number is None else [func.coalesce(PARAMS.number == number, False)]


def _metric(key: str, statistic: str, term: Term) -> Any:
    number = _number(term.value)
    if number is None:
        raise QuestionError(f"metric {key} {term.operator} needs a number, not {term.value!r}")
    return exists().where(
        SUMMARIES.run_id == RUNS.id,
        SUMMARIES.key == key,
        _COMPARE[term.operator](SUMMARIES[statistic], number),
    )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


# ---- the fields of a run itself


def _id(connection: Any, project_id: int, term: Term) -> Any:
    if not (term.value.isdecimal() and len(term.value) < 19):
        raise QuestionError(f"id {term.operator} needs a whole number, not {term.value!r}")
    return _COMPARE[term.operator](RUNS.id, int(term.value))


def _status(connection: Any, project_id: int, term: Term) -> Any:
    lost = [run.id for run in lost_runs(connection, project_id)]
    if term.value == "lost":
        return _equality(term, RUNS.id.in_(lost))
    return _equality(term, and_(RUNS.status == term.value, RUNS.id.not_in(lost)))


def _tag(connection: Any, project_id: int, term: Term) -> Any:
    return _equality(term, cast(RUNS.tags, Text).contains(json.dumps(term.value), autoescape=True))


def _text_field(column: Any) -> Any:
    def condition(connection: Any, project_id: int, term: Term) -> Any:
        return _equality(term, func.coalesce(contains(column, term.value), False))

    return condition


def _note(connection: Any, project_id: int, term: Term) -> Any:
    found = exists().where(NOTES.run_id == RUNS.id, contains(NOTES.text, term.value))
    return _equality(term, found)


def _parent(connection: Any, project_id: int, term: Term) -> Any:
    if term.value == "none":
        return _equality(term, RUNS.parent_uuid.is_(None))
    if not (term.value.isdecimal() and len(term.value) < 19):
        raise QuestionError(f"parent needs the number of a run, or none, not {term.value!r}")
    parents = RUNS_TABLE.alias()
    uuid = select(parents.c.uuid).where(parents.c.id == int(term.value)).scalar_subquery()
    return _equality(term, func.coalesce(RUNS.parent_uuid == uuid, False))


def _started(connection: Any, project_id: int, term: Term) -> Any:
    try:
        day = dt.datetime.strptime(term.value[:10], "%Y-%m-%d").replace(tzinfo=dt.timezone.utc)
    except ValueError:
        raise QuestionError(f"started needs a day like 2026-11-24, not {term.value!r}") from None
    next_day = day + dt.timedelta(days=1)
    within = and_(RUNS.start_time >= day, RUNS.start_time < next_day)
    return {
        "<": RUNS.start_time < day,
        "<=": RUNS.start_time < next_day,
        ">": RUNS.start_time >= next_day,
        ">=": RUNS.start_time >= day,
        "!=": not_(within),
    }.get(term.operator, within)


def _equality(term: Term, condition: Any) -> Any:
    if term.operator in ("<", "<=", ">", ">="):
        raise QuestionError(f"{term.field} has no order; write {term.field}:{term.value}")
    return not_(condition) if term.operator == "!=" else condition


_OWN = {
    "id": _id,
    "status": _status,
    "tag": _tag,
    "host": _text_field(RUNS.host),
    "commit": _text_field(RUNS.git_commit),
    "error": _text_field(RUNS.error),
    "note": _note,
    "parent": _parent,
    "started": _started,
}
