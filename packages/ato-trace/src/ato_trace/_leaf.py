"""One difference between two outputs."""

from __future__ import annotations

import math


class Leaf:
    """One difference.

    Attributes:
        outside: It is out of tolerance.
        difference: How far apart the numbers are, or None for what is no number.
    """

    __slots__ = ("difference", "outside", "path", "reason", "relative")

    def __init__(
        self,
        path: str,
        outside: bool,
        reason: str,
        difference: float | None = None,
        relative: float | None = None,
    ) -> None:
        self.path = path
        self.outside = outside
        self.reason = reason
        self.difference = difference
        self.relative = relative

    def rank(self) -> tuple[bool, float]:
        """Differences out of tolerance before others, large before small."""
        return self.outside, math.inf if self.difference is None else self.difference
