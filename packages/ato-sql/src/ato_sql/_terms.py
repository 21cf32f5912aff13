"""Read `config.lr<0.01` from the command line."""

from __future__ import annotations

import json
import re
from typing import Any, Sequence

from ato_sql._errors import NotFoundError

_TERM = re.compile(r"^\s*(?P<field>[^<>=!~]+?)\s*(?P<sign><=|>=|!=|==|=|<|>|~)\s*(?P<value>.*)$")


def read_terms(terms: Sequence[str] | None) -> dict[str, Any]:
    """Return the `where` of terms such as `config.lr<0.01`, `status=failed` or `config.name~net`.

    A value is read as JSON, else it is text; `~` means contains.

    Raises:
        NotFoundError: a term is not of this form.
    """
    where: dict[str, Any] = {}
    for term in terms or ():
        match = _TERM.match(term)
        if match is None:
            raise NotFoundError(
                f"cannot read {term!r}; write it as config.lr<0.01 or status=failed"
            )
        sign = "contains" if match.group("sign") == "~" else match.group("sign")
        where.setdefault(match.group("field"), []).append((sign, _value(match.group("value"))))
    return where


def _value(text: str) -> Any:
    try:
        return json.loads({"True": "true", "False": "false", "None": "null"}.get(text, text))
    except ValueError:
        return text
