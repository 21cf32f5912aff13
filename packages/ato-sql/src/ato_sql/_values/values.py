"""From what users hand in to what every database can hold, and back."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import math
import operator
import sys
from typing import Any, Iterable, Iterator, Mapping, Sequence, Union

from ato_adict import AtoError
from ato_sql._errors import MetricError, MetricOverflowError
from ato_sql._values.secrets.names import is_secret_key

Number = Union[int, float]
NAME_LENGTH = 255
EXACT = 2**53
# Beyond this Python itself refuses, since 3.11, to write an integer in digits or to read it back.
LONGEST_INTEGER = 4300
_KEPT = 190
_SHOWN = 300  # characters of a path
SPECIAL = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
# SQLite keeps a whole number without the sign of its zero.
NEGATIVE_ZERO = "-0.0"


def as_number(key: str, value: Any) -> Number:
    """Return `value` as a float, or as an int where a float would round it.

    Args:
        key: the metric, for the error.
        value: a bool, int, float or any scalar that converts to one (numpy, a torch or numpy array
            of one element, Decimal, Fraction).

    Raises:
        MetricError: `value` is not a number.
        MetricOverflowError: it is one that no database can keep.
    """
    if isinstance(value, bool):
        return float(value)
    try:
        if isinstance(value, (str, bytes, bytearray)):
            raise TypeError
        if getattr(value, "size", None) == 1 and hasattr(value, "item"):  # an array of one number
            value = math.nan if is_masked(value) else value.item()
        integer = _as_integer(value)
        if integer is None:
            number = float(value)
            if math.isinf(number) and not value == number:
                raise OverflowError
            return number
        if abs(integer) <= EXACT:
            return float(integer)
        if not has_digits(integer):
            raise OverflowError
        return integer
    except OverflowError:
        raise MetricOverflowError(
            f"metric {short(key)} is too large to be kept: a float ends at 1.8e308, "
            f"an integer at {LONGEST_INTEGER} digits; log its logarithm"
        ) from None
    except Exception:  # how it becomes a number is another's code
        kind = type(value).__name__
        # The message is kept with the run's traceback.
        given = "a value" if isinstance(key, str) and is_secret_key(key) else short(value)
        raise MetricError(
            f"metric {short(key)} needs a number, not {given} of type {kind}"
        ) from None


def is_masked(value: Any) -> bool:
    """Tell whether a value is an array of numpy whose only number is masked."""
    return hasattr(value, "filled") and bool(value.mask)


def has_digits(integer: int) -> bool:
    """Tell whether every Python can write an integer in digits and read it back."""
    if integer.bit_length() <= 2048:  # 617 digits, fewer than the lowest limit one can set
        return True
    if integer.bit_length() > 4 * LONGEST_INTEGER:  # writing it would take long where it is allowed
        return False
    try:
        return len(str(abs(integer))) <= LONGEST_INTEGER
    except ValueError:
        return False


def _as_integer(value: Any) -> int | None:
    try:
        return operator.index(value)
    except (TypeError, RuntimeError):
        return None


def short(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # an integer with too many digits, in a list even; or it is another's code
        return "a value"
    return text if len(text) <= 60 else text[:57] + "..."


def as_step(key: str, step: Any, what: str = "metric") -> int:
    """Return `step` as an int of 64 bits.

    Args:
        key: the metric, for the error.
        step: any integer, also as a float.
        what: what else `key` names.

    Raises:
        MetricError: it is not an integer or too large.
    """
    try:
        number = operator.index(step)
    except Exception:
        if not (isinstance(step, float) and step.is_integer()):
            raise MetricError(
                f"the step of {what} {key!r} must be an integer, not {short(step)}{_instead(step)}"
            ) from None
        number = int(step)
    if not -(2**63) <= number < 2**63:
        raise MetricError(f"the step of {what} {key!r} does not fit into 64 bits: {short(number)}")
    return number


def next_step(key: str, last: int, what: str = "metric") -> int:
    """Return the step after the last one of `key`.

    Raises:
        MetricError: there is none: the last one was the greatest of 64 bits.
    """
    if last == 2**63 - 1:
        raise MetricError(f"no step comes after {last} of {what} {key!r}; log it with step=")
    return last + 1


def _instead(step: Any) -> str:
    return "; say a fraction as axis={'epoch': 1.5}" if isinstance(step, float) else ""


def check_name(what: str, text: Any) -> str:
    """Return `text` if every database can keep it as a name.

    Raises:
        MetricError: it is no string, empty, or longer than 255 characters.
    """
    if not isinstance(text, str):
        raise MetricError(f"{what} must be a string, not {short(text)}")
    clean = clean_text(text)  # which may be longer
    if not text or len(clean) > NAME_LENGTH:
        raise MetricError(f"{what} must have 1 to {NAME_LENGTH} characters, not {len(clean)}")
    return clean


def as_text(what: str, value: Any) -> str:
    """Return a value as a text.

    Raises:
        MetricError: it has none, as an integer of more than 4,300 digits.
    """
    if isinstance(value, str):
        return value
    try:
        return str(value)
    except Exception as error:  # of the value's own code: it may be any
        kind = type(value).__name__
        raise MetricError(f"{what} must be a text, not {kind}: {said(error)}") from None


def given_text(what: str, value: Any) -> str:
    """Return what somebody logs as a text; any value but one that was surely not meant as one.

    Raises:
        MetricError: it is None, as of a function that returns nothing, bytes, or has no text.
    """
    if value is None or isinstance(value, (bytes, bytearray)):
        fix = "; decode it" if value is not None else ""
        raise MetricError(f"{what} must be a text, not {short(value)}{fix}")
    return as_text(what, value)


def said(error: Exception) -> str:
    """Return what an error of another's code says; its kind where it says nothing, or fails."""
    try:
        return brief_error(error) or type(error).__name__
    except Exception:
        return type(error).__name__


