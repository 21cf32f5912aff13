"""What an unfinished question may become."""

from __future__ import annotations

import json
import re
from typing import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ato_sql._errors import QuestionError
from ato_sql._read.question.fields import (
    MOST_NAMES,
    PARAMS,
    RUN_FIELDS,
    RUNS,
    TEXT,
    Field,
    find_field,
    known_names,
    known_projects,
    known_statuses,
    of_project,
)
from ato_sql._read.question.terms import as_field

_RECENT = 200  # runs whose tags are offered
_LAST = re.compile(
    r'-?(?P<word>(?P<field>"[^"]*"|[^\s"<>=!:~,]+)(?P<sign>[<>!]?=|[<>:~])'
    r'(?P<value>"[^"]*|[^\s"]*)|"?[^\s",]*)$'
)


def complete(
    connection: Connection, text: str, project_id: int | None = None, limit: int = 20
) -> list[str]:
    """Return what the last word of an unfinished question may become, the likeliest first.

    Args:
        connection: to the database; reading is enough.
        text: what has been typed, such as `status:completed mod` or `tag:base`.
        project_id: only names and values of this project.
        limit: at most so many.

    Returns:
        Words to put in the place of the last one: `model.name`, `tag:baseline`.
    """
    last = _LAST.search(text)
    if last is None:
        return []
    if last.group("sign"):
        field, sign, begun = last.group("field", "sign", "value")
        values = _fitting(begun.lstrip('"'), known_values(connection, field.strip('"'), project_id))
        return [field + sign + _quoted(one) for one in values][:limit]
    word = last.group("word")
    names = _fitting(word.lstrip('"'), known_names(connection, project_id, "." in word))
    return [as_field(one) for one in names][:limit]


def _fitting(begun: str, candidates: Iterable[str]) -> Iterator[str]:
    """Yield what begins with a text, then what holds it."""
    wanted, known = begun.lower(), list(dict.fromkeys(candidates))
    yield from (one for one in known if one.lower().startswith(wanted))
    yield from (one for one in known if one.lower().find(wanted) > 0)


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"[\s,]", value) or not value else value


def known_values(connection: Connection, name: str, project_id: int | None = None) -> list[str]:
    """Return the words that a field of a question can be asked for; none of numbers and moments.

    Args:
        connection: to the database; reading is enough.
        name: of the field: `tag`, `user_name`, `config.optimizer`.
        project_id: only values of this project.
    """
    try:
        field = find_field(connection, name, project_id)
    except QuestionError:
        return []
    if field.kind == "config":
        query = select(PARAMS.text).where(PARAMS.key == field.key)
        if project_id is not None:
            query = query.where(PARAMS.run_id.in_(select(RUNS.id).where(*of_project(project_id))))
        query = query.distinct().limit(MOST_NAMES)
        return sorted(_shown(text) for text in connection.execute(query).scalars())
    if field == Field("run", "status"):
        return known_statuses(connection)
    if field == Field("run", "project"):
        return known_projects(connection)
    if field.kind == "run" and RUN_FIELDS.get(field.key) == TEXT and field.key != "error":
        column = RUNS.name if field.key == "run_name" else RUNS[field.key]
        query = select(column).where(*of_project(project_id)).distinct().limit(MOST_NAMES)
        return sorted(filter(None, connection.execute(query).scalars()))
    if field == Field("run", "tag"):
        query = select(RUNS.tags).where(*of_project(project_id)).order_by(RUNS.id.desc())
        recent = connection.execute(query.limit(_RECENT)).scalars()
        return list(dict.fromkeys(tag for tags in recent for tag in tags or ()))
    return []


def _shown(text: str) -> str:
    return str(json.loads(text)) if text.startswith('"') and text.endswith('"') else text
