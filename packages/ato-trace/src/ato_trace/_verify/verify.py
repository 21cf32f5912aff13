"""`verify(baseline, value)`: the same, within tolerance, or changed, and where most."""

from __future__ import annotations

import json

from ato_trace._hashing.outputs import hash_output
from ato_trace._verify.array_leaves import Leaf
from ato_trace._verify.leaves import leaves

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SAME = "same"
WITHIN = "within tolerance"
CHANGED = "changed"


class Verification:
    """What `verify` found; true unless the value changed, and printable.

    Attributes:
        status: ``'same'``, ``'within tolerance'`` or ``'changed'``.
        difference: Largest absolute difference (among those out of tolerance, if any are), or
            None if there is none to measure.
        relative: The same difference divided by the magnitude of the baseline there.
        path: Where that is, as Python would reach it from ``value``.
        reason: What differs, in words.
    """

    __module__ = "ato_trace"
    __slots__ = ("difference", "path", "reason", "relative", "status")

    status: str
    difference: float | None
    relative: float | None
    path: str
    reason: str

    def __init__(
        self,
        status: str,
        difference: float | None = None,
        relative: float | None = None,
        path: str = "",
        reason: str = "",
    ) -> None:
        self.status = status
        self.difference = difference
        self.relative = relative
        self.path = path
        self.reason = reason

    def __bool__(self) -> bool:
        return self.status != CHANGED

    def __str__(self) -> str:
        text = self.status
        if self.difference is not None:
            text += f": largest difference {self.difference:.3g} (relative {self.relative:.3g})"
        if self.path:
            text += f" at {self.path}"
        return text + (f": {self.reason}" if self.reason else "")

    def __repr__(self) -> str:
        return f"<Verification {self}>"


def verify(baseline: Any, value: Any, rtol: float = 1e-5, atol: float = 1e-8) -> Verification:
    """Compare an output with an earlier one, number by number.

    A number is within tolerance if ``abs(value - baseline) <= atol + rtol * abs(baseline)``; two
    NaN are the same. Keys, lengths, shapes and everything that is not a number must be equal.

    Args:
        baseline: The earlier output, or its hash from `hash_output` (then the result can only be
            same or changed).
        value: The output to judge: the kinds of values that `hash_output` takes.
        rtol: Relative tolerance.
        atol: Absolute tolerance.

    Raises:
        HashError: Part of the value cannot be compared.
        ValueError: A tolerance is negative.
    """
    if rtol < 0 or atol < 0:
        raise ValueError(f"tolerances cannot be negative: rtol={rtol}, atol={atol}")
    if _is_hash(baseline) and not isinstance(value, str):
        return _verify_hash(baseline, value)
    worst = max(leaves(baseline, value, "value", rtol, atol), key=Leaf.rank, default=None)
    if worst is None:
        return Verification(SAME)
    status = CHANGED if worst.outside else WITHIN
    return Verification(status, worst.difference, worst.relative, worst.path, worst.reason)


def verify_recorded(
    baseline: str, text: str, rtol: float = 1e-5, atol: float = 1e-8
) -> Verification:
    """Compare two recorded outputs, the `canonical` of their hashes, as `verify` does.

    Args:
        baseline: The text of the earlier output.
        text: The text of the output to judge.
        rtol: Relative tolerance.
        atol: Absolute tolerance.

    Raises:
        ValueError: A tolerance is negative or a text is not one of a recorded output.
    """
    return verify(json.loads(baseline), json.loads(text), rtol, atol)


def _is_hash(baseline: Any) -> bool:
    return (
        isinstance(baseline, str) and len(baseline) == 64 and not baseline.strip("0123456789abcdef")
    )


def _verify_hash(baseline: str, value: Any) -> Verification:
    if hash_output(value) == baseline:
        return Verification(SAME)
    reason = "the hashes differ; keep the value itself to learn by how much"
    return Verification(CHANGED, reason=reason)
