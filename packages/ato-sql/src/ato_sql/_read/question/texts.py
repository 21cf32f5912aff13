"""From `lr<0.05 tag:baseline` to SQL."""

from __future__ import annotations

import json
import re
from shlex import quote
from typing import Any

from sqlalchemy import Text, cast, false, func, not_, null, or_, select
from sqlalchemy.engine import Connection

from ato_sql._db.schema import Experiment, table_of
from ato_sql._errors import QuestionError
from ato_sql._facts.configs.params import leaf_text
from ato_sql._read.question import conditions as _sql
from ato_sql._read.question.fields import (
    DIGEST,
    FLAG,
    MOMENT,
    PARAMS,
    PRINTS,
    RUN_FIELDS,
    RUNS,
    SUMMARIES,
    WHOLE,
    WORDS,
    Field,
    check_known,
    find_field,
    has_key,
    has_metric,
    known_projects,
    known_statuses,
)
from ato_sql._read.question.numbers import compare_number
from ato_sql._read.question.terms import ORDER, Term

_CONSTANTS = {"True": "true", "False": "false", "None": "null"}


class TextQuestion:
    """Reads terms, their values by the kind of their field."""

    def __init__(self, connection: Connection, project_id: int | None) -> None:
        self._connection = connection
        self._project_id = project_id

    def condition(self, term: Term) -> Any:
        """Return the condition of one term.

        Raises:
            QuestionError: it names an unknown field or compares what cannot be compared.
        """
        found = self._condition(term)
        return not_(func.coalesce(found, false())) if term.negated else found

    def _condition(self, term: Term) -> Any:
        if term.field is None:
            return self._word(term)
        field = find_field(self._connection, term.field, self._project_id, in_text=True)
        if field.kind == "config":
            return self._config(field.key, term)
        if field.kind == "metric":
            return _metric(field, term)
        if field.kind == "fingerprint":
            return self._fingerprint(field.key, term)
        if term.sign == "!=":
            equal = self._run(field.key, term._replace(sign="="))
            return not_(func.coalesce(equal, false()))
        return self._run(field.key, term)

    def _word(self, term: Term) -> Any:
        if not term.quoted and self._is_field(term.value):
            word, as_word = term.value, f'"{term.value}"'
            raise QuestionError(
                f"cannot read {word!r}: it names a field; write {quote(word + '=…')} or "
                f"{quote(word + '<…')}, or {quote(as_word)} in quotes to look for the word"
            )
        return _sql.anywhere(term.value)

    def _is_field(self, word: str) -> bool:
        try:
            find_field(self._connection, word, self._project_id)
        except QuestionError:
            return False
        return True

    # -- config values ---------------------------------------------------------------------------

    def _config(self, key: str, term: Term) -> Any:
        if term.sign in ORDER:
            return _sql.param(key, self._ordered_leaf(key, term))
        if term.sign == "~":
            holds = self._holds(PARAMS.text, _sql.in_json(term.value))
            return _sql.param(key, holds)
        number = _number(term.value)
        if term.sign == ":" and number is None:
            holds = _sql.contains(PARAMS.text, _sql.in_json(term.value))
            return _sql.param(key, holds)
        if number is None and _is_plain(term) and not self._may_be_text(key):
            raise QuestionError(f"{key} {term.sign} needs a number, not {term.value!r}")
        equal: Any = PARAMS.text.in_(_spellings(term.value))
        if number is not None:  # NULL = 1 is neither true nor false
            equal = or_(equal, func.coalesce(_sql.leaf_equals(number), false()))
        return _sql.param(key, not_(equal) if term.sign == "!=" else equal)

    def _ordered_leaf(self, key: str, term: Term) -> Any:
        number = _number(term.value)
        if number is not None and self._has(key, _sql.IS_NUMBER):
            return _sql.compare_leaf(term.sign, number)
        if not self._has(key, _sql.IS_TEXT):
            raise QuestionError(f"{key} {term.sign} needs a number, not {term.value!r}")
        if number is not None and not term.quoted:
            meant = f'{term.field}{term.sign}"{term.value}"'
            if has_metric(self._connection, key, self._project_id):
                meant = f"metric.{key}{term.sign}{term.value}"
            raise QuestionError(f"{key} holds texts, not numbers; did you mean {quote(meant)}?")
        return _sql.compare_leaf(term.sign, term.value)

    def _may_be_text(self, key: str) -> bool:
        return self._has(key, _sql.IS_TEXT) or not self._has(key, _sql.IS_NUMBER)

    def _has(self, key: str, condition: Any) -> bool:
        return has_key(self._connection, key, self._project_id, condition)

    # -- what a run itself holds -----------------------------------------------------------------

    def _run(self, field: str, term: Term) -> Any:
        kind = RUN_FIELDS[field]
        if term.sign in ORDER and kind not in (WHOLE, MOMENT):
            raise QuestionError(f"{term.field} has no order; write {_as_typed(term, ':')}")
        if kind == WORDS:
            return self._words(field, term)
        column = _sql.run_column(self._connection, field)
        if term.sign == "=" and not term.quoted and term.value in ("null", "None"):
            return column.is_(None)
        if kind in (WHOLE, MOMENT):
            if term.sign == "~":
                raise QuestionError(f"{term.field} holds no text; compare it with = < or >")
            return _sql.compare_run(str(term.field), field, column, term.sign, term.value)
        if term.sign == "~":
            return self._holds(column, term.value)
        if kind == DIGEST and term.sign == "=":
            return column.startswith(term.value, autoescape=True)
        if term.sign == ":" and kind != FLAG:
            return _sql.contains(column, term.value)
        return _sql.compare_run(str(term.field), field, column, "=", term.value)

    def _words(self, field: str, term: Term) -> Any:
        if field == "status":
            return self._choice(field, term, known_statuses(self._connection))
        if field == "project":
            return self._choice(field, term, known_projects(self._connection))
        if field == "parent":
            return _parent(term)
        if field == "note":
            return _sql.note(self._text(_sql.NOTE_TEXT, term, term.value))
        if field == "tag" and term.sign != "~":
            return _sql.has_tag(self._connection, term.value)
        return self._text(
            cast(RUNS[f"{field}s" if field == "tag" else field], Text),
            term,
            _sql.in_json(term.value),
        )

    def _choice(self, field: str, term: Term, known: list[str]) -> Any:
        column = _sql.run_column(self._connection, field)
        if term.sign == "~" or (field == "project" and term.sign == ":"):
            return self._text(column, term, term.value)
        check_known(field, term.value, known)
        return column == term.value

    def _fingerprint(self, trace_id: str, term: Term) -> Any:
        if term.sign in ORDER:
            raise QuestionError(f"{term.field} has no order; write {_as_typed(term, '=')}")
        if term.sign == "~":
            same = self._holds(PRINTS.fingerprint, term.value)
        else:
            same = PRINTS.fingerprint.startswith(term.value, autoescape=True)
        return _sql.trace(trace_id, not_(same) if term.sign == "!=" else same)

    def _text(self, column: Any, term: Term, text: str) -> Any:
        if term.sign == "~":
            return self._holds(column, text)
        return _sql.contains(column, text)

    def _holds(self, column: Any, text: str) -> Any:
        return _sql.contains_exactly(self._connection, column, text)


