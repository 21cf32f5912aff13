"""From `{'config.lr': ('<', 0.05)}` to SQL."""

from __future__ import annotations

from typing import Any, Iterable

from sqlalchemy import and_, false, func, not_, or_
from sqlalchemy.engine import Connection

from ato_adict import did_you_mean
from ato_sql._errors import NotFoundError, QuestionError
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

_CONTAINERS = (list, tuple, set, frozenset, dict)
OPERATORS = ("=", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "exists")


class MappingQuestion:
    """Reads `{'config.lr': 0.1}`, `('<', 0.1)` or `[('>', 0.01), ('<', 0.1)]`."""

    def __init__(self, connection: Connection, project_id: int | None) -> None:
        self._connection = connection
        self._project_id = project_id

    def conditions(self, name: str, wanted: Any) -> list[Any]:
        """Return the conditions on one field."""
        if not isinstance(name, str):
            raise QuestionError(f"the name of a field is a text, not {name!r}")
        field = meaning(self._connection, name, self._project_id)
        return [self._condition(name, field, *one) for one in _wanted(wanted)]

    def _condition(self, name: str, field: Field, sign: str, value: Any) -> Any:
        if sign not in OPERATORS:
            hint = did_you_mean(str(sign), OPERATORS)
            raise NotFoundError(
                f"unknown operator {sign!r} for {name!r}{hint}; there are {' '.join(OPERATORS)}"
            )
        if sign in ("in", "not in"):
            value = _several(name, sign, value)
        elif field.kind != "config" and sign != "exists" and isinstance(value, _CONTAINERS):
            raise QuestionError(f"{name} {sign} needs one value, not {value!r}")
        if field.kind == "config":
            return self._config(field.key, sign, value)
        if field.kind == "run":
            return self._run(name, field.key, sign, value)
        if field.kind == "metric":
            return self._metric(field, sign, value)
        row = _sql.trace(field.key)
        if sign == "exists":
            return row if value else not_(row)
        return row.where(self._compare(PRINTS.fingerprint, sign, value))

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
        if sign != "contains" and _sql.is_number(value):
            return metric_condition(field.statistic, sign, value)
        if sign != "contains" and isinstance(value, str):
            raise QuestionError(f"metric {field.key} {sign} needs a number, not {value!r}")
        return self._compare(SUMMARIES[field.statistic], sign, value)

    def _config(self, key: str, sign: str, value: Any) -> Any:
        row = _sql.param(key)
        if sign == "exists":
            return row if value else not_(row)
        if sign == "in":
            return or_(false(), *(row.where(_sql.leaf_equals(one)) for one in value))
        if sign == "not in":
            return and_(row, *(not_(row.where(_sql.leaf_equals(one))) for one in value))
        if sign == "contains":
            condition = self._holds(PARAMS.text, _sql.in_json(str(value)))
        elif sign in ("=", "=="):
            condition = _sql.leaf_equals(value)
        elif sign == "!=":
            condition = not_(_sql.leaf_equals(value))
        else:
            condition = _sql.compare_leaf(sign, value)
        return row.where(condition)

    def _run(self, name: str, field: str, sign: str, value: Any) -> Any:
        if field in ("tag", "note", "command", "parent"):
            term = Term(sign == "!=", name, "~" if sign == "contains" else "=", str(value))
            if sign not in ("=", "==", "!=", "contains"):
                raise QuestionError(f"{name} is asked for with = or contains, not {sign!r}")
            return TextQuestion(self._connection, self._project_id).condition(term)
        column = _sql.run_column(self._connection, field)
        if sign == "exists" or sign == "contains":
            return self._compare(column, sign, value)
        if field == "status":
            for one in value if sign in ("in", "not in") else [value]:
                check_known("status", one, known_statuses(self._connection))
        if sign in ("in", "not in"):
            each = [_sql.compare_run(name, field, column, "=", one) for one in value]
            return or_(false(), *each) if sign == "in" else not_(or_(false(), *each))
        return _sql.compare_run(name, field, column, sign, value)

    def _compare(self, column: Any, sign: str, value: Any) -> Any:
        if sign == "exists":
            return column.is_not(None) if value else column.is_(None)
        if sign == "in":
            return column.in_(list(value))
        if sign == "not in":
            return column.not_in(list(value))
        if sign == "contains":
            return self._holds(column, str(value))
        if value is None and sign in ("=", "==", "!="):
            return column.is_not(None) if sign == "!=" else column.is_(None)
        return COMPARE[sign](column, value)

    def _holds(self, column: Any, text: str) -> Any:
        return _sql.contains_exactly(self._connection, column, text)


def _several(name: str, sign: str, values: Any) -> list[Any]:
    """Return the values that a field may, or must not, have.

    Raises:
        QuestionError: they are one value, or one text, of which each letter would be one.
    """
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise QuestionError(f"{name} {sign} needs a list of values; write [{values!r}]")
    return list(values)


def _wanted(wanted: Any) -> list[Any]:
    if _is_condition(wanted):
        return [wanted]
    if isinstance(wanted, list) and wanted and all(map(_is_condition, wanted)):
        return wanted
    return [("=", wanted)]


def _is_condition(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str)
