"""What of a table's cells is a secret, by the name above them or in front of them."""

from __future__ import annotations

import re
from typing import Mapping, Sequence

from ato_sql._values.secrets.names import has_more_senses, may_be_words
from ato_sql._values.secrets.shapes import NOTHING, REDACTED, is_key, is_mixed, is_token

# The line below a head; the last are lines and their corners.
RULE = re.compile(r"[\s|+:\-=\u2500-\u257f]+")
_QUOTES = "\"'"
# What `pass` says of a test, and `auth` of whether and how one logs in.
_ANSWER = re.compile(
    r"[+\-~]?\d[\d.,/:_]{0,20}(?:[eE][+\-]?\d{1,3})?[ \t]?[%a-zA-Z]{0,2}"
    r"|y|n|yes|no|on|off|true|false|ok|okay|passe?d?|fail(?:ed)?|skip(?:ped)?|x|\u2713|\u2714|\u2717|\u2718"
    r"|required|optional|basic|digest|oauth2?|ldap|saml|sso|nan|n/a|na",
    re.IGNORECASE,
)
# Names in code: `password, API_KEY, set_decrypt_key`.
_CODE = re.compile(r"[A-Z]+(?:_[A-Z]+)*[),;]{0,3}|[a-z]+\d{0,3}(?:_[a-z]+\d{0,3}){2,8}[),;]{0,3}")
_NUMBER = re.compile(r"[+\-~]?\d[\d.,/:_]{0,20}(?:[eE][+\-]?\d{1,3})?[%a-zA-Z]{0,2}")


def is_number(cell: str) -> bool:
    """Tell whether a cell holds a number, as no head does."""
    return _NUMBER.fullmatch(cell) is not None


def hide_below(name: str, cell: str, is_sure: bool = True) -> str:
    """Return a cell below the name of a secret, hidden if it is one.

    Args:
        name: The secret's name.
        cell: What stands below it.
        is_sure: Whether the line of the name is a head for certain; else only what looks like a
            secret is one.
    """
    value = _value(cell)
    if not is_sure or may_be_words(name):
        return hide_beside(name, cell)
    if RULE.fullmatch(value or "-") or NOTHING.match(value) or _answers(name, value):
        return cell
    return cell.replace(value, REDACTED)


def hide_cells(
    line: str, spans: Sequence[tuple[int, int]], secret: Mapping[int, str], is_sure: bool
) -> str:
    """Return a row with its secrets hidden.

    Args:
        line: The row.
        spans: Where each cell stands.
        secret: By column, the names of secrets.
        is_sure: See `hide_below`.
    """
    for n in sorted(secret, reverse=True):  # from behind, so that places stay
        start, end = spans[n]
        line = line[:start] + hide_below(secret[n], line[start:end], is_sure) + line[end:]
    return line


def hide_beside(name: str, cell: str) -> str:
    """Return a cell in the row of a secret's name, hidden if it looks like one."""
    value = _value(cell)
    is_value = is_key(value) if may_be_words(name) else is_token(value) or is_mixed(value)
    if _CODE.fullmatch(value):
        is_value = False
    if not is_value or NOTHING.match(value) or _answers(name, value):
        return cell
    return cell.replace(value, REDACTED)


def _value(cell: str) -> str:
    return cell.strip().strip(_QUOTES)


def _answers(name: str, value: str) -> bool:
    return has_more_senses(name) and _ANSWER.fullmatch(value) is not None
