"""Numbers and times of numpy and torch as plain data: equal ones, or none."""

from __future__ import annotations

from ato_adict._basics.texts import a_kind, in_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class NotPlainError(ValueError):
    """A value to which no plain one is equal; the message says what it is."""


def is_scalar(value: Any) -> bool:
    """Whether a value is an array without dimensions, as a number of numpy or torch is."""
    return hasattr(value, "dtype") and getattr(value, "shape", None) == ()


def plain_scalar(value: Any) -> Any:
    """Return the plain value that equals an array without dimensions.

    Raises:
        NotPlainError: It is masked, no time at all, or more precise than what Python has.
    """
    if _is_masked(value):
        raise NotPlainError("a masked value, which is missing; write None, or leave it out")
    kind = getattr(value.dtype, "kind", "")
    if kind in ("m", "M"):
        return _moment(value, kind)
    plain = value.item()
    if type(plain) is type(value):
        plain = _near(value, kind)  # a long double, which its own method makes no plain one of
    if isinstance(plain, tuple) and kind == "V":
        raise _not_plain(value)  # a record, whose names would be lost
    return plain


def _is_masked(value: Any) -> bool:
    # Of a record parts may be masked; no format of ours holds one.
    return hasattr(value, "filled") and hasattr(value, "mask") and any(value.mask.tobytes())


def _moment(value: Any, kind: str) -> Any:
    """Return a time as Python has it; what is finer or later than its own is an integer there."""
    plain = value.item()
    if type(plain) is int and kind == "M":
        try:
            micro = value.astype("datetime64[us]")
            # Back in its own unit: where the conversion wraps around, a comparison does so too.
            plain = micro.item() if micro.astype(value.dtype) == value else plain
        except OverflowError:  # which numpy says from 2.5 on
            pass
    if plain is None or type(plain) is int:
        raise _not_plain(value)
    return plain


def _near(value: Any, kind: str) -> Any:
    near: Any = float(value) if kind == "f" else complex(value) if kind == "c" else None
    if near is None or (near != value and value == value):
        raise _not_plain(value)
    return near


def _not_plain(value: Any) -> NotPlainError:
    return NotPlainError(f"{a_kind(value)} ({in_line(value)}), which no plain value equals")