@contextlib.contextmanager
def naming(what: str) -> Iterator[None]:
    """Name what was handed in where its own code fails, as its `__array__` or `__iter__` may.

    Raises:
        MetricError: it did; what ato itself raises is raised as it is.
    """
    try:
        yield
    except AtoError:
        raise
    except Exception as error:  # it may be any
        text = f"{what} cannot be read: {type(error).__name__}: {said(error)}"
        raise MetricError(text) from error


def tag_texts(tags: Any) -> list[str]:
    """Return tags as texts that every database can keep.

    Raises:
        MetricError: they are one string, of which each letter would be a tag, or no list.
    """
    with naming("the tags"):
        if isinstance(tags, (str, bytes)) or not isinstance(tags or (), Iterable):
            raise MetricError(f"tags must be a list of strings; write [{tags!r}]")
        return [clean_text(as_text("a tag", tag)) for tag in tags or ()]


def brief_path(path: str) -> str:
    """Return a path in quotes, as a message shows it."""
    return repr(path if len(path) <= _SHOWN else path[:_SHOWN] + "...")


def brief_error(error: Exception) -> str:
    """Return what went wrong, without the path in it where that is too long to be one."""
    text = str(error)
    return text if len(text) <= 2 * _SHOWN else getattr(error, "strerror", None) or text[:_SHOWN]


def clean_text(text: str) -> str:
    """Replace what no database stores in a text: NUL and lone surrogates."""
    if text.isascii():
        return text.replace("\0", "\\x00") if "\0" in text else text
    return _decoded(text).encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def _decoded(text: str) -> str:
    """Return a text with the bytes in it that Python kept, as where LC_ALL is C, read as UTF-8.

    So a name is the same in every locale; bytes that are no UTF-8 stay as they are.
    """
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # surrogates that stand for no byte
        return text


def shorten(text: str) -> str:
    """Return a text of at most 255 characters, distinct where the whole was."""
    if len(text) <= NAME_LENGTH:
        return text
    return text[:_KEPT] + "#" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def as_name(text: str) -> str:
    """Return a text as a column for names keeps it: clean and of at most 255 characters."""
    return shorten(clean_text(text))


def split(value: Number) -> tuple[float | None, str | None]:
    """Return the columns `value` and `special` for a number."""
    if type(value) is float:
        if is_negative_zero(value):
            return 0.0, NEGATIVE_ZERO
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


def are_plain(values: Sequence[Number]) -> bool:
    """Tell, quickly, whether all are floats that need no `special`; see `all_finite`."""
    return all_finite(values) and not (0.0 in values and any(map(is_negative_zero, values)))


def is_negative_zero(value: Number) -> bool:
    """Tell whether a number is the zero below zero."""
    return value == 0.0 and math.copysign(1.0, value) < 0


def join(value: float | None, special: str | None) -> Number:
    """Return the number that `split` took apart."""
    if special is None:
        return math.nan if value is None else value
    if special == NEGATIVE_ZERO:
        return -0.0
    if special in SPECIAL:
        return SPECIAL[special]
    try:
        return int(special)
    except ValueError:  # a damaged row
        return math.nan if value is None else value


_MOST_BITS = 14_000  # of an integer that Python writes in decimal, whatever its version


def plain(value: Any) -> Any:
    """Return data as JSON can hold it: times as ISO text, NaN and ±inf as their names.

    An integer of more digits than Python writes is given in hexadecimal, as text.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return hex(value)
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
