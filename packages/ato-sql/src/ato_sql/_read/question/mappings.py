"""From `{'config.lr': ('<', 0.05)}` to SQL."""

from __future__ import annotations

from typing import Any, Iterable

from sqlalchemy import and_, false, func, not_, or_
from sqlalchemy.engine import Connection

from ato_adict import did_you_mean
from ato_sql._errors import MetricError, NotFoundError, QuestionError
from ato_sql._facts.configs.config import to_json
from ato_sql._facts.configs.params import sort_key
from ato_sql._read.question import conditions as _sql
from ato_sql._read.question.conditions import COMPARE
from ato_sql._read.question.fields import (
    PARAMS,
    PRINTS,
    SUMMARIES,
    Field,
    check_known,
    known_statuses,
    meaning,
)
from ato_sql._read.question.terms import Term
from ato_sql._read.question.texts import TextQuestion, metric_condition
from ato_sql._values.marked import MARK
from ato_sql._values.values import as_number, as_text, clean_text, short

_CONTAINERS = (list, tuple, set, frozenset, dict)
_EQUAL = ("=", "==", "!=")
OPERATORS = ("=", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "exists")


class MappingQuestion:
    """Reads `{'config.lr': 0.1}`, `('<', 0.1)` or `[('>', 0.01), ('<', 0.1)]`."""

    def __init__(self, connection: Connection, project_id: int | None) -> None:
        self._connection = connection
        self._project_id = project_id

    def conditions(self, name: str, wanted: Any) -> list[Any]:
        """Return the conditions on one field."""
        if not isinstance(name, str):
            raise QuestionError(f"the name of a field is a text, not {short(name)}")
        field = meaning(self._connection, clean_text(name), self._project_id)
        return [self._condition(name, field, *one) for one in _wanted(wanted)]

    def _condition(self, name: str, field: Field, sign: str, value: Any) -> Any:
        if sign not in OPERATORS:
            hint = did_you_mean(sign, OPERATORS) if isinstance(sign, str) else ""
            raise NotFoundError(
                f"unknown operator {short(sign)} for {name!r}{hint};"
                f" there are {' '.join(OPERATORS)}"
            )
        if sign in ("in", "not in"):
            value = [_as_python(one) for one in _several(name, sign, value)]
        elif sign == "exists":
            value = _yes_or_no(name, value)
        elif field.kind != "config" and isinstance(value, _CONTAINERS):
            raise QuestionError(f"{name} {sign} needs one value, not {short(value)}")
        else:
            value = _as_python(value)
        if field.kind == "config":
            return self._config(name, field.key, sign, value)
        if field.kind == "run":
            return self._run(name, field.key, sign, value)
        if field.kind == "metric":
            return self._metric(field, sign, value)
        row = _sql.trace(field.key)
        if sign == "exists":
            return row if value else not_(row)
        return row.where(self._compare(name, PRINTS.fingerprint, sign, value))

    def _metric(self, field: Field, sign: str, value: Any) -> Any:
        row = _sql.summary(field.key)
        if sign == "exists":
            return row if value else not_(row)
        if sign in ("in", "not in"):
            each = [self._statistic(field, "=", one) for one in value]
            found = func.coalesce(or_(false(), *each), false())
            return row.where(found if sign == "in" else not_(found))
        return row.where(self._statistic(field, sign, value))

    def _statistic(self, field: Field, sign: str, value: Any) -> Any:
        column, name = SUMMARIES[field.statistic], f"metric {field.key}"
        if sign == "contains" or (value is None and sign in _EQUAL):
            return self._compare(name, column, sign, value)
        return metric_condition(field.statistic, sign, _number(name, sign, value))

    def _config(self, name: str, key: str, sign: str, value: Any) -> Any:
        row = _sql.param(key)
        if sign == "exists":
            return row if value else not_(row)
        if sign == "in":
            return or_(false(), *(row.where(_equals(name, sign, one)) for one in value))
        if sign == "not in":
            return and_(row, *(not_(row.where(_equals(name, sign, one))) for one in value))
        if sign == "contains":
            condition = self._holds(PARAMS.text, _sql.in_json(_as_said(name, value)))
        elif sign == "!=":
            condition = not_(_equals(name, sign, value))
        elif sign in _EQUAL:
            condition = _equals(name, sign, value)
        elif not isinstance(value, bool) and sort_key(to_json(value)) is None:
            raise QuestionError(f"{name} {sign} needs a number or a text, not {short(value)}")
        else:
            condition = _sql.compare_leaf(sign, value)
        return row.where(condition)

    def _run(self, name: str, field: str, sign: str, value: Any) -> Any:
        if field in ("tag", "note", "command", "parent"):
            text = _held(name, value)
            term = Term(sign == "!=", name, "~" if sign == "contains" else "=", text)
            if sign not in ("=", "==", "!=", "contains"):
                raise QuestionError(f"{name} is asked for with = or contains, not {short(sign)}")
            return TextQuestion(self._connection, self._project_id).condition(term)
        column = _sql.run_column(self._connection, field)
        if sign == "exists" or sign == "contains":
            return self._compare(name, column, sign, value)
        if field == "status":
            for one in value if sign in ("in", "not in") else [value]:
                check_known("status", one, known_statuses(self._connection))
        if sign in ("in", "not in"):
            each = [_sql.compare_run(name, field, column, "=", one) for one in value]
            return or_(false(), *each) if sign == "in" else not_(or_(false(), *each))
        return _sql.compare_run(name, field, column, sign, value)

    def _compare(self, name: str, column: Any, sign: str, value: Any) -> Any:
        if sign == "exists":
            return column.is_not(None) if value else column.is_(None)
        if sign == "in":
            return column.in_([_text_or_none(name, sign, one) for one in value])
        if sign == "not in":
            return column.not_in([_text_or_none(name, sign, one) for one in value])
        if sign == "contains":
            return self._holds(column, _held(name, value))
        if value is None and sign in _EQUAL:
            return column.is_not(None) if sign == "!=" else column.is_(None)
        return COMPARE[sign](column, _sql.needed_text(name, sign, value))

    def _holds(self, column: Any, text: str) -> Any:
        return _sql.contains_exactly(self._connection, column, text)