def _as_typed(term: Term, sign: str) -> str:
    """Return a term with another sign, as it is typed in a shell."""
    is_whole = not term.quoted and not re.search(r"[\s,\"]", term.value)
    value = term.value if is_whole else json.dumps(term.value, ensure_ascii=False)
    return quote(f"{term.field}{sign}{value}")


def _metric(field: Field, term: Term) -> Any:
    number = _number(term.value)
    if number is None:
        what = f"metric {field.key} {term.sign}"
        raise QuestionError(f"{what} needs a number, not {term.value!r}")
    if term.sign == "~":
        raise QuestionError(f"metric {field.key} holds no text; compare it with = < or >")
    return _sql.summary(field.key, metric_condition(field.statistic, term.sign, number))


def metric_condition(statistic: str, sign: str, number: int | float) -> Any:
    """Return the condition on one statistic in the row of a metric's summary."""
    special = SUMMARIES.last_special if statistic == "last" else null()
    return compare_number(SUMMARIES[statistic], special, sign, number)


def _parent(term: Term) -> Any:
    if term.value == "none":
        return RUNS.parent_uuid.is_(None)
    if not _sql.is_whole(term.value):
        raise QuestionError(f"parent needs the number of a run, or none, not {term.value!r}")
    parents = table_of(Experiment).alias()
    uuid = select(parents.c.uuid).where(parents.c.id == int(term.value)).scalar_subquery()
    return func.coalesce(RUNS.parent_uuid == uuid, false())


def _number(text: str) -> int | float | None:
    """Return the number that a text says: an int where it is one, of any size."""
    try:
        return int(text) if re.fullmatch(r"[+-]?[0-9]{1,4000}", text) else float(text)
    except ValueError:
        return None


def _is_plain(term: Term) -> bool:
    """Whether a value is just a text, neither a constant nor a list."""
    return term.sign == "=" and not term.quoted and _as_json(term.value) is None


def _spellings(value: str) -> list[str]:
    """Return how a text may stand in the database: as text, and as what it says in JSON."""
    found = _as_json(value)
    return [leaf_text(value)] if found is None else [leaf_text(value), found]


def _as_json(value: str) -> str | None:
    try:
        return leaf_text(json.loads(_CONSTANTS.get(value, value)))
    except (ValueError, RecursionError):
        return None
