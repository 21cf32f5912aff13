"""From what users hand in to what every database can hold, and back."""

from __future__ import annotations

import math
import operator
import sys
from typing import Any, Sequence, Union

from ato_sql._errors import MetricError
from ato_sql._types import NAME_LENGTH

Number = Union[int, float]
EXACT = 2**53
SPECIAL = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def as_number(key: str, value: Any) -> Number:
    """Return `value` as a float, or as an int where a float would round it.

    Args:
        key: the metric, for the error.
        value: a bool, int, float or any scalar that converts to one (numpy, a torch or numpy array
            of one element, Decimal, Fraction).

    Raises:
        MetricError: `value` is not a number.
    """
    if isinstance(value, bool):
        return float(value)
    try:
        if isinstance(value, (str, bytes, bytearray)):
            raise TypeError
        integer = _as_integer(value)
        if integer is not None:
            return integer if abs(integer) > EXACT else float(integer)
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        raise MetricError(
            f"metric {key!r} needs a number, not {_short(value)} of type {type(value).__name__}"
        ) from None


def _as_integer(value: Any) -> int | None:
    try:
        return operator.index(value)
    except (TypeError, RuntimeError):
        return None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def as_step(key: str, step: Any) -> int:
    """Return `step` as an int of 64 bits.

    Raises:
        MetricError: it is not an integer or too large.
    """
    try:
        number = operator.index(step)
    except TypeError:
        if not (isinstance(step, float) and step.is_integer()):
            raise MetricError(
                f"the step of metric {key!r} must be an integer, not {_short(step)}"
            ) from None
        number = int(step)
    if not -(2**63) <= number < 2**63:
        raise MetricError(f"the step of metric {key!r} does not fit into 64 bits: {number}")
    return number


def check_name(what: str, text: Any) -> str:
    """Return `text` if every database can keep it as a name.

    Raises:
        MetricError: it is no string, empty, or longer than 255 characters.
    """
    if not isinstance(text, str):
        raise MetricError(f"{what} must be a string, not {_short(text)}")
    if not text or len(text) > NAME_LENGTH:
        raise MetricError(f"{what} must have 1 to {NAME_LENGTH} characters, not {len(text)}")
    return clean_text(text)


def clean_text(text: str) -> str:
    """Replace what no database stores in a text: NUL and lone surrogates."""
    if text.isascii():
        return text.replace("\0", "\\x00") if "\0" in text else text
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def split(value: Number) -> tuple[float | None, str | None]:
    """Return the columns `value` and `special` for a number."""
    if type(value) is float:
        # Infinity minus itself is NaN too, so one comparison finds the three special values.
        return (value, None) if value - value == 0.0 else (None, repr(value))
    try:
        return float(value), str(value)
    except OverflowError:
        return sys.float_info.max if value > 0 else -sys.float_info.max, str(value)


def is_finite(value: Number) -> bool:
    """Tell whether a number is neither NaN nor infinite; ints never are."""
    return type(value) is not float or value - value == 0.0


def all_finite(values: Sequence[Number]) -> bool:
    """Tell, quickly, whether all are finite floats; False may also mean that their sum is not."""
    return set(map(type, values)) == {float} and math.isfinite(sum(values))


def join(value: float | None, special: str | None) -> Number:
    """Return the number that `split` took apart."""
    if special is None:
        return math.nan if value is None else value
    return SPECIAL[special] if special in SPECIAL else int(special)
