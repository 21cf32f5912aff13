"""Numbers as `value` and `special` hold them, compared and ordered as the numbers that they are."""

from __future__ import annotations

import math
import sys
from typing import Any

from sqlalchemy import and_, case, false, func, not_, or_, true

from ato_sql._read.question.conditions import COMPARE
from ato_sql._values.values import EXACT, NEGATIVE_ZERO, SPECIAL

_LARGEST = sys.float_info.max
_NO_DIGITS = (*SPECIAL, NEGATIVE_ZERO)


def ordered(value: Any, special: Any) -> Any:
    """Return the expression that orders numbers, up to what a float rounds; NULL for NaN."""
    return case((special == "inf", _LARGEST), (special == "-inf", -_LARGEST), else_=value)


def tie_breaks(value: Any, special: Any) -> list[tuple[Any, bool]]:
    """Return what orders integers that a float rounds to the same, and whether it is reversed."""
    sign = case((value < 0, -1), else_=1)
    digits = case((_has_digits(special), special))
    infinite = (special == "inf", 10**9), (special == "-inf", -(10**9))
    length = case((_has_digits(special), func.length(special) * sign), *infinite)
    return [
        (length, False),
        (case((value > 0, digits)), False),
        (case((value < 0, digits)), True),
    ]


def compare_number(value: Any, special: Any, sign: str, wanted: Any) -> Any:
    """Compare the number in two columns with one of any size; NaN equals NaN.

    Args:
        value: the column of floats.
        special: the column with the names of NaN and ±inf and the digits of large integers.
        sign: one of `COMPARE`.
        wanted: an int or float.
    """
    if sign == "!=":
        return not_(func.coalesce(compare_number(value, special, "=", wanted), false()))
    if wanted != wanted:
        return special == "nan" if sign in ("=", "==", ":") else false()
    if abs(wanted) < EXACT:
        return COMPARE[sign](ordered(value, special), wanted)
    equal, above = _parts(value, special, wanted)
    if sign in ("=", "==", ":"):
        return equal
    if sign in (">", ">="):
        return or_(above, equal) if sign == ">=" else above
    known = ordered(value, special).is_not(None)
    below_or_equal = and_(known, not_(func.coalesce(above, false())))
    if sign == "<=":
        return below_or_equal
    return and_(below_or_equal, not_(func.coalesce(equal, false())))


def _parts(value: Any, special: Any, wanted: Any) -> tuple[Any, Any]:
    """Return the conditions that a number equals, and that it is above, one beyond 2**53."""
    number = ordered(value, special)
    if isinstance(wanted, float) and math.isinf(wanted):
        name = repr(wanted)
        above = false() if wanted > 0 else and_(number.is_not(None), _is_not(special, name))
        return special == name, above
    nearest = _nearest(wanted)
    tied, digits = number == nearest, str(int(wanted))
    whole = _has_digits(special)
    longer = func.length(special) > len(digits)
    greater = or_(longer, and_(func.length(special) == len(digits), special > digits))
    if wanted < 0:
        shorter = func.length(special) < len(digits)
        greater = or_(shorter, and_(func.length(special) == len(digits), special < digits))
    plain = special.is_(None)
    equal = or_(
        and_(tied, whole, special == digits),
        and_(tied, plain, true() if int(nearest) == int(wanted) else false()),
    )
    above = or_(
        number > nearest,
        and_(tied, whole, greater),
        and_(tied, plain, true() if int(nearest) > int(wanted) else false()),
        and_(tied, special == "inf"),
    )
    return equal, above


def _nearest(number: Any) -> float:
    try:
        return max(-_LARGEST, min(_LARGEST, float(number)))
    except OverflowError:
        return _LARGEST if number > 0 else -_LARGEST


def _has_digits(special: Any) -> Any:
    return and_(special.is_not(None), special.not_in(_NO_DIGITS))


def _is_not(special: Any, name: str) -> Any:
    return or_(special.is_(None), special != name)
