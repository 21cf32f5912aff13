"""Where to look before anything is known: a composite design, as for response surfaces.

Vertices of the space tell what each parameter does with the fewest trials and hold the best
configuration where more of something only helps; points inside find what lies between (Box and
Wilson, "On the experimental attainment of optimum conditions", JRSS B 13, 1951). Halving keeps
whichever are good, so vertices that are useless cost one short rung.

The vertices are a two-level fractional factorial design: for up to 16 numbers every main effect
is clear of all interactions of two. The points inside are a low-discrepancy sequence (the
generalised golden ratio of M. Roberts, shifted by the seed).
"""

from __future__ import annotations

from typing import Sequence

from ato_hyperband._sampling.random import Permutation, mix, uniform

FACTORS = 5
MOST_VERTICES = 2**FACTORS


class CompositeDesign:
    """Points of the unit cube: inside and vertex in turn, until there are enough vertices.

    Args:
        sizes: For each column the number of categories, 0 for numbers. Categories have no ends;
            they come from the sequence at vertices too.
        seed: The study seed.
        vertices: Whether there are any, or only points inside.
    """

    def __init__(self, sizes: Sequence[int], seed: int, vertices: bool = True) -> None:
        self._shifts = [uniform(seed, -2, k) for k in range(len(sizes))]
        self._steps = _golden_ratios(len(sizes))
        self._numbers = [k for k, size in enumerate(sizes) if not size]
        self._vertices = vertices
        self._order = Permutation(min(MOST_VERTICES, 2 ** len(self._numbers)), seed)
        self._mirrored = [mix(seed, -4, k) & 1 for k in self._numbers]

    def point(self, number: int) -> list[float]:
        """The point of this number, whichever were asked for before."""
        point = [(shift + number * step) % 1 for shift, step in zip(self._shifts, self._steps)]
        turn, is_vertex = divmod(number, 2)
        if self._vertices and is_vertex and turn < len(self._order):
            run = self._order[turn]
            for i, k in enumerate(self._numbers):
                point[k] = float(_parity(run & _EFFECTS[i % len(_EFFECTS)]) ^ self._mirrored[i])
        return point


def _parity(bits: int) -> int:
    return bin(bits).count("1") & 1


# Which of the five base factors each column is the product of: single ones, then products of
# three and five, which keeps main effects clear of pairs; products of two and four at last.
_EFFECTS = sorted(range(1, MOST_VERTICES), key=lambda e: (1 - _parity(e), bin(e).count("1"), e))


def _golden_ratios(dimensions: int) -> list[float]:
    """Steps of the additive recurrence: powers of 1/φ, φ the root of φ^(d+1) = φ + 1."""
    phi = 2.0
    for _ in range(50):
        phi = (1 + phi) ** (1 / (dimensions + 1))
    return [phi ** -(k + 1) % 1 for k in range(dimensions)]
