"""The language of the filter field, as data.

    status:failed tag:baseline lr<0.01 metric.acc.max>=0.9 "two words" -tag:old

Terms are separated by blanks and all must hold; `-` before one turns it around.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ato._ui._answer import QuestionError

_TERM = re.compile(
    r"""\s*(?P<minus>-)?
    (?:
      (?P<field>"[^"]*"|[^\s"<>=!:]+)(?P<operator><=|>=|!=|<|>|=|:)(?P<value>"[^"]*"|[^\s"]*)
      | (?P<word>"[^"]*"|[^\s"]+)
    )(?=\s|$)""",
    re.VERBOSE,
)
MOST_TERMS = 20
LONGEST = 2000


class Term(NamedTuple):
    """One term; without a field, `value` is a word to be found anywhere."""

    negated: bool
    field: str | None
    operator: str
    value: str


def parse_filter(text: str) -> list[Term]:
    """Return the terms of a filter.

    Raises:
        QuestionError: it cannot be read; the message says where.
    """
    if len(text) > LONGEST:
        raise QuestionError(f"the filter is longer than {LONGEST} characters")
    terms: list[Term] = []
    position = 0
    while text[position:].strip():
        match = _TERM.match(text, position)
        if match is None:
            raise QuestionError(f"cannot read the filter from {text[position:].strip()!r} on")
        terms.append(_term(match))
        position = match.end()
    if len(terms) > MOST_TERMS:
        raise QuestionError(f"the filter has more than {MOST_TERMS} terms")
    return terms


def _term(match: re.Match[str]) -> Term:
    field = match.group("field")
    if field is None:
        return Term(bool(match.group("minus")), None, ":", _bare(match.group("word")))
    value = _bare(match.group("value"))
    if not value:
        raise QuestionError(f"{_bare(field)}{match.group('operator')} needs a value")
    return Term(bool(match.group("minus")), _bare(field), match.group("operator"), value)


def _bare(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
