"""Rounding that absorbs the last bits in which machines differ, before a value is hashed."""

from __future__ import annotations

import math
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Quantiser:
    """Maps floating-point numbers to a grid: fixed decimals, or a relative step.

    A grid cannot make every close pair equal: two numbers on either side of a boundary differ
    however close they are. Use `verify` to compare within a tolerance.

    Args:
        decimals: Digits kept after the point (negative: before it).
        rtol: Relative step; mantissas keep as many bits as make a step no larger than this.

    Raises:
        ValueError: Both or an impossible value are given.
    """

    __slots__ = ("bits", "scale")

    def __init__(self, decimals: int | None = None, rtol: float | None = None) -> None:
        if decimals is not None and rtol is not None:
            raise ValueError("give decimals= or rtol=, not both")
        if rtol is not None and not 0 < rtol < 1:
            raise ValueError(f"rtol must lie between 0 and 1, not {rtol}")
        self.scale = None if decimals is None else 10.0**decimals
        # A mantissa in [0.5, 1) rounded to `bits` bits is off by at most 2**-bits of its value.
        self.bits = 0 if rtol is None else math.ceil(-math.log2(rtol))

    def number(self, value: float) -> float:
        """Round one number."""
        if not math.isfinite(value):
            return value
        if self.scale is not None:
            return _nearest(value * self.scale)
        mantissa, exponent = math.frexp(value)
        rounded = float(round(math.ldexp(mantissa, self.bits)))
        try:
            return math.ldexp(rounded, exponent - self.bits) + 0.0
        except OverflowError:
            return math.copysign(math.inf, value)

    def array(self, values: Any) -> Any:
        """Round a NumPy array of float64."""
        np = sys.modules["numpy"]
        with np.errstate(all="ignore"):
            if self.scale is not None:
                return np.rint(values * self.scale) + 0.0
            mantissas, exponents = np.frexp(values)
            rounded = np.rint(np.ldexp(mantissas, self.bits))
            return np.ldexp(rounded, exponents - self.bits) + 0.0


def _nearest(value: float) -> float:
    # Adding zero turns -0.0 into 0.0.
    return float(round(value)) + 0.0 if math.isfinite(value) else value


def quantiser_for(decimals: int | None, rtol: float | None) -> Quantiser | None:
    """The quantiser the arguments ask for, or None for exact hashing."""
    return None if decimals is None and rtol is None else Quantiser(decimals, rtol)
