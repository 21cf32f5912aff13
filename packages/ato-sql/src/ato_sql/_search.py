"""From `where={'config.lr': ('<', 0.01)}` to SQL, every value a bound parameter."""

from __future__ import annotations

import datetime as dt
import json
import operator
from typing import Any, Callable, Mapping, Sequence

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)

from ato_adict import did_you_mean
from ato_sql._errors import NotFoundError
from ato_sql._params import leaf_number, leaf_text, shorten
from ato_sql._schema import Experiment, Fingerprint, MetricSummary, Param, Project
from ato_sql._types import MYSQL
from ato_sql._values import clean_text

Condition = ColumnElement[bool]
STATISTICS = ("min", "max", "last", "count", "min_step", "max_step", "last_step")
COLUMNS = (
    "id",
    "uuid",
    "status",
    "start_time",
    "end_time",
    "structural_hash",
    "value_hash",
    "code_hash",
    "git_commit",
    "git_dirty",
    "host",
    "pid",
    "directory",
    "parent_uuid",
    "environment_hash",
    "error",
)
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
OPERATORS = (*_COMPARE, "in", "not in", "contains", "exists")


class Search:
    """Builds the conditions and the order of one query over runs.

    Args:
        dialect: the name of the database's dialect.
        lost: the ids of the runs to be shown as `lost`.
    """

    def __init__(self, dialect: str, lost: Sequence[int] = ()) -> None:
        self._dialect = dialect
        self._lost = lost

    def conditions(self, where: Mapping[str, Any] | None) -> list[Condition]:
        """Return the conditions of a `where`.

        Raises:
            NotFoundError: an unknown field or operator.
        """
        found: list[Condition] = []
        for field, wanted in (where or {}).items():
            for sign, value in _wanted(wanted):
                if sign not in OPERATORS:
                    hint = did_you_mean(str(sign), OPERATORS)
                    raise NotFoundError(
                        f"unknown operator {sign!r} for {field!r}{hint}; "
                        f"there are {' '.join(OPERATORS)}"
                    )
                found.append(self._condition(field, sign, value))
        return found

    def _condition(self, field: str, sign: str, value: Any) -> Condition:
        group, _, name = field.partition(".")
        if group == "config" and name:
            return self._config(name, sign, value)
        if group == "metric" and name:
            return self._metric(name, sign, value)
        if group == "fingerprint" and name:
            return self._fingerprint(name, sign, value)
        return self._compare(self._column(field), sign, _moment(value))

    # -- conditions of one kind each -----------------------------------------------------------

    def _config(self, name: str, sign: str, value: Any) -> Condition:
        row = exists().where(Param.run_id == Experiment.id, Param.key == shorten(clean_text(name)))
        if sign == "exists":
            return row if value else not_(row)
        if sign == "in":
            return or_(false(), *(row.where(_leaf_equals(v)) for v in value))
        if sign == "not in":
            return and_(row, *(not_(row.where(_leaf_equals(v))) for v in value))
        if sign == "contains":
            return row.where(self._holds(Param.text, json.dumps(str(value))[1:-1]))
        if sign in ("=", "=="):
            return row.where(_leaf_equals(value))
        if sign == "!=":
            return row.where(not_(_leaf_equals(value)))
        number = leaf_number(value)
        if number is not None:
            return row.where(_COMPARE[sign](Param.number, number))
        # Texts are stored with their quotes, so that only texts are compared with texts.
        return row.where(_COMPARE[sign](Param.text, leaf_text(value)), Param.text.like('"%'))

    def _metric(self, name: str, sign: str, value: Any) -> Condition:
        key, statistic = metric_field(name)
        row = exists().where(MetricSummary.run_id == Experiment.id, MetricSummary.key == key)
        if sign == "exists":
            return row if value else not_(row)
        return row.where(self._compare(getattr(MetricSummary, statistic), sign, value))

    def _fingerprint(self, name: str, sign: str, value: Any) -> Condition:
        row = exists().where(
            Fingerprint.run_id == Experiment.id, Fingerprint.trace_id == clean_text(name)
        )
        if sign == "exists":
            return row if value else not_(row)
        return row.where(self._compare(Fingerprint.fingerprint, sign, value))

    def _compare(self, column: Any, sign: str, value: Any) -> Condition:
        if sign == "exists":
            return column.is_not(None) if value else column.is_(None)  # type: ignore[no-any-return]
        if sign == "in":
            return column.in_([_moment(v) for v in value])  # type: ignore[no-any-return]
        if sign == "not in":
            return column.not_in([_moment(v) for v in value])  # type: ignore[no-any-return]
        if sign == "contains":
            return self._holds(column, str(value))
        if value is None and sign in ("=", "==", "!="):
            return column.is_not(None) if sign == "!=" else column.is_(None)  # type: ignore[no-any-return]
        return _COMPARE[sign](column, value)  # type: ignore[no-any-return]

    def _holds(self, column: Any, text: str) -> Condition:
        """Tell whether a text contains another, upper and lower case distinct everywhere."""
        if self._dialect == "postgresql":
            return func.strpos(column, text) > 0
        return func.instr(column, text) > 0

    def _column(self, field: str) -> Any:
        if field == "project":
            project = select(Project.name).where(Project.id == Experiment.project_id)
            return project.scalar_subquery()
        if field == "status":
            return self._status()
        if field not in COLUMNS:
            known = [*COLUMNS, "project", "config.<key>", "metric.<key>.max", "fingerprint.<trace>"]
            raise NotFoundError(
                f"cannot search by {field!r}{did_you_mean(field, known)}; "
                "there are config.<key>, metric.<key>.<min|max|last|count>, "
                f"fingerprint.<trace id>, project, {', '.join(COLUMNS)}"
            )
        return getattr(Experiment, field)

    def _status(self) -> Any:
        if not self._lost:
            return Experiment.status
        gone = Experiment.id.in_(self._lost)
        return case((gone, literal("lost")), else_=Experiment.status)

    # -- tags and order ------------------------------------------------------------------------

    def tagged(self, tags: Sequence[str] | None) -> list[Condition]:
        """Return the conditions that a run has all these tags."""
        return [self._has_tag(clean_text(tag)) for tag in tags or ()]

    def _has_tag(self, tag: str) -> Condition:
        if self._dialect == "sqlite":
            each = func.json_each(Experiment.tags).table_valued("value")
            return exists(select(each.c.value).where(each.c.value == tag))
        if self._dialect in MYSQL:
            return func.json_contains(Experiment.tags, json.dumps(tag)) == 1
        from sqlalchemy import cast
        from sqlalchemy.dialects.postgresql import JSONB

        return cast(Experiment.tags, JSONB).contains(cast([tag], JSONB))

    def order(self, order_by: str | None) -> list[Any]:
        """Return what to order by: `'metric.acc.max'`, or `'-config.lr'` for falling.

        Runs that have no such value come last; equals in the order of their ids.

        Raises:
            NotFoundError: an unknown field.
        """
        if order_by is None:
            return [Experiment.id]
        falling = order_by.startswith("-")
        order: list[Any] = []
        for value in self._sort_values(order_by.lstrip("-+")):
            order += [value.is_(None), value.desc() if falling else value.asc()]
        return [*order, Experiment.id]

    def _sort_values(self, field: str) -> list[Any]:
        group, _, name = field.partition(".")
        if group == "config" and name:
            of_run = and_(Param.run_id == Experiment.id, Param.key == shorten(clean_text(name)))
            columns = (Param.number, Param.text)
            return [select(column).where(of_run).scalar_subquery() for column in columns]
        if group == "metric" and name:
            key, statistic = metric_field(name)
            column = getattr(MetricSummary, statistic)
            row = select(column).where(
                MetricSummary.run_id == Experiment.id, MetricSummary.key == key
            )
            return [row.scalar_subquery()]
        return [self._column(field)]


def metric_field(name: str) -> tuple[str, str]:
    """Split `acc.max` into metric and statistic; without one it is the last value."""
    key, _, statistic = name.rpartition(".")
    if key and statistic in STATISTICS:
        return clean_text(key), statistic
    return clean_text(name), "last"


def _wanted(wanted: Any) -> list[tuple[str, Any]]:
    """Read `0.1`, `('<', 0.1)` or `[('>', 0.01), ('<', 0.1)]`."""
    if _is_condition(wanted):
        return [tuple(wanted)]
    if isinstance(wanted, list) and wanted and all(map(_is_condition, wanted)):
        return [tuple(one) for one in wanted]
    return [("=", wanted)]


def _is_condition(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str)


def _moment(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=dt.timezone.utc)
    return value


def _leaf_equals(value: Any) -> Condition:
    number = leaf_number(value)
    if number is not None:
        return Param.number == number
    from ato_sql._config import to_json

    return Param.text == leaf_text(to_json(value))
