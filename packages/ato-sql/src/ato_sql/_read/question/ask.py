"""From a question about runs to SQL: the one language of the API, the command line and the page.

A question is a text such as `lr<0.05 tag:baseline`, several of them, or a mapping such as
`{'config.lr': ('<', 0.05)}`.
"""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence, Union

from sqlalchemy import ColumnElement, and_, case, select
from sqlalchemy.engine import Connection

from ato_sql._errors import QuestionError
from ato_sql._facts.configs.params import NAN
from ato_sql._read.question import conditions as _sql
from ato_sql._read.question.fields import (
    PARAMS,
    RUNS,
    SUMMARIES,
    Field,
    find_field,
    meaning,
)
from ato_sql._read.question.mappings import MappingQuestion
from ato_sql._read.question.numbers import ordered, tie_breaks
from ato_sql._read.question.terms import parse_question
from ato_sql._read.question.texts import TextQuestion
from ato_sql._values.asked import asked_list
from ato_sql._values.values import as_text, clean_text, short

Where = Union[str, Sequence[str], Mapping[str, Any], None]


def run_conditions(
    connection: Connection, where: Where, project_id: int | None = None
) -> list[ColumnElement[bool]]:
    """Return the conditions on `tables['experiments']` that a question asks for.

    Args:
        connection: to the database, to look up what names mean; reading is enough.
        where: a text such as `'lr<0.05 tag:baseline'`, several, or a mapping as
            `SQLFinder.search` takes it.
        project_id: look up names among this project's runs. The conditions do not choose them.

    Raises:
        QuestionError: it cannot be read or asks for what there is not.
    """
    if where is None:
        return []
    if isinstance(where, Mapping):
        mapping = MappingQuestion(connection, project_id)
        return [one for field, wanted in where.items() for one in mapping.conditions(field, wanted)]
    texts = [where] if isinstance(where, str) else where
    if not isinstance(texts, Iterable) or not all(isinstance(text, str) for text in texts):
        found = short(where)
        raise QuestionError(f"a question is a text, several of them or a mapping, not {found}")
    asked = TextQuestion(connection, project_id)
    return [asked.condition(term) for text in texts for term in parse_question(text)]


def tagged(connection: Connection, tags: Sequence[str] | None) -> list[ColumnElement[bool]]:
    """Return the conditions that a run has all these tags.

    Raises:
        QuestionError: they are no list, or one text, of which each letter would be a tag.
    """
    asked = [] if tags is None else asked_list("tags", "texts", tags)
    return [_sql.has_tag(connection, clean_text(as_text("a tag", tag))) for tag in asked]


def run_order(
    connection: Connection,
    order_by: str | None,
    project_id: int | None = None,
    newest_first: bool = False,
) -> list[Any]:
    """Return what to order `tables['experiments']` by; runs that have no such value come last.

    Args:
        connection: as for `run_conditions`.
        order_by: `'metric.acc.max'`, or `'-config.lr'` for falling.
        project_id: as for `run_conditions`.
        newest_first: the order of equals; by default that of their ids.

    Raises:
        QuestionError: an unknown field, or one that has no order.
    """
    ids = RUNS.id.desc() if newest_first else RUNS.id
    if order_by is None:
        return [ids]
    if not isinstance(order_by, str):
        raise QuestionError(f"runs are ordered by the name of a field, not {short(order_by)}")
    order_by = clean_text(order_by)
    falling = order_by.startswith("-")
    found: list[Any] = []
    for value, turned in _sort_values(connection, order_by.lstrip("-+"), project_id):
        found += [value.is_(None), value.desc() if falling != turned else value.asc()]
    return [*found, ids]


def _sort_values(
    connection: Connection, name: str, project_id: int | None
) -> list[tuple[Any, bool]]:
    """Return what to order by, one after the other, and whether that is the other way round."""
    field = _sort_field(connection, name, project_id)
    if field.kind == "config":
        of_run = and_(PARAMS.run_id == RUNS.id, PARAMS.key == field.key)
        key = case((PARAMS.sort_key != NAN, PARAMS.sort_key))  # NaN comes after the others
        values = (key, case((key.is_(None), PARAMS.text)))
        return [(select(value).where(of_run).scalar_subquery(), False) for value in values]
    if field.kind == "metric":
        of_run = and_(SUMMARIES.run_id == RUNS.id, SUMMARIES.key == field.key)
        parts = _statistic(field.statistic)
        return [(select(value).where(of_run).scalar_subquery(), turned) for value, turned in parts]
    if field.kind == "fingerprint" or field.key in ("tag", "note", "command", "parent"):
        raise QuestionError(f"{name} has no order; sort by config.<key>, metric.<key>.max or id")
    return [(_sql.run_column(connection, field.key), False)]


def _sort_field(connection: Connection, name: str, project_id: int | None) -> Field:
    """Return what a name means, which some run must have, unless there is no run at all."""
    try:
        return find_field(connection, name, project_id)
    except QuestionError:
        among = () if project_id is None else (RUNS.project_id == project_id,)
        if connection.execute(select(RUNS.id).where(*among).limit(1)).first() is not None:
            raise
        return meaning(connection, name, project_id)


def _statistic(name: str) -> list[tuple[Any, bool]]:
    if name != "last":
        return [(SUMMARIES[name], False)]
    number = ordered(SUMMARIES.last, SUMMARIES.last_special)
    return [(number, False), *tie_breaks(number, SUMMARIES.last_special)]
