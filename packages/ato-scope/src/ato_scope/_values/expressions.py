"""Values of `key=expression` tokens: a small, bounded, side-effect free subset of Python.

Literals, containers, arithmetic, comparisons, boolean logic, conditional expressions, and
references `config.<key>`. Nothing is called, no attribute of any object is read, and size, depth
and powers are bounded, so that no text typed at a command line can do harm or hang.
"""

from __future__ import annotations

from ato_scope._errors import ExpressionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

MAX_TEXT = 65536
FLOAT_SIGNS = frozenset(".eE")
CONSTANTS = {
    "True": True,
    "False": False,
    "None": None,
    "inf": float("inf"),
    "nan": float("nan"),
}


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """Return the value of an expression.

    Args:
        text: The expression as typed.
        names: What a name may refer to: the configs by the names of their scopes.

    Raises:
        ExpressionError: The text is not such an expression, or goes beyond a bound.
    """
    text = text.strip()
    if text in CONSTANTS and text not in names:
        return CONSTANTS[text]
    first = text[:1]
    if len(text) < 40 and text.isascii():
        if first in "'\"" and _is_plain_text(text):
            return text[1:-1]
        if first in "0123456789.-+":
            number = _number(text)
            if number is not None:
                return number
        elif text.isidentifier() and text not in names:
            from ato_scope._values.words import bare_word

            raise ExpressionError(bare_word(text, names))
    if len(text) > MAX_TEXT:
        raise ExpressionError(
            f"is longer than {MAX_TEXT} characters; put it in a file and use @file"
        )

    from ato_scope._values.interpreter import interpret

    return interpret(text, {**CONSTANTS, **names})


def _is_plain_text(text: str) -> bool:
    inner = text[1:-1]
    return (
        len(text) > 1
        and text[-1] == text[0]
        and text[0] not in inner
        and "\\" not in inner
        and "\n" not in inner
    )


def _number(text: str) -> Any:
    """Return the number that a plain literal stands for, None where it needs the parser."""
    digits = text[1:] if text[0] == "-" else text
    if digits.isdigit():
        return int(text) if digits[0] != "0" or digits == "0" else None
    # float() also takes 'inf', 'nan', '+1' and '1_0', which mean something else in an expression.
    if text[-1] not in "0123456789." or not FLOAT_SIGNS.intersection(text):
        return None
    try:
        return float(text)
    except ValueError:
        return None
