"""The value of a typed expression, with the fix for what is none."""

from __future__ import annotations

from ato_scope._build.kinds import date_in
from ato_scope._command.keys import typed
from ato_scope._errors import ExpressionError
from ato_scope._program import WORDS
from ato_scope._values.expressions import evaluate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    from ato_scope._command.tokens import Token

NO_EXPRESSION = "not a valid expression"


def evaluated(token: Token, names: Mapping[str, Any]) -> Any:
    """Return the value of the expression of a token, or say how its text would be written.

    Raises:
        ExpressionError: It is none, or a date.
    """
    text = token.value
    is_short = text.isprintable() and len(text) <= 60
    as_text = f"for text write {typed(token.key, ':=', text)}"
    date = date_in(text)
    if date:
        raise ExpressionError(f"a date is no number; {_write_date(date, token)}")
    try:
        return evaluate(text, names)
    except ExpressionError as error:
        if is_short and (any(c.isalpha() for c in text) or str(error) == NO_EXPRESSION):
            if token.key in WORDS:
                from ato_scope._command.unknown import asked

                as_text = f"to ask for it write {asked(token.key, text)}, {as_text}"
            raise ExpressionError(f"{error}; {as_text}") from None
        raise


def _write_date(date: str, token: Token) -> str:
    if token.value.strip() != date:
        return f"for text write {date!r} inside, for the number ({date})"
    number = typed(token.key, "=", f"({date})")
    return f"for text write {typed(token.key, ':=', date)}, for the number {number}"