def _as_python(value: Any) -> Any:
    """Return the number or text that a scalar of numpy is, which drivers do not know."""
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return value.item()
    return value


def _yes_or_no(name: str, value: Any) -> bool:
    is_known = isinstance(_as_python(value), (bool, int)) and value in (0, 1)
    if not is_known:
        raise QuestionError(f"{name} exists needs True or False, not {short(value)}")
    return bool(value)


def _as_said(name: str, value: Any) -> str:
    return as_text(f"what {name} is asked for by", value)


def _held(name: str, value: Any) -> str:
    """Return the text that is to be held, whatever says it, as databases keep it."""
    return clean_text(_as_said(name, value))


def _text_or_none(name: str, sign: str, value: Any) -> str | None:
    return None if value is None else _sql.needed_text(name, sign, value)


def _number(name: str, sign: str, value: Any) -> int | float:
    """Return what a metric is compared with, as it would be logged: True as 1.

    Raises:
        QuestionError: it is no number.
    """
    if _sql.is_number(value):
        return value  # type: ignore[no-any-return]
    try:
        return as_number(name, value)
    except MetricError:
        raise QuestionError(f"{name} {sign} needs a number, not {short(value)}") from None


def _equals(name: str, sign: str, value: Any) -> Any:
    """Return the condition that a config value equals one.

    Raises:
        QuestionError: of it nothing can be told but its type, or not even that.
    """
    if _is_untold(value):
        raise QuestionError(
            f"{name} {sign} needs a value that can be told from others, not {short(value)}"
        )
    return _sql.leaf_equals(value)


def _is_untold(value: Any) -> bool:
    """Tell whether all that a config keeps of a value is that it is one of a type."""
    data = to_json(value)
    if not isinstance(data, dict) or data.get(MARK) != "repr":
        return False
    if "unique" in data:  # equals no other
        return True
    # An address is not kept, which is all that the repr of such a value says.
    return not {"state", "content"} & set(data) and " at 0x" in repr(value)[-40:]


def _several(name: str, sign: str, values: Any) -> list[Any]:
    """Return the values that a field may, or must not, have.

    Raises:
        QuestionError: they are one value, or one text, of which each letter would be one.
    """
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise QuestionError(f"{name} {sign} needs a list of values; write [{short(values)}]")
    return list(values)


def _wanted(wanted: Any) -> list[Any]:
    if _is_condition(wanted):
        return [wanted]
    if isinstance(wanted, list) and wanted and all(map(_is_condition, wanted)):
        return wanted
    return [("=", wanted)]


def _is_condition(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str)
