"""How large what is typed as a value may be, and what calculating with it may cost."""

from __future__ import annotations

import re

from ato_scope._errors import ExpressionError
from ato_scope._history.recorder import snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 60
MAX_BITS = 8192
MAX_ITEMS = 100_000
MAX_OPERATORS = 2000
MAX_IN_A_ROW = 20

BUILT = (str, bytes, list, tuple, dict, set)
SEQUENCES = (str, bytes, list, tuple)
PLAIN = (bool, int, float, complex, str, bytes, type(None), list, tuple, dict, set)


# Texts of an expression, long ones first.
_TEXTS = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\]|\\.)*"'''
    r"""|'''(?:[^'\\]|\\.|'(?!''))*'''|'(?:[^'\\]|\\.)*'""",
    re.DOTALL,
)


def check_shape(text: str) -> None:
    """Refuse, before the parser sees it, what makes the parsers of some Pythons overflow."""
    depth = operators = in_a_row = 0
    for character in _TEXTS.sub("x", text):
        if character == "#":
            raise ExpressionError("not a valid expression: what follows # would be left out")
        if character in "'\"":  # never closed
            break
        if character in "([{":
            depth, in_a_row = depth + 1, 0
        elif character in ")]}":
            depth -= 1
        elif character in "+-~*/%|&^<>=:.":
            operators, in_a_row = operators + (character != "."), in_a_row + 1
        elif not character.isspace():
            in_a_row = 0
        if depth > MAX_DEPTH or in_a_row > MAX_IN_A_ROW or operators > MAX_OPERATORS:
            raise ExpressionError("is nested too deeply")
    words = text.split()
    for word in ("not", "if", "else", "lambda", "lambda:", "await"):
        if words.count(word) > MAX_DEPTH:
            raise ExpressionError("is nested too deeply")


def check_operands(name: str, left: Any, right: Any) -> None:
    """Refuse a calculation whose result would be too large, before it is done."""
    for operand in (left, right):
        if not isinstance(operand, PLAIN):
            raise ExpressionError(f"cannot calculate with {type(operand).__name__}")
    if name == "Pow" and _bits(left) * max(1, abs(_whole(right))) > MAX_BITS:
        raise ExpressionError("the power is too large")
    if name == "LShift" and _whole(right) > MAX_BITS:
        raise ExpressionError("the shift is too large")
    if name == "Mod" and isinstance(left, (str, bytes)):
        raise ExpressionError("formatting with % is not allowed in a value")
    if name == "Mult":
        for items, times in ((left, right), (right, left)):
            is_sequence = isinstance(items, SEQUENCES)
            if is_sequence and _weight(items) * max(1, _whole(times)) > MAX_ITEMS:
                raise ExpressionError("the repetition is too long")


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 1


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 1


def _weight(value: Any) -> int:
    """Return how many items a value holds, at all depths; counting ends beyond the bound.

    What stands several times in it counts each time, as it is copied in the end.
    """
    count, inside = 0, [value]
    while inside and count <= MAX_ITEMS:
        one = inside.pop()
        count += 1 + (len(one) if isinstance(one, (str, bytes)) else 0)
        if isinstance(one, (list, tuple, set)):
            inside.extend(one)
        elif isinstance(one, dict):
            inside.extend(dict.values(one))
    return count


def owned(value: Any) -> Any:
    """Return a value that shares no container with the config it may refer to."""
    if isinstance(value, dict) and _weight(value) > MAX_ITEMS:
        raise ExpressionError("the result is too long")
    return snapshot(value)


def bounded(value: Any) -> Any:
    """Return a value, if it is not too large."""
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise ExpressionError("the number is too large")
    if isinstance(value, BUILT) and _weight(value) > MAX_ITEMS:
        raise ExpressionError("the result is too long")
    return value
